"""The kinds of charts below the maps: one line each, in the order in which they are offered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from app.scene import Scene
from app.selection import Selection
from app.services import Services
from app.views.compare import ErrorView
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


@dataclass(frozen=True)
class Chart:
    """A kind of chart: the group whose button leads to it, its name in the group's list, and what draws it."""

    group: str
    label: str
    view: Callable[[Selection, Services], ChartView]


CHARTS: dict[str, Chart] = {
    "error": Chart(ERROR, "RMSE and correlation", ErrorView),
    "point": Chart(POINT, "Series and profile", SeriesAndProfile),
    "water": Chart(POINT, "T-S diagram", TemperatureSalinityView),
    "layering": Chart(POINT, "Density and stability", LayeringView),
    "depth-time": Chart(POINT, "Hovmöller", DepthTimeView),
    "section": Chart(SECTION, "Depth", SectionView),
    "section-time": Chart(SECTION, "Hovmöller", SectionTimeView),
}
"""Name in the address -> kind of chart; a new kind is one line here and one class."""


def kinds(group: str) -> dict[str, str]:
    """Return {label: name} of the charts of a group."""
    return {chart.label: name for name, chart in CHARTS.items() if chart.group == group}


def chart_in_force(selection: Selection, compared: bool) -> str:
    """Return the name of the chart to show: the chosen one, else the one that fits what else is chosen."""
    chosen = selection.chart
    if chosen in CHARTS and (compared or CHARTS[chosen].group != ERROR):
        return chosen
    return "section" if selection.section else "error" if compared else "point"
