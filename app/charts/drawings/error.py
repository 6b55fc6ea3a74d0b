"""The error of this forecast by lead, for the area in view."""

from typing import Any

import xarray as xr

from app.analysis.errors import error_by_lead as compute_errors
from app.charts.drawings.drawing import Charts, Drawing, only_words
from app.charts.elements import error_by_lead
from app.data.matching import common_leads, level_at
from app.data.readers import field_name
from app.services.services import Services
from app.state.scene import Scene, shown_depth, shown_variable, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.units import Unit, unit_of
from engine.diagnostics import DISPLAY_VARIABLES

NOTHING_BESIDE = "Choose what to compare with: the error by lead needs a second map."


def error(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return RMSE and ACC of a forecast by lead, against what stands beside it, for the region in view."""
    first, second, extent = scene.primary, scene.comparison, scene.extent
    if first is None or second is None:
        return only_words(say(NOTHING_BESIDE))
    variable = shown_variable(selection, scene)
    needed = DISPLAY_VARIABLES[variable].needs
    pairs = common_leads(first, second)
    if not pairs or set(needed) - set(second.variables):
        return only_words(say("No day and variable in common yet."))
    depths = first.depths(needed[0])
    own, metres = shown_depth(selection, depths) if depths else (0, None)
    other = 0 if metres is None else level_at(second.depths(needed[0]), metres)
    if other is None:
        return only_words(say("The two have no such depth in common."))
    where = say("the globe" if extent[3] - extent[2] >= 359 else "the area in view")
    note = say("zeros aligned") if scene.aligned else ""
    name = field_name(variable, selection.quantity)
    with_acc = services.queues.climatology_is_ready(first)
    if not with_acc and second.identifier.startswith("climatology"):
        return only_words(say("The climatology of these days is being prepared."))
    theme, axis, unit = selection.theme, time_axis(scene), unit_of(variable, selection.units).of_differences

    def make() -> Charts:
        errors = compute_errors(services, first, second, name, (own, other), extent, with_acc)
        return [chart for chart in charts(errors, unit, theme, axis) if chart is not None], ""

    is_error = first.kind == "forecast" and second.kind in ("reference", "analysis")
    title = say("Error of this forecast over {area}" if is_error else "Difference of the two over {area}", area=where)
    key = first.identifier, second.identifier, name, own, extent, tuple(pairs), theme, unit, with_acc
    return Drawing(key, make, listed((title, note)))


def charts(errors: xr.Dataset, unit: Unit, theme: str, axis: str) -> tuple[Any, Any]:
    """Return the chart of RMSE, and that of ACC or None where it has no meaning."""
    rmse = error_by_lead(unit.of(errors.rmse), "RMSE", unit.symbol, theme, time_axis=axis)
    if not errors.acc.notnull().any():
        return rmse, None
    return rmse, error_by_lead(errors.acc, "ACC", say("correlation"), theme, at_least_zero=False, time_axis=axis)
