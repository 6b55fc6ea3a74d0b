"""What is marked on a picture as on the page: eddies, drifting particles, the axis of a current, a line, pins and the point."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.analysis.drift import drift_on_map
from app.analysis.kuroshio_axis import axes_on_maps
from app.analysis.section_values import drawn_line
from app.eddies.body import HUNDREDTHS, Area, eddies_of_day
from app.frames.encode import Viewport
from app.services.services import Services
from app.state.chart_kinds import shows_a_line
from app.state.panel_spec import PanelSpec
from app.state.scene import Scene, shown_depth
from app.state.selection import Selection
from app.text.coordinates import PIN_LETTERS, Position
from engine.runtime.errors import InputError

LEAST_AMPLITUDES = ((2, 0.2), (4, 0.15), (8, 0.1), (24, 0.05), (48, 0.02), (np.inf, 0.01))
"""Pixels a degree below which eddies are drawn from an amplitude in metres, as on the page."""

MAP_PIXELS = 1080
"""Width of a map on a page of common size; the least amplitude of the eddies that are drawn depends on it."""

PATIENCE = 20.0
"""Seconds for which a picture waits for the search of eddies."""


@dataclass(frozen=True, eq=False)
class EddyMarks:
    """The eddies of a day: `centres` (n, 2) and for each its contour and track (m, 2), longitude and latitude in degrees."""

    centres: np.ndarray
    cyclonic: np.ndarray
    contours: list[np.ndarray]
    tracks: list[np.ndarray]
    least: float
    """Amplitude in metres from which they are drawn."""


@dataclass(frozen=True, eq=False)
class Route:
    """A line across the map, (m, 2) longitude and latitude in degrees; `name` is `axis` or `section`."""

    name: str
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Drift:
    """Paths of particles (m, 2), the one from the point first, `days` since lead 0 of their places, and the `lead` shown."""

    paths: list[np.ndarray]
    days: np.ndarray
    lead: int
    label: str


@dataclass(frozen=True)
class PointMarks:
    """The chosen point, if there is one, and the pins by their letters."""

    point: Position | None
    pins: tuple[tuple[str, Position], ...] = field(default=())


Mark = EddyMarks | Route | Drift | PointMarks


def marks(services: Services, selection: Selection, scene: Scene, panel: PanelSpec, viewport: Viewport, lead: int) -> list[Mark]:
    """Return what is marked on one map of a scene; raises InputError while its eddies are still being found."""
    found: list[Mark] = []
    layers, own = selection.shown_layers, lead + panel.lead_offset
    if panel.kind == "field" and "eddies" in layers and panel.eddies:
        found.append(_eddies(services, panel.eddies, own, viewport))
    places = axes_on_maps(services, selection, scene).get(panel.key, {}).get(lead)
    if places is not None:
        found.append(Route("axis", places[:, ::-1]))
    if shows_a_line(selection) and (line := drawn_line(selection.section)):
        found.append(Route("section", np.array(line)[:, ::-1]))
    if panel.kind == "field" and "drift" in layers and selection.point is not None:
        release = selection.lead if selection.release is None else selection.release
        path = drift_on_map(services, panel, selection.point, shown_depth(selection, scene.depths)[1], release)
        paths = [np.column_stack(each) for each in zip(path["lon"], path["lat"], strict=True)]
        found.append(Drift(paths, np.array(path["days"], float), lead, path["label"]))
    pins = tuple(zip(PIN_LETTERS, selection.pinned, strict=False))
    if selection.point is not None or pins:
        found.append(PointMarks(selection.point, pins))
    return found


def _eddies(services: Services, store: str, lead: int, viewport: Viewport) -> EddyMarks:
    scale = MAP_PIXELS / (viewport.east - viewport.west)
    least = next(amplitude for limit, amplitude in LEAST_AMPLITUDES if scale < limit)
    west = viewport.west % 360
    area = Area(viewport.south, viewport.north, west, west + min(viewport.east - viewport.west, 360.0), least)
    deadline = time.monotonic() + PATIENCE
    while "eddies" not in (day := eddies_of_day(services.eddies.ask(store), lead, area)):
        if time.monotonic() > deadline:
            raise InputError(
                f"the eddies are still being found, day {day['found']} of {day['of']}: save again in a moment, or without them"
            )
        time.sleep(0.2)
    columns = day["eddies"]
    centres = np.column_stack([columns["lon"], columns["lat"]]) / HUNDREDTHS
    contours, tracks = ([_places(steps) for steps in columns[name]] for name in ("contour", "track"))
    return EddyMarks(centres, np.array(columns["cyclonic"], bool), contours, tracks, least)


def _places(steps: Sequence[int]) -> np.ndarray:
    """Return the places (m, 2) of a curve that was packed as steps of longitude and latitude."""
    return np.cumsum(np.reshape(steps, (-1, 2)), axis=0) / HUNDREDTHS
