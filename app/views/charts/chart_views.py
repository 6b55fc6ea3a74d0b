"""What draws each kind of chart of `app.state.chart_kinds`, by its name in the address."""

from collections.abc import Callable
from typing import Any, Protocol

from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.views.charts.error import ErrorView
from app.views.charts.kuroshio_axis import CurrentAxisView
from app.views.charts.plankton import PlanktonView
from app.views.charts.sea_state import SeaStateView
from app.views.charts.section import SectionView
from app.views.charts.section_time import SectionTimeView
from app.views.charts.series import SeriesAndProfile
from app.views.charts.water import DepthTimeView, LayeringView, TemperatureSalinityView


class ChartView(Protocol):
    """What draws one kind of chart: a layout for the strip, redrawn by `show`."""

    layout: Any

    def show(self, scene: Scene) -> str:
        """Draw a scene, and return words for the head of the strip; empty for none."""
        ...


CHART_VIEWS: dict[str, Callable[[Selection, Services], ChartView]] = {
    "axis": CurrentAxisView,
    "sea-state": SeaStateView,
    "plankton": PlanktonView,
    "error": ErrorView,
    "point": SeriesAndProfile,
    "water": TemperatureSalinityView,
    "layering": LayeringView,
    "depth-time": DepthTimeView,
    "section": SectionView,
    "section-time": SectionTimeView,
}
"""Name of the kind -> its view."""
