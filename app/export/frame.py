"""One map as it is drawn on paper: values on pixels, bounds, colours and all the words that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.data.matching import onto
from app.export.marks import Mark, marks
from app.export.overlays import Overlay, contours, overlays
from app.frames.encode import Viewport, window
from app.services.services import Services
from app.state.panel_spec import PanelSpec
from app.state.scene import Scene
from app.state.selection import Selection
from app.style.colour_limits import colour_limits
from app.text.units import Unit
from engine.runtime.errors import InputError

Extent = tuple[float, float, float, float]
"""South, north, west, east in degrees; east may pass 360."""

STILL = {"streaks": "arrows"}
"""Layers that move -> what stands for them where nothing does."""


@dataclass(frozen=True, eq=False)
class Colouring:
    """How fields are coloured: palette, limits, and whether their logarithm is."""

    palette: str
    limits: tuple[float, float]
    logarithmic: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """A field on a map: `values` (h, w), north first and NaN where missing, within `bounds` (south, north, west, east)."""

    values: np.ndarray
    bounds: Extent
    title: str
    quantity: str
    when: str
    notice: str
    colouring: Colouring
    unit: Unit
    """What the values, which are in the engine's units, are written in."""
    overlays: tuple[Overlay, ...] = ()
    marks: tuple[Mark, ...] = ()
    classes: tuple[tuple[float, str], ...] = ()
    """Lower limits of classes with a name, ascending, for the colour bar."""

    def has_values(self, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        """Return where (h, w) the map has a value, at latitudes (h,) and longitudes (w,) in degrees; False outside it."""
        south, north, west, east = self.bounds
        rows = np.floor((north - lat) / (north - south) * self.values.shape[0]).astype(int)
        columns = np.floor((lon - west) / (east - west) * self.values.shape[1]).astype(int)
        inside = np.outer((rows >= 0) & (rows < self.values.shape[0]), (columns >= 0) & (columns < self.values.shape[1]))
        picked = self.values[np.ix_(rows.clip(0, self.values.shape[0] - 1), columns.clip(0, self.values.shape[1] - 1))]
        return inside & np.isfinite(picked)


def frames(
    services: Services,
    scene: Scene,
    colouring: Colouring,
    extent: Extent,
    lead: int,
    width: int = 1440,
    selection: Selection | None = None,
) -> list[Frame]:
    """Return the maps of a scene at a lead within `extent`, at most `width` pixels across.

    With a `selection` its layers and marks lie over them; streaks, which are a motion, become arrows.

    Raises InputError where nothing is shown at that lead.
    """
    south, north, west, east = extent
    height = max(1, round(width * (north - south) / (east - west)))
    viewport = Viewport(max(south, -90.0), min(north, 90.0), west, min(east, west + 360.0), width, height)
    drawn: dict[str, Frame] = {}
    for panel in scene.panels:
        if panel.kind == "difference":
            if set(panel.of) <= set(drawn):
                drawn[panel.key] = _difference(panel, *(drawn[key] for key in panel.of))
        elif lead + panel.lead_offset in panel.leads:
            drawn[panel.key] = _field(services, scene, panel, colouring, viewport, lead)
    if not drawn:
        raise InputError(f"nothing is shown on day {lead}: choose a day that is finished")
    if selection is None:
        return list(drawn.values())
    panels = {panel.key: panel for panel in scene.panels}
    layers = [STILL.get(name, name) for name in selection.shown_layers]
    return [
        replace(
            frame,
            overlays=_overlays(services, panels[key], frame, layers, viewport, lead),
            marks=tuple(marks(services, selection, scene, panels[key], viewport, lead)),
        )
        for key, frame in drawn.items()
    ]


def _overlays(
    services: Services, panel: PanelSpec, frame: Frame, layers: Sequence[str], viewport: Viewport, lead: int
) -> tuple[Overlay, ...]:
    found = overlays(services, panel, layers, viewport, lead, frame.has_values)
    if "contours" in layers:
        unit, colouring = frame.unit, frame.colouring
        found.insert(0, contours(unit.of(frame.values), frame.bounds, unit.limits(colouring.limits), colouring.logarithmic))
    return tuple(found)


def _field(services: Services, scene: Scene, panel: PanelSpec, colouring: Colouring, viewport: Viewport, lead: int) -> Frame:
    reader = services.readers.display(panel.store)
    field = reader.read(panel.variable, lead + panel.lead_offset, panel.depth_index)
    grid = reader.grid if scene.primary is None else scene.primary.grid
    under = window(grid, viewport)
    if under is None:
        raise InputError("the store has no data within the view: move the map onto it")
    when = scene.times[scene.leads.index(lead)] if lead in scene.leads else ""
    words = (f"day {lead + panel.lead_shift}", f"valid {when}") if panel.has_lead else (when,)
    values = under.raster(onto(reader.grid, grid, field))
    if panel.own_range:
        colouring = Colouring(panel.palette, colour_limits(values, "auto"))
    return Frame(
        values, under.bounds, panel.title, panel.quantity,
        ", ".join(filter(None, words)), "; ".join(filter(None, (panel.forcing, panel.notice))), colouring,
        Unit(*panel.shown),
        classes=tuple((low, name) for low, name in panel.classes),
    )  # fmt: skip


def _difference(panel: PanelSpec, first: Frame, second: Frame) -> Frame:
    if first.values.shape != second.values.shape:
        raise InputError("the two maps do not cover the same area: choose a view that both have")
    values = first.values - second.values
    colouring = Colouring(panel.palette, colour_limits(values, "symmetric"))
    return Frame(
        values, first.bounds, panel.title, panel.quantity, first.when,
        "; ".join(dict.fromkeys(filter(None, (panel.notice, first.notice.split("; ")[-1])))), colouring,
        Unit(*panel.shown),
    )  # fmt: skip
