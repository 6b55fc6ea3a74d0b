"""What is drawn over the field: a box to tick for each layer."""

from typing import Any

import panel_material_ui as pmui

from app.selection import LAYERS, Selection

COMPACT = {
    "display": "grid",
    "gridTemplateColumns": "1fr 1fr",
    "& .MuiFormControlLabel-root": {"margin": "0", "height": "26px"},
    "& .MuiFormControlLabel-label": {"fontSize": "12.5px", "whiteSpace": "nowrap"},
    "& .MuiCheckbox-root": {"padding": "3px 5px 3px 0"},
    "& .MuiSvgIcon-root": {"fontSize": "17px"},
}
"""Two columns, as dense as the lists above them."""


class LayerControls:
    """The boxes of the layers, bound to the names in the selection."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.layers: Any = pmui.CheckBoxGroup(
            label="Layers", options={label: name for name, label in LAYERS.items()}, value=selection.shown_layers,
            sizing_mode="stretch_width", sx=COMPACT, size="small", margin=(4, 10),
        )  # fmt: skip
        self.layers.param.watch(self._chosen, "value")
        selection.param.watch(self._changed, "layers")

    def _chosen(self, event: Any) -> None:
        self.selection.layers = ",".join(name for name in LAYERS if name in event.new)

    def _changed(self, _: Any) -> None:
        if set(self.layers.value) != set(self.selection.shown_layers):
            self.layers.value = self.selection.shown_layers
