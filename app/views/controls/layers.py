"""The choice of layers over the field (currents, wind, contours, eddies, ice edge, names ...): a box to tick for each."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from app.state.selection import LAYERS, Selection
from app.text.i18n import say
from app.views.widgets.selection_view import SelectionView

COMPACT = {"& .MuiSvgIcon-root": {"fontSize": "17px"}, "padding": "3px 5px 3px 0"}
"""Two columns, as dense as the lists above them."""


class LayerControls(SelectionView):
    """The boxes of the layers, bound to the names in the selection."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection)
        # Single boxes, because a screen reader announces the library's group as radio buttons.
        self.boxes: dict[str, Any] = {
            name: pmui.Checkbox(label=say(label), value=name in selection.shown_layers, size="small", sx=COMPACT, margin=0)
            for name, label in LAYERS.items()
        }
        for box in self.boxes.values():
            box.param.watch(self._chosen, "value")
        self.layout = pn.GridBox(*self.boxes.values(), ncols=2, sizing_mode="stretch_width", margin=(0, 10))

    def _chosen(self, _: Any) -> None:
        self.selection.layers = ",".join(name for name, box in self.boxes.items() if box.value)

    @param.depends("selection.layers", watch=True)
    def _show(self) -> None:
        for name, box in self.boxes.items():
            box.value = name in self.selection.shown_layers
