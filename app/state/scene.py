"""The scene: what a page shows of one selection (stores, days, titles, colours); `app.state.scene_builder` makes it."""

from dataclasses import dataclass, field

from app.data.readers import FieldReader
from app.jobs.queue import Request
from app.state.panel_spec import PanelSpec
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import (
    LEAD_AXIS,
    date_label,
    is_sample,
)
from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES
from engine.schema.variables import DEPTHS

STORE = "store:"
"""Prefix of a source or comparison that is a store by its identifier."""


@dataclass
class Scene:
    """Everything a page needs to draw one selection."""

    primary: FieldReader | None
    comparison: FieldReader | None
    panels: list[PanelSpec]
    whole: FieldReader | None = None
    """The store that the finer part on the map belongs to, where a view shows both."""
    leads: list[int] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    start: str = ""
    needs_forecast: bool = False
    """The chosen forecast is not on the disk: Run makes it."""
    needs_reference: bool = False
    """The reference of this start is wanted and not whole."""
    needs_earlier: str = ""
    """The earlier start whose forecast is wanted beside and not whole."""
    lacks: list[Request] = field(default_factory=list)
    """Requests of what is written or prepared for the maps without a visitor's request."""
    aligned: bool = False
    """SSH of two products: the means over the common mask were removed."""
    mixed: tuple[str, ...] = ()
    """In words what the values of the two stores do not share, such as daily means beside snapshots."""
    message: str = ""
    layout: str = "side"
    """How compared maps share the page: `side`, `swipe` or `difference`."""
    depths: tuple[float, ...] = ()
    variables: tuple[str, ...] = tuple(DISPLAY_VARIABLES)
    extent: tuple[float, float, float, float] = (-90.0, 90.0, 0.0, 360.0)
    """What is in view: south, north, west, east in degrees."""


def shown_variable(selection: Selection, scene: Scene) -> str:
    """Return the variable in force: the chosen one, or the first that the store has."""
    return selection.variable if selection.variable in scene.variables else scene.variables[0]


def shown_depth(selection: Selection, depths: tuple[float, ...]) -> tuple[int, float]:
    """Return (index, metres) of the level nearest to the chosen depth; the first where the field has no levels."""
    if not depths:
        return 0, 0.0
    index = min(range(len(depths)), key=lambda number: abs(depths[number] - selection.depth))
    return index, depths[index]


def quantity_label(variable: str, quantity: str, metres: float | None) -> str:
    """Return what a map shows, such as `Temperature at 100 m, anomaly from climatology`."""
    label = say(DISPLAY_VARIABLES[variable].label)
    if metres is not None:
        label = say("{field} at {metres:g} m" if metres else "{field} at the surface", field=label, metres=metres)
    return listed((label, "" if quantity == "value" else say(QUANTITIES[quantity]).lower()))


def time_axis(scene: Scene) -> str:
    """Return what the time axis of a chart counts: leads of a forecast, days of an analysis."""
    if scene.primary is not None and scene.primary.kind == "analysis":
        first = date_label(scene.primary.valid_time(scene.leads[0]), is_sample(scene.primary.attrs))
        return say("days since {day}", day=first)
    return say(LEAD_AXIS)


def depth_choices(scene: Scene) -> tuple[float, ...]:
    """Return the depths to choose from in metres; all of the model's while nothing is shown."""
    return scene.depths or DEPTHS
