"""One visitor: the session that builds a scene from the choices and shows it in every view."""

from contextlib import suppress
from typing import Any

import panel as pn
import param

from app.page.panel_workarounds import forget_document, unlink_from_server
from app.services.services import Services
from app.session.embedding import embedded_page, is_embedded
from app.session.page_layout import Controls, PageLayout
from app.state.nearest_address import shown_instead
from app.state.scene import Scene
from app.state.scene_builder import build_scene
from app.state.selection import ADDRESS, Selection, sync_with_address
from app.state.view_modes import VIEWS
from app.views.charts.chart_strip import ChartStrip
from app.views.charts.skill import SkillView
from app.views.controls.compare import CompareControls
from app.views.controls.field import FieldControls
from app.views.controls.files import FileControls
from app.views.controls.get_data import GetDataDialog
from app.views.controls.layers import LayerControls
from app.views.controls.run import RunControls
from app.views.controls.sources import SourceControls
from app.views.controls.stores_dialog import StoresDialog
from app.views.controls.tab_bar import TabBar
from app.views.maps.axis_lines import AxisLines
from app.views.maps.drift import DriftView
from app.views.maps.map import MapView
from app.views.widgets.selection_view import SelectionView
from engine.runtime.errors import InputError

POLL_MILLISECONDS = 500
CHART_DELAY_MILLISECONDS = 120
LOOP_MILLISECONDS = 1000
"""Time that the maps have for a new loop before the charts ask for the same processor."""


