"""Side by side: the choice of what stands beside the forecast, and the error of this forecast by lead for the area in view."""

from typing import Any

import xarray as xr

from app.elements import error_by_lead
from app.readers import common_leads, field_name, level_at
from app.scene import Scene, comparison_choices, shown_depth, shown_variable, time_axis
from app.scores import error_by_lead as compute_errors
from app.selection import LAYOUTS, Selection
from app.services import Services
from app.views.background import ChartBox, Latest
from app.views.bound import chooser, offer
from engine.derived import DISPLAY_VARIABLES

NOTHING_BESIDE = "Choose what to compare with: the error by lead needs a second map."


class CompareControls:
    """Two choices: what stands beside the map, and how the two share the page."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self.comparison = chooser(selection, "comparison", "Compare with", {"Nothing": "none"})
        layouts = {label: name for name, label in LAYOUTS.items()}
        self.layout = chooser(selection, "layout", "Layout", layouts)
        self.layout.visible = selection.comparison != "none"

    def show(self, scene: Scene) -> None:
        """Offer what can stand beside the map shown."""
        choices = comparison_choices(self.selection, self.services, scene)
        wanted = self.selection.comparison
        self.layout.visible = wanted != "none"
        if wanted not in choices:
            # Such as a reference in an address whose source has none: the map says why, the list says what was asked.
            choices = {**choices, wanted: wanted}
        offer(self.comparison, {label: value for value, label in choices.items()}, wanted)


class ErrorView:
    """RMSE and ACC of the forecast by lead, for the region in view."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self._latest = Latest(services)
        self.box = ChartBox(2)
        self.layout = self.box.layout

    def show(self, scene: Scene) -> str:
        """Compute and draw the errors of a scene in the area in view, and return the title of the charts."""
        first, second, extent = scene.primary, scene.comparison, scene.extent
        if first is None or second is None:
            self._say(NOTHING_BESIDE)
            return ""
        selection = self.selection
        variable = shown_variable(selection, scene)
        needed = DISPLAY_VARIABLES[variable].needs
        pairs = common_leads(first, second)
        if not pairs or set(needed) - set(second.variables):
            self._say("No day and variable in common yet.")
            return ""
        depths = first.depths(needed[0])
        own, metres = shown_depth(selection, depths) if depths else (0, None)
        other = 0 if metres is None else level_at(second.depths(needed[0]), metres)
        if other is None:
            self._say("The two have no such depth in common.")
            return ""
        where = "the globe" if extent[3] - extent[2] >= 359 else "the area in view"
        note = ", zeros aligned" if scene.aligned else ""
        name = field_name(variable, selection.quantity)
        with_acc = self.services.climatology_is_ready(first)
        if not with_acc and second.identifier.startswith("climatology"):
            self._say("The climatology of these days is being prepared.")
            return ""
        theme, axis = selection.theme, time_axis(scene)

        def work() -> tuple[Any, Any]:
            errors = compute_errors(self.services, first, second, name, (own, other), extent, with_acc)
            return charts(errors, DISPLAY_VARIABLES[variable].units, theme, axis)

        self._latest.run(
            (first.identifier, second.identifier, name, own, extent, tuple(pairs), theme, with_acc), work, self._draw
        )
        is_error = first.kind == "forecast" and second.kind in ("reference", "analysis")
        return f"{'Error of this forecast' if is_error else 'Difference of the two'} over {where}{note}"

    def _say(self, words: str) -> None:
        self._latest.forget()
        self.box.put([], words)

    def _draw(self, drawn: tuple[Any, Any]) -> None:
        self.box.put([chart for chart in drawn if chart is not None])


def charts(errors: xr.Dataset, units: str, theme: str, axis: str) -> tuple[Any, Any]:
    """Return the chart of RMSE, and that of ACC or None where it has no meaning."""
    rmse = error_by_lead(errors.rmse, "RMSE", units, theme, time_axis=axis)
    if not errors.acc.notnull().any():
        return rmse, None
    return rmse, error_by_lead(errors.acc, "ACC", "correlation", theme, at_least_zero=False, time_axis=axis)
