"""The kinds of charts below the maps: one line each, in the order in which they are offered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.i18n import say
from app.views.compare import ErrorView
from app.views.current_axis import CurrentAxisView
from app.views.plankton import PlanktonView
from app.views.sea_state import SeaStateView
from app.views.section import SectionView
from app.views.section_time import SectionTimeView
from app.views.series import SeriesAndProfile
from app.views.water import DepthTimeView, LayeringView, TemperatureSalinityView


class ChartView(Protocol):
    """What draws one kind of chart: a layout for the strip, redrawn by `show`."""

    layout: Any

    def show(self, scene: Scene) -> str:
        """Draw a scene, and return words for the head of the strip; empty for none."""
        ...


ERROR, POINT, SECTION = "Error by lead", "Point", "Section"
"""Groups: what needs a second map, what needs a point or a pin, what needs a line."""

AXIS, SEA_STATE, PLANKTON = "Axis", "Sea state", "Plankton"
"""Groups of one view each."""

OFFERED = {
    "map": (ERROR, POINT, SECTION),
    "kuroshio": (AXIS, ERROR, POINT, SECTION),
    "waves": (SEA_STATE, ERROR, POINT),
    "biogeochemistry": (PLANKTON, ERROR, POINT),
}
"""The groups of each view; what has no depth has no section."""


@dataclass(frozen=True)
class Chart:
    """A kind of chart: the group whose button leads to it, its name in the group's list, and what draws it."""

    group: str
    label: str
    view: Callable[[Selection, Services], ChartView]
    at_point: bool = False
    """Whether a click on a map is an answer to it."""
    needs_point: bool = False


CHARTS: dict[str, Chart] = {
    "axis": Chart(AXIS, "Latitude", CurrentAxisView),
    "sea-state": Chart(SEA_STATE, "Degrees of the sea", SeaStateView, at_point=True),
    "plankton": Chart(PLANKTON, "Groups and nutrients", PlanktonView, at_point=True, needs_point=True),
    "error": Chart(ERROR, "RMSE and correlation", ErrorView),
    "point": Chart(POINT, "Series and profile", SeriesAndProfile, at_point=True, needs_point=True),
    "water": Chart(POINT, "T-S diagram", TemperatureSalinityView, at_point=True, needs_point=True),
    "layering": Chart(POINT, "Density and stability", LayeringView, at_point=True, needs_point=True),
    "depth-time": Chart(POINT, "Hovmöller", DepthTimeView, at_point=True, needs_point=True),
    "section": Chart(SECTION, "Depth", SectionView),
    "section-time": Chart(SECTION, "Hovmöller", SectionTimeView),
}
"""Name in the address -> kind of chart; a new kind is one line here and one class."""


def kinds(group: str) -> dict[str, str]:
    """Return {label: name} of the charts of a group."""
    return {say(chart.label): name for name, chart in CHARTS.items() if chart.group == group}


def groups(selection: Selection) -> list[str]:
    """Return the groups that a view offers now; a comparison has its error."""
    # A view without maps leaves the charts of the map as they are, for who comes back to it.
    offered = OFFERED.get(selection.view, OFFERED["map"])
    return [group for group in offered if group != ERROR or selection.comparison != "none"]


def shows_a_line(selection: Selection) -> bool:
    """Return whether the chart in force is one along a line, which is then drawn on the maps."""
    return CHARTS[chart_in_force(selection)].group == SECTION


def chart_in_force(selection: Selection) -> str:
    """Return the name of the chart to show: the chosen one, else the one that fits what else is chosen."""
    chosen, offered = selection.chart, groups(selection)
    if chosen in CHARTS and CHARTS[chosen].group in offered:
        return chosen
    if SECTION in offered and selection.section:
        return "section"
    return next(name for name, chart in CHARTS.items() if chart.group == offered[0])