class Session(SelectionView):
    """One visitor: a selection, the views of it, and the page that holds them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        selection = Selection()
        self._warnings: list[str] = []
        self._ready = False
        sync_with_address(selection, self.warn)
        self.tabs = TabBar(selection)
        self.sources = SourceControls(selection, services)
        self.files = FileControls(selection, services, self.notify)
        self.get_data = GetDataDialog(selection, services, self.notify)
        self.run = RunControls(selection, services, self.notify)
        self.field = FieldControls(selection)
        self.layers = LayerControls(selection)
        self.compare = CompareControls(selection, services, self.notify)
        self.map = MapView(selection)
        self.axis_lines = AxisLines(selection, services, lambda axes: setattr(self.map.component, "axes", axes))
        self.chart_strip = ChartStrip(selection, services)
        self.drift = DriftView(selection, services, self.map.component)
        self.chart_strip.place.beside = [self.drift.switch, self.drift.again]
        self.stores_dialog = StoresDialog(selection, services, self.notify)
        self._skill: SkillView | None = None
        self.scene: Scene | None = None
        self._fingerprint: Any = None
        self._asked = 0
        self._document = pn.state.curdoc
        forget_document(self._document)
        controls = Controls(
            self.tabs,
            self.sources,
            self.files,
            self.get_data,
            self.run,
            self.field,
            self.compare,
            self.layers,
            self.stores_dialog,
        )
        self.layout = None if is_embedded() else PageLayout(controls)
        # After the views, so that they are notified of a choice before the session is.
        super().__init__(selection)
        self._arrange()
        if self.layout is None:
            self.page = embedded_page(self.map.component, selection.theme)
        else:
            self.page = self.layout.page(selection)
            self.page.param.watch(self._theme_toggled, "dark_theme")
        unlink_from_server(self.page)
        self.map.component.param.watch(self._show_charts, "extent")
        # Last, because it resets choices of the address that cannot be shown.
        self.refresh()
        self._show_line()
        pn.state.onload(self._loaded)

    @property
    def skill(self) -> SkillView:
        """Return the view of skill, made when it is first looked at: most visitors never do."""
        if self._skill is None:
            self._skill = SkillView(self.selection, self.services, self.notify)
        return self._skill

    def notify(self, kind: str, message: str) -> None:
        """Show a message to this visitor: error, warning, info or success; before the page is there, it waits for it."""
        notifications = pn.state.notifications
        if notifications is not None and self._ready:
            getattr(notifications, kind)(message, duration=12000 if kind == "error" else 6000)

    def warn(self, message: str) -> None:
        """Say once what cannot be shown; the browser repeats its address, and the stores are looked at twice a second."""
        if message and message not in self._warnings:
            self._warnings.append(message)
            self.notify("warning", message)

    @param.depends("selection.view", watch=True)
    def _arrange(self) -> None:
        """Put what the chosen view shows on the page; an embedded page is the maps alone."""
        if self.layout is not None:
            has_map = VIEWS[self.selection.view].has_map
            self.layout.show([self.map.component, self.chart_strip.layout] if has_map else [self.skill.layout], has_map)

    @param.depends(
        "selection.view", "selection.source", "selection.start", "selection.model", "selection.forcing", "selection.variable",
        "selection.quantity", "selection.depth", "selection.comparison", "selection.layout", "selection.units", watch=True,
    )  # fmt: skip
    def refresh(self) -> None:
        """Build the scene of the selection and show it everywhere."""
        self.warn(self.sources.check())
        self.warn(self.chart_strip.check())
        try:
            scene = build_scene(self.selection, self.services)
        except InputError as error:
            self._refuse(str(error))
            return
        finally:
            self._fingerprint = self._now()
        self.scene = scene
        self._show_saving()
        if scene.needs_reference and not self.services.permissions.why_not("run"):
            self.services.queues.chores.need(self.services.queues.request("reference", self.selection.source, scene.start))
        with pn.io.hold():
            self.map.show(scene)
            if self._ready:
                self.axis_lines.show(scene)
            for view in (self.sources, self.field, self.compare, self.run):
                view.show(scene)
            self._show_skill()
        self._show_drift()
        self._show_charts(delay=LOOP_MILLISECONDS)

    @param.depends("selection.skill", "selection.band", "selection.waters", "selection.theme", watch=True)
    def _show_skill(self) -> None:
        if self._ready and self.layout is not None and self.scene is not None and self.selection.view == "skill":
            self.skill.show(self.scene)

    def _refuse(self, message: str) -> None:
        """Say what cannot be shown, and fall back to what can."""
        self.warn(message)
        if self.selection.comparison != "none":
            self.selection.comparison = "none"
        elif self.selection.source != "sample":
            self.selection.source = "sample"

    @param.depends("selection.palette", "selection.range_mode", "selection.low", "selection.high", watch=True)
    def _recolour(self) -> None:
        if self.scene is not None:
            self.map.show(self.scene)
            self.field.show(self.scene)

    @param.depends(
        "selection.point_latitude", "selection.point_longitude", "selection.pins", "selection.section", "selection.lead",
        "selection.theme", watch=True,
    )  # fmt: skip
    def _show_charts(self, *_: Any, delay: int = CHART_DELAY_MILLISECONDS) -> None:
        """Draw the charts a moment later, so that they never stand in the way of the maps; only the last request counts."""
        if self.layout is None or not self._ready or not VIEWS[self.selection.view].has_map:
            return  # a change before the page is ready would be lost; `_loaded` calls again
        self._asked += 1
        number = self._asked

        def show() -> None:
            if number == self._asked and self.scene is not None:
                with suppress(InputError):  # a store was deleted meanwhile: the next poll builds the scene of what is left
                    self.chart_strip.show(self.scene, self.map.component.extent)

        if self._document is not None and self._document.session_context is not None:
            self._document.add_timeout_callback(show, delay)

    @param.depends("selection.layers", "selection.release", "selection.point_latitude", "selection.point_longitude", watch=True)
    def _show_drift(self) -> None:
        if self._ready and self.scene is not None:
            self.drift.show(self.scene)

    @param.depends("selection.section", "selection.chart", "selection.comparison", watch=True)
    def _show_line(self) -> None:
        """Draw the line of the section on the maps while its chart is looked at."""
        self.map.component.line = self.chart_strip.line.path() if self.chart_strip.shows_a_line else []

    @param.depends(
        "selection.lead", "selection.range_mode", "selection.low", "selection.high", "selection.chart", "selection.section",
        watch=True,
    )  # fmt: skip
    def _show_saving(self) -> None:
        """Let files be of what is shown where that is not what the address says."""
        if self.scene is not None and self.layout is not None:
            instead = shown_instead(self.selection, self.services, self.scene)
            shown = {ADDRESS[name]: str(value) for name, (value, _) in instead.items()}
            if self.layout.save_maps.shown != shown:
                self.layout.save_maps.shown = shown

    def _theme_toggled(self, event: Any) -> None:
        self.selection.theme = "dark" if event.new else "light"

    def _loaded(self) -> None:
        self._ready = True
        for message in self._warnings:
            self.notify("warning", message)
        if self.scene is not None:
            self.axis_lines.show(self.scene)
        self._show_drift()
        self._show_charts(delay=LOOP_MILLISECONDS)
        self._show_skill()
        pn.state.add_periodic_callback(self._poll, POLL_MILLISECONDS)

    def _poll(self) -> None:
        try:
            if self._now() != self._fingerprint:
                self.refresh()
        except InputError:
            self.services.stores.refresh()  # a store was deleted since the list was read: the next poll reads it again
            return
        self.run.poll()
        self.compare.poll()
        if self.selection.view == "skill":
            self.skill.poll()
        self.files.poll()
        self.get_data.poll()

    def _now(self) -> Any:
        """Return what tells whether the stores changed since the scene was built."""
        found = []
        for store in self.services.stores.all():
            with suppress(InputError):  # deleted since the list was read
                found.append((store.identifier, len(store.leads), store.complete))
        return self.services.changes, *found
