"""The error of this forecast by lead, for the area in view."""

from collections.abc import Mapping
from typing import Any

import xarray as xr

from app.analysis.errors import error_by_lead as compute_errors
from app.analysis.other_forecasts import against, other_forecasts
from app.charts.drawings.drawing import Charts, Drawing, only_words
from app.charts.elements import error_by_lead
from app.data.matching import common_leads, level_at
from app.data.readers import field_name
from app.services.services import Services
from app.state.scene import Scene, shown_depth, shown_variable, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import store_label
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
    notes = [say("zeros aligned")] if scene.aligned else []
    notes += [say(remark) for remark in scene.mixed]
    name = field_name(variable, selection.quantity)
    with_acc = services.queues.climatology_is_ready(first)
    if not with_acc and second.identifier.startswith("climatology"):
        return only_words(say("The climatology of these days is being prepared."))
    theme, axis, unit = selection.theme, time_axis(scene), unit_of(variable, selection.units).of_differences

    is_error = first.kind == "forecast" and second.kind in ("reference", "analysis")
    others = other_forecasts(services, first, second, needed, metres) if is_error else {}
    label = store_label(first.kind, first.attrs)

    def make() -> Charts:
        errors = compute_errors(services, first, second, name, (own, other), extent, with_acc)
        beside = {}
        for rival, (forecast, level) in others.items():
            target = against(services, forecast, second) if variable == "zos" else second
            acc = with_acc and services.queues.climatology_is_ready(forecast)
            beside[rival] = compute_errors(services, forecast, target, name, (level, other), extent, acc)
        return [chart for chart in charts(errors, unit, theme, axis, label, beside) if chart is not None], ""

    title = say("Error of this forecast over {area}" if is_error else "Difference of the two over {area}", area=where)
    rivals = tuple((rival, each.identifier, tuple(common_leads(each, second))) for rival, (each, _) in others.items())
    key = first.identifier, second.identifier, name, own, extent, tuple(pairs), theme, unit, with_acc, rivals
    return Drawing(key, make, listed((title, *notes)))


def charts(
    errors: xr.Dataset, unit: Unit, theme: str, axis: str, label: str = "", beside: Mapping[str, xr.Dataset] | None = None
) -> tuple[Any, Any]:
    """Return the chart of RMSE, and that of ACC or None where it has no meaning, with those of others `beside`."""
    others = beside or {}
    rmse = error_by_lead(
        unit.of(errors.rmse), "RMSE", unit.symbol, theme, time_axis=axis, name=label,
        beside={name: unit.of(found.rmse) for name, found in others.items()},
    )  # fmt: skip
    if not errors.acc.notnull().any():
        return rmse, None
    return rmse, error_by_lead(
        errors.acc, "ACC", say("correlation"), theme, at_least_zero=False, time_axis=axis, name=label,
        beside={name: found.acc for name, found in others.items() if found.acc.notnull().any()},
    )  # fmt: skip
