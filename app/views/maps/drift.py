"""Drift from the point: a switch, the day of release, and the paths on the maps."""

from typing import Any

import panel_material_ui as pmui
import param

from app.analysis.drift import drift_on_map
from app.loopmap import LoopMap
from app.services.services import Services
from app.state.scene import Scene, shown_depth
from app.state.selection import Selection
from app.text.i18n import say
from app.views.widgets.latest_only import LatestOnly
from app.views.widgets.selection_view import SelectionView

LAYER = "drift"


class DriftView(SelectionView):
    """Particles released at the chosen point on the day that was shown then; a later day of release is one click away."""

    def __init__(self, selection: Selection, services: Services, component: LoopMap) -> None:
        super().__init__(selection)
        self.services, self.component = services, component
        self.switch = pmui.Toggle(
            label=say("Drift from the point"),
            value=LAYER in selection.shown_layers,
            size="small",
            variant="outlined",
            margin=(4, 4),
            sx={"padding": "2px 9px"},
        )
        self.again = pmui.Button(label=say("Release on this day"), size="small", variant="text", margin=(4, 4), visible=False)
        self._latest = LatestOnly(services.background)
        self.switch.param.watch(self._switched, "value")
        self.again.on_click(lambda _: self._release())
        component.param.watch(self._offer_again, "playhead")
        if self.switch.value and selection.release is None:
            selection.release = selection.lead

    @property
    def _on(self) -> bool:
        return LAYER in self.selection.shown_layers and self.selection.point is not None

    def _switched(self, event: Any) -> None:
        others = [name for name in self.selection.shown_layers if name != LAYER]
        self.selection.layers = ",".join([*others, LAYER] if event.new else others)

    @param.depends("selection.layers", watch=True)
    def _layers_chosen(self) -> None:
        chosen = LAYER in self.selection.shown_layers
        self.switch.value = chosen
        if not chosen:
            self.selection.release = None
        elif self.selection.release is None:
            self._release()

    @param.depends("selection.point_latitude", "selection.point_longitude", watch=True)
    def _release(self) -> None:
        if self._on:
            self.selection.release = int(self.component.playhead)

    def _offer_again(self, *_: Any) -> None:
        self.again.visible = self._on and self.component.playhead != self.selection.release

    def show(self, scene: Scene) -> None:
        """Draw the paths in the stores of a scene, or take them away."""
        self._offer_again()
        selection, point = self.selection, self.selection.point
        panels = [panel for panel in scene.panels if panel.is_field]
        if not self._on or point is None or not panels:
            self._latest.forget()
            self.component.paths = {}
            return
        release = selection.lead if selection.release is None else selection.release
        metres = shown_depth(selection, scene.depths)[1]

        def make() -> dict[str, Any]:
            return {panel.key: drift_on_map(self.services, panel, point, metres, release) for panel in panels}

        asked = tuple((panel.key, panel.store, panel.revision, panel.leads[-1]) for panel in panels)
        self._latest.run((asked, point, metres, release), make, self._draw)

    def _draw(self, paths: dict[str, Any]) -> None:
        self.component.paths = paths
