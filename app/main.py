"""The page: one session a visitor around services that the whole server shares."""

from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.jobs import Job
from app.palettes import PALETTES  # noqa: F401 - loaded before the first visitor comes
from app.scene import Scene, build_scene
from app.selection import Selection, sync_with_address
from app.services import Services
from app.theme import STYLE_SHEET, THEME
from app.views.compare import CompareControls, ErrorView
from app.views.field import FieldControls
from app.views.map import MapView
from app.views.profile import ProfileView
from app.views.run import RunControls
from app.views.series import SeriesView
from app.views.sources import SourceControls
from engine.errors import InputError

POLL_MILLISECONDS = 500
SCENE_CHOICES = ["source", "start", "model", "variable", "quantity", "depth", "comparison"]
COLOUR_CHOICES = ["palette", "range_mode", "low", "high"]


class Session:
    """One visitor: a selection, the views of it, and the page that holds them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.selection = selection = Selection()
        self.refusals: list[str] = []
        sync_with_address(selection, self.refusals.append)
        self.sources = SourceControls(selection, services)
        self.refusals += filter(None, [self.sources.check()])
        self.run = RunControls(selection, services, self.notify)
        self.field = FieldControls(selection)
        self.compare = CompareControls(selection, services)
        self.map = MapView(selection)
        self.errors = ErrorView(selection, services)
        self.series = SeriesView(selection, services)
        self.profile = ProfileView(selection, services)
        self.scene: Scene | None = None
        self._fingerprint: Any = None
        self._ended: list[Job] = []
        self.point_title = pmui.Typography("", variant="subtitle2", margin=(4, 8, 0, 8))
        self.point_close = pmui.IconButton(icon="close", size="small", description="Close the point", margin=0)
        self.point_card = self._point_card()
        self.drawer = pn.Row(self.errors.layout, self.point_card, sizing_mode="stretch_width", height=236, visible=False,
                             css_classes=["goms-drawer"])  # fmt: skip
        self.page = self._page()
        self.refresh()
        selection.param.watch(self.refresh, SCENE_CHOICES)
        selection.param.watch(self._recolour, COLOUR_CHOICES)
        selection.param.watch(self._show_point, ["point_latitude", "point_longitude", "lead", "theme"])
        self.map.component.param.watch(self._show_errors, "extent")
        self.point_close.on_click(lambda _: selection.param.update(point_latitude=None, point_longitude=None))
        pn.state.onload(self._loaded)

    def _point_card(self) -> pn.Column:
        header = pn.Row(self.point_title, pn.HSpacer(), self.point_close, sizing_mode="stretch_width", height=30)
        plots = pn.Row(self.series.layout, self.profile.layout, sizing_mode="stretch_both")
        return pn.Column(header, plots, visible=False, sizing_mode="stretch_both", css_classes=["goms-card"])

    def _page(self) -> pmui.Page:
        def heading(text: str) -> pmui.Typography:
            return pmui.Typography(text, variant="overline", margin=(8, 10, 0, 10))

        sidebar = [
            heading("Forecast"), self.sources.source, self.sources.start, self.sources.model, self.run.layout,
            heading("Field"), self.field.variable, self.field.quantity, self.field.depth, self.field.surface_only,
            heading("Compare"), self.compare.comparison,
            heading("View"), self.field.region, self.field.palette, self.field.range_mode, self.field.limits,
        ]  # fmt: skip
        main = pn.Column(self.map.component, self.drawer, sizing_mode="stretch_both", margin=0)
        page = pmui.Page(
            title="GOMS Explorer",
            sidebar=sidebar,
            main=[main],
            sidebar_width=288,
            sidebar_resizable=False,
            busy_indicator=None,
            theme_config=THEME,
            sx={"& .title": {"color": "inherit !important", "fontSize": "1.05rem !important", "letterSpacing": "0.01em"}},
            dark_theme=self.selection.theme == "dark",
            raw_css=[STYLE_SHEET],
        )
        page.param.watch(self._theme_toggled, "dark_theme")
        return page

    def notify(self, kind: str, message: str) -> None:
        """Show a message to this visitor: error, info or success."""
        notifications = pn.state.notifications
        if notifications is not None:
            notifications.send(message, type=kind, duration=12000 if kind == "error" else 6000)

    def refresh(self, *_: Any) -> None:
        """Build the scene of the selection and show it everywhere."""
        try:
            scene = build_scene(self.selection, self.services)
        except InputError as error:
            self._refuse(str(error))
            return
        self.scene = scene
        self._fingerprint = self._now()
        if scene.needs_reference:
            self.services.submit("reference", self.selection.source, scene.start)
        with pn.io.hold():
            self.map.show(scene)
            for view in (self.sources, self.field, self.compare, self.run):
                view.show(scene)
        self._show_errors()
        self._show_point()

    def _refuse(self, message: str) -> None:
        self.notify("error", message)
        if self.selection.comparison != "none":
            self.selection.comparison = "none"
        elif self.selection.source != "sample":
            self.selection.source = "sample"

    def _recolour(self, *_: Any) -> None:
        if self.scene is not None:
            self.map.show(self.scene)
            self.field.show(self.scene)

    def _show_errors(self, *_: Any) -> None:
        if self.scene is not None:
            self.errors.show(self.scene, self.map.component.extent)
        self._arrange()

    def _show_point(self, *_: Any) -> None:
        point = self.selection.point
        self.point_card.visible = point is not None and self.scene is not None and self.scene.primary is not None
        if point is not None and self.scene is not None:
            self.point_title.object = position(*point)
            self.series.show(self.scene)
            self.profile.show(self.scene)
        self._arrange()

    def _arrange(self) -> None:
        self.drawer.visible = self.errors.layout.visible or self.point_card.visible

    def _theme_toggled(self, event: Any) -> None:
        self.selection.theme = "dark" if event.new else "light"
        self._show_errors()

    def _loaded(self) -> None:
        for message in self.refusals:
            self.notify("warning", message)
        pn.state.add_periodic_callback(self._poll, POLL_MILLISECONDS)

    def _poll(self) -> None:
        if self._now() != self._fingerprint:
            self.refresh()
        self.run.poll()

    def _now(self) -> Any:
        """Return what tells whether the stores changed since the scene was built."""
        return tuple((store.identifier, len(store.leads), store.complete) for store in self.services.stores())


def position(latitude: float, longitude: float) -> str:
    """Return a position in degrees as it is written on a chart."""
    east = (longitude + 180) % 360 - 180
    return f"{abs(latitude):.2f}° {'N' if latitude >= 0 else 'S'}  {abs(east):.2f}° {'E' if east >= 0 else 'W'}"
