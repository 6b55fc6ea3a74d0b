"""Time series over the leads and profiles over depth at the chosen point and the pins: forecast and reference together."""

from typing import Any

import xarray as xr

from app.analysis.places import nearest_lead, variable_with_depth, when, where
from app.charts.drawings.columns import at_places, at_point, only_product, spread_about_mean
from app.charts.drawings.drawing import Drawing
from app.charts.elements import profile as profile_chart
from app.charts.elements import series as series_chart
from app.services.services import Services
from app.state.scene import Scene, quantity_label, shown_depth, shown_variable, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES


def series(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return one plot of the shown variable and depth over lead."""
    assert scene.primary is not None
    variable, leads = shown_variable(selection, scene), scene.primary.all_leads
    _, metres = shown_depth(selection, scene.depths)
    what = quantity_label(variable, "value", metres if scene.depths else None)
    unit = unit_of(variable, selection.units)
    spot, theme, axis = where(selection, scene), selection.theme, time_axis(scene)

    def at_level(values: xr.DataArray) -> xr.DataArray:
        return values.sel(depth=metres, method="nearest")

    def make() -> list[Any]:
        found = at_places(services, selection, scene, variable, leads)
        curves = {key: unit.of(at_level(values)) for key, values in found.items()}
        spread = spread_about_mean(
            services, selection, scene, variable, leads, lambda values: unit.of_differences.of(at_level(values))
        )
        title = listed((what, only_product(curves), spot))
        return [series_chart(curves, title, unit.symbol, theme, axis, spread)] if curves else []

    return at_point(selection, scene, (variable, metres), make)


def profile(selection: Selection, services: Services, scene: Scene) -> Drawing | None:
    """Return one plot of the shown variable over depth on the day of the playhead, beside a field of the surface of temperature.

    None where the store has no depth.
    """
    assert scene.primary is not None
    variable = variable_with_depth(selection, scene)
    lead = nearest_lead(selection.lead, scene.primary.leads)
    if variable not in scene.variables or lead is None:
        return None
    shown, theme = DISPLAY_VARIABLES[variable], selection.theme
    unit = unit_of(variable, selection.units)
    day = when(scene, lead)

    def make() -> list[Any]:
        found = at_places(services, selection, scene, variable, [lead])
        curves = {key: unit.of(values.isel(lead=0)) for key, values in found.items() if values.sizes["lead"]}
        spread = spread_about_mean(
            services, selection, scene, variable, [lead], lambda values: unit.of_differences.of(values.isel(lead=0))
        )
        title = listed((say(shown.label), only_product(curves), day))
        return [profile_chart(curves, title, unit.symbol, theme, spread=spread)] if curves else []

    return at_point(selection, scene, (variable, lead), make)
