"""What is drawn over the field: one list of layers, any number of which can be chosen."""

from typing import Any

import panel_material_ui as pmui

from app.selection import LAYERS, Selection

SMALL = {"& .MuiSelect-select": {"padding": "8.5px 32px 8.5px 14px", "minHeight": "1.4375em"}}
"""This list of Panel's knows no small size: the height of the others."""


class LayerControls:
    """The list of layers, bound to the names in the selection."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.layers: Any = pmui.MultiChoice(
            label="Layers", options={label: name for name, label in LAYERS.items()}, value=selection.shown_layers, chip=False,
            sizing_mode="stretch_width", sx=SMALL,
        )  # fmt: skip
        self.layers.param.watch(self._chosen, "value")
        selection.param.watch(self._changed, "layers")

    def _chosen(self, event: Any) -> None:
        self.selection.layers = ",".join(name for name in LAYERS if name in event.new)

    def _changed(self, _: Any) -> None:
        if set(self.layers.value) != set(self.selection.shown_layers):
            self.layers.value = self.selection.shown_layers
