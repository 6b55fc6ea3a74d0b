"""The kinds of charts below the maps: one line each, in the order in which they are offered, and which of them is in force."""

from dataclasses import dataclass

from app.state.selection import Selection
from app.text.i18n import say

ERROR, POINT, SECTION = "Error by lead", "Point", "Section"
"""Groups: what needs a second map, what needs a point or a pin, what needs a line."""

AXIS, SEA_STATE, PLANKTON = "Axis", "Sea state", "Plankton"
"""Groups of one chart each."""

OFFERED = {
    "map": (ERROR, POINT, SECTION),
    "kuroshio": (AXIS, ERROR, POINT, SECTION),
    "waves": (SEA_STATE, ERROR, POINT),
    "biogeochemistry": (PLANKTON, ERROR, POINT),
}
"""The groups of each view; what has no depth has no section."""


@dataclass(frozen=True)
class ChartKind:
    """A kind of chart: the group whose button leads to it, and its name in the group's list."""

    group: str
    label: str
    at_point: bool = False
    """Whether a click on a map is an answer to it."""
    needs_point: bool = False


CHARTS: dict[str, ChartKind] = {
    "axis": ChartKind(AXIS, "Latitude"),
    "sea-state": ChartKind(SEA_STATE, "Degrees of the sea", at_point=True),
    "plankton": ChartKind(PLANKTON, "Groups and nutrients", at_point=True, needs_point=True),
    "error": ChartKind(ERROR, "RMSE and correlation"),
    "point": ChartKind(POINT, "Series and profile", at_point=True, needs_point=True),
    "water": ChartKind(POINT, "T-S diagram", at_point=True, needs_point=True),
    "layering": ChartKind(POINT, "Density and stability", at_point=True, needs_point=True),
    "depth-time": ChartKind(POINT, "Hovmöller", at_point=True, needs_point=True),
    "section": ChartKind(SECTION, "Depth"),
    "section-time": ChartKind(SECTION, "Hovmöller"),
}
"""Name in the address -> kind of chart; `app.charts.drawings` draws each."""


def kinds(group: str) -> dict[str, str]:
    """Return {label: name} of the charts of a group."""
    return {say(chart.label): name for name, chart in CHARTS.items() if chart.group == group}


def groups(selection: Selection) -> list[str]:
    """Return the groups that a view offers now; a comparison has its error."""
    # A view without maps keeps the groups of the map, for a visitor who returns to it.
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
