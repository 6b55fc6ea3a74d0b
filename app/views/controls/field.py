"""The choice of what the maps draw: variable, quantity, depth; and how: region, palette, range of colours."""

from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.state.colour_choice import log_fits
from app.state.scene import Scene, depth_choices, shown_depth, shown_variable
from app.state.selection import OWN_VIEW, RANGE_MODES, Selection
from app.style.palettes import PALETTES
from app.text.i18n import say
from app.text.plain_text import Text
from app.text.units import SYSTEMS, Unit, unit_of
from app.views.widgets.bound import bind, chooser, offer
from app.views.widgets.lists import DiscreteSlider, RadioButtonGroup
from engine.diagnostics import DISPLAY_VARIABLES
from engine.schema.regions import REGIONS

SHORT_QUANTITIES = {"Value": "value", "Anomaly": "anomaly", "24 h change": "change"}

NO_STEPS = {"& .MuiInputAdornment-root": {"display": "none"}, "& .MuiOutlinedInput-root": {"paddingLeft": "12px"}}
"""The arrow keys step a number; the library's buttons beside it have no name and leave little room for its figures."""

WHOLE_COLUMN = "One value for the whole column: no depth to choose."
SURFACE_ALONE = "The surface alone: no depth to choose."


class FieldControls:
    """The choices of the field; each takes effect at once."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        variables = {say(shown.label): name for name, shown in DISPLAY_VARIABLES.items()}
        self.variable = chooser(selection, "variable", say("Variable"), variables)
        self.quantity = bind(
            selection,
            "quantity",
            RadioButtonGroup(
                label=say("Quantity"),
                options={say(label): name for label, name in SHORT_QUANTITIES.items()},
                value=selection.quantity,
                size="small",
                sizing_mode="stretch_width",
            ),
        )
        self.depth = bind(
            selection,
            "depth",
            DiscreteSlider(label=say("Depth (m)"), options={"0": 0.0}, value=0.0, size="small", sizing_mode="stretch_width"),
        )
        self.surface_only = Text(say(WHOLE_COLUMN), "caption", visible=False)
        regions = {say("Own view"): OWN_VIEW} | {say(region.label): name for name, region in REGIONS.items()}
        self.region = chooser(selection, "region", say("Region"), regions)
        palettes = {say("Automatic"): "auto"} | {name.capitalize(): name for name in PALETTES}
        self.palette = chooser(selection, "palette", say("Palette"), palettes)
        self.range_mode = chooser(
            selection, "range_mode", say("Range"), {say(label): name for name, label in RANGE_MODES.items()}
        )
        self._unit = self._unit_shown(selection.variable)
        self.low, self.high = self._limit("low", say("From")), self._limit("high", say("To"))
        self.units = chooser(selection, "units", say("Units"), {say(label): name for name, label in SYSTEMS.items()})
        self.limits = pn.Row(self.low, self.high, visible=selection.range_mode == "fixed")

    def _limit(self, name: str, label: str) -> Any:
        """Return a field for a limit of the range, in the units shown; the selection keeps it in the engine's."""
        field = pmui.FloatInput(label=label, value=self._written(name), step=0.5, size="small", width=118, sx=NO_STEPS)

        def typed(event: Any) -> None:
            if event.new is not None and event.new != self._written(name):
                self.selection.param.update(**{name: self._unit.back(event.new)})

        field.param.watch(typed, "value")
        self.selection.param.watch(lambda _: self._write(), name)
        return field

    def _written(self, name: str) -> float | None:
        value = getattr(self.selection, name)
        return None if value is None else float(f"{self._unit.of(value):.6g}")

    def _write(self) -> None:
        for name, field in (("low", self.low), ("high", self.high)):
            if field.value != self._written(name):
                field.value = self._written(name)

    def _unit_shown(self, variable: str) -> Unit:
        return unit_of(variable, self.selection.units, self.selection.quantity)

    def show(self, scene: Scene) -> None:
        """Offer the variables and depths of the store shown."""
        selection = self.selection
        variable = shown_variable(selection, scene)
        self._unit = self._unit_shown(variable)
        self._write()
        offer(self.variable, {say(DISPLAY_VARIABLES[name].label): name for name in scene.variables}, variable)
        has_levels = len(scene.depths) > 1 or scene.primary is None
        self.surface_only.object = say(SURFACE_ALONE if scene.depths else WHOLE_COLUMN)
        self.depth.visible, self.surface_only.visible = has_levels, not has_levels
        if has_levels:
            depths = depth_choices(scene)
            offer(self.depth, {f"{depth:g}": depth for depth in depths}, shown_depth(selection, depths)[1])
        modes = {say(label): name for name, label in RANGE_MODES.items() if name != "log" or log_fits(selection, variable)}
        offer(self.range_mode, modes, selection.range_mode)
        self.limits.visible = selection.range_mode == "fixed"
