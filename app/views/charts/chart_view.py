"""A kind of chart on the page: the boxes of its drawings, each made in the background and drawn when it is there."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import panel as pn

from app.charts.drawings.draw import DRAWN
from app.charts.drawings.drawing import Charts, Drawing
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.views.charts.section import SectionView
from app.views.widgets.chart_box import ChartBox
from app.views.widgets.latest_only import LatestOnly

COUNTS = {"sea-state": 2, "plankton": 3, "error": 2, "layering": 2, "depth-time": 2, "section-time": 2}
"""Name of a chart -> how many charts a box of it holds at most, one where it is not named."""

WIDEST = {"water": 720}
"""Name of a chart -> pixels; stretched over the page, the curves of a T-S diagram would lie flat."""


class ChartView(Protocol):
    """What shows one kind of chart: a layout for the strip, redrawn by `show`."""

    layout: Any

    def show(self, scene: Scene) -> str:
        """Draw a scene, and return words for the head of the strip; empty for none."""
        ...


class BoxView:
    """One box of charts that follows a drawing."""

    def __init__(self, services: Services, count: int = 1) -> None:
        self.box = ChartBox(count)
        self.layout = self.box.layout
        self._latest = LatestOnly(services.background, self.box.fail)

    def show(self, drawing: Drawing) -> str:
        """Draw it unless it is on screen already, and return its title."""
        if drawing.key is None:
            self._latest.forget()
            self._put(drawing.make())
        else:
            self._latest.run(drawing.key, drawing.make, self._put)
        return drawing.title

    def _put(self, made: Charts) -> None:
        self.box.put(*made)


class DrawnView:
    """The boxes of a chart beside each other; one that has nothing to show of a scene is left out."""

    def __init__(self, name: str, selection: Selection, services: Services) -> None:
        self.selection, self.services = selection, services
        self.boxes = [(each, BoxView(services, COUNTS.get(name, 1))) for each in DRAWN[name]]
        if name in WIDEST:
            self.boxes[0][1].box.panes[0].max_width = WIDEST[name]
        only = self.boxes[0][1].layout
        self.layout = only if len(self.boxes) == 1 else pn.FlexBox(sizing_mode="stretch_both", flex_wrap="wrap", gap="8px")

    def show(self, scene: Scene) -> str:
        """Draw a scene, and return the titles of its boxes."""
        shown, titles = [], []
        for draw, box in self.boxes:
            if (drawing := draw(self.selection, self.services, scene)) is not None:
                titles.append(box.show(drawing))
                shown.append(box.layout)
        if len(self.boxes) > 1 and list(self.layout.objects) != shown:
            self.layout.objects = shown
        return " ".join(filter(None, titles))


CHART_VIEWS: dict[str, Callable[[Selection, Services], ChartView]] = {
    **{name: partial(DrawnView, name) for name in DRAWN},
    "section": SectionView,
}
"""Name of a kind of chart -> what makes its view of a selection and the services."""
