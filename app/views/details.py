"""The charts beside the maps: error by lead of a comparison, series and profile at a point, the section along a line."""

from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.scene import Scene
from app.scores import Extent, covers
from app.selection import Selection
from app.services import Services
from app.theme import CORNER
from app.views.compare import ErrorView
from app.views.profile import ProfileView
from app.views.section import SectionView
from app.views.series import SeriesView

HEIGHT = 246
CLICK_HINT = "Click a map for the time series and the profile at a point."
CHARTS = {"Point": "point", "Section": "section"}
"""What there always is; the error by lead needs a second map."""


class Details:
    """One strip below the maps, or the fourth corner beside three of them."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.errors = ErrorView(selection, services)
        self.series = SeriesView(selection, services)
        self.profile = ProfileView(selection, services)
        self.section = SectionView(selection, services)
        for part in (self.section.line, self.section.words):
            part.visible = False
        self.choice = pmui.RadioButtonGroup(
            label="", options=CHARTS, value="section" if selection.section else "point", size="small", margin=(4, 8),
            width=250,
        )  # fmt: skip
        self.title = pmui.Typography("", variant="subtitle2", margin=(8, 8, 0, 8))
        self.close = pmui.IconButton(
            icon="close", size="small", description="Forget the point", margin=0, visible=False, styles={"margin-left": "auto"}
        )
        self.close.on_click(self._forget)
        self.hint = pmui.Typography(CLICK_HINT, variant="body2", margin=(10, 8), visible=False)
        # On a phone the list of lines goes below the choice of chart: a header in one row would make the page wider than it.
        self.header = pn.FlexBox(
            self.choice, self.section.line, self.title, self.close, sizing_mode="stretch_width", min_height=38,
            align_items="center",
        )  # fmt: skip
        self.point = pn.FlexBox(
            self.series.layout, self.profile.layout, sizing_mode="stretch_both", flex_wrap="wrap", gap="8px", visible=False
        )
        self.layout = pn.Column(
            self.header, self.section.words, self.errors.layout, self.point, self.section.layout, self.hint,
            sizing_mode="stretch_width", height=HEIGHT, stylesheets=[CORNER], css_classes=["details"],
        )  # fmt: skip
        self._scene: Scene | None = None
        self._extent: Extent = (-90.0, 90.0, 0.0, 360.0)
        self._point = selection.point
        self.choice.param.watch(lambda _: self._draw(), "value")

    def show(self, scene: Scene, extent: Extent) -> None:
        """Draw the charts of a scene for the area in view."""
        self._scene, self._extent = scene, extent
        compared = scene.comparison is not None
        options = {**({"Error by lead": "error"} if compared else {}), **CHARTS}
        if options != self.choice.options:
            # A comparison that begins shows its error; one that ends leaves the point.
            chart = self.choice.value if self.choice.value == "section" else "error" if compared else "point"
            self.choice.param.update(options=options, value=chart)
        if self.selection.point != self._point:
            self._point = self.selection.point
            if self.choice.value == "section" and self._point is not None:
                self.section.clicked(self._point)
            else:
                # A click asks for the point; closing it goes back to the error.
                self.choice.value = "error" if self._point is None and compared else "point"
        self._draw()

    def _forget(self, _: Any) -> None:
        self.selection.param.update(point_latitude=None, point_longitude=None)

    def _draw(self) -> None:
        scene, point = self._scene, self.selection.point
        if scene is None:
            return
        chart = self.choice.value
        outside = point is not None and scene.primary is not None and not covers(scene.primary.grid, *point)
        at_point = chart == "point" and point is not None and not outside
        self.close.visible = chart == "point" and point is not None
        self.hint.object = f"{position(*point)} lies outside this store. {CLICK_HINT}" if point and outside else CLICK_HINT
        self.hint.visible = chart == "point" and not at_point
        self.layout.css_classes = ["details", "corner"] if len(scene.panels) == 3 and scene.layout == "side" else ["details"]
        self.point.visible = at_point
        self.errors.layout.visible = chart == "error"
        for part in (self.section.layout, self.section.line, self.section.words):
            part.visible = chart == "section"
        # Of two sections one stands below the other; in the corner the style sheet sets the height.
        self.layout.height = 2 * HEIGHT - 40 if chart == "section" and scene.comparison is not None else HEIGHT
        if chart == "error":
            self.title.object = self.errors.show(scene, self._extent)
        else:
            self.title.object = position(*point) if point is not None and at_point else ""
        self.title.visible = chart != "section"
        if chart == "section":
            self.section.show(scene)
        if at_point:
            self.series.show(scene)
            self.profile.show(scene)


def position(latitude: float, longitude: float) -> str:
    """Return a position in degrees as it is written on a chart."""
    east = (longitude + 180) % 360 - 180
    return f"{abs(latitude):.2f}° {'N' if latitude >= 0 else 'S'}  {abs(east):.2f}° {'E' if east >= 0 else 'W'}"
