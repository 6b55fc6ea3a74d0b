"""Side by side: the choice of what stands beside the forecast, and the error of this forecast by lead for the area in view."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
import xarray as xr

from app.elements import error_by_lead
from app.readers import common_leads, field_name
from app.scene import Scene, comparison_choices, quantity_label, shown_depth, shown_variable
from app.scores import Extent
from app.scores import error_by_lead as compute_errors
from app.selection import Selection
from app.services import Services
from app.views.background import Latest
from app.views.bound import bind, offer
from app.words import store_label
from engine.derived import DISPLAY_VARIABLES


class CompareControls:
    """One choice: what stands beside the map."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self.comparison = bind(
            selection, "comparison", pmui.Select(label="Beside it", options={"Nothing": "none"}, value="none", size="small", sizing_mode="stretch_width")
        )

    def show(self, scene: Scene) -> None:
        """Offer what can stand beside the map shown."""
        choices = comparison_choices(self.selection, self.services, scene)
        wanted = self.selection.comparison
        if wanted not in choices:
            # Such as a reference in an address whose source has none: the map says why, the list says what was asked.
            choices = {**choices, wanted: wanted}
        offer(self.comparison, {label: value for value, label in choices.items()}, wanted)


class ErrorView:
    """RMSE and ACC of the forecast by lead, for the region in view; nothing is drawn without a comparison."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self._latest = Latest(services)
        self._shown: Any = None
        self.title = pmui.Typography("", variant="subtitle2", margin=(4, 8, 0, 8), sizing_mode="stretch_width")
        self.rmse = pn.pane.HoloViews(None, sizing_mode="stretch_both", min_width=180, min_height=150)
        self.acc = pn.pane.HoloViews(None, sizing_mode="stretch_both", min_width=180, min_height=150)
        self.layout = pn.Column(
            self.title, pn.Row(self.rmse, self.acc, sizing_mode="stretch_both"), visible=False, sizing_mode="stretch_both",
            css_classes=["goms-card"], name="Error of this forecast",
        )  # fmt: skip

    def show(self, scene: Scene, extent: Extent) -> None:
        """Compute and draw the errors of a scene in the area in view, where there are any."""
        first, second = scene.primary, scene.comparison
        self.layout.visible = first is not None and second is not None
        if first is None or second is None:
            self._shown = None
            return
        selection = self.selection
        variable = shown_variable(selection, scene)
        needed = DISPLAY_VARIABLES[variable].needs
        pairs = common_leads(first, second)
        if not pairs or set(needed) - set(second.variables):
            self.layout.visible = False
            return
        own, metres = shown_depth(selection, first.depths(needed[0]))
        other, _ = shown_depth(selection, second.depths(needed[0]))
        what = quantity_label(variable, selection.quantity, metres if scene.depths else None)
        asked = (first.identifier, second.identifier, what, extent, tuple(pairs), selection.theme)
        if asked == self._shown:
            return
        self._shown = asked
        against = store_label(second.kind, second.attrs)
        where = "the globe" if extent[3] - extent[2] >= 359 else "the area in view"
        note = "; means over the common water removed" if scene.aligned else ""
        self.title.object = f"Error of this forecast: {what}, {where}, against {against}{note}"
        name = field_name(variable, selection.quantity)

        def work() -> tuple[Any, Any]:
            errors = compute_errors(self.services, first, second, name, (own, other), extent)
            return charts(errors, DISPLAY_VARIABLES[variable].units, selection.theme)

        self._latest.run(work, self._draw)

    def _draw(self, drawn: tuple[Any, Any]) -> None:
        self.rmse.object, self.acc.object = drawn
        self.acc.visible = drawn[1] is not None


def charts(errors: xr.Dataset, units: str, theme: str) -> tuple[Any, Any]:
    """Return the chart of RMSE, and that of ACC or None where it has no meaning."""
    rmse = error_by_lead(errors.rmse, "RMSE", units, theme)
    if not errors.acc.notnull().any():
        return rmse, None
    return rmse, error_by_lead(errors.acc, "ACC", "correlation", theme, at_least_zero=False)
