"""The water at the chosen point and the pins: temperature over salinity, density and stability, depth over time."""

from typing import Any

import xarray as xr

from app.analysis.places import at_place, drawn_readers, nearest_lead, places, variable_with_depth, when, where
from app.charts.drawings.columns import at_places, at_point, only_product
from app.charts.drawings.drawing import Drawing
from app.charts.elements import hovmoller, profile
from app.charts.elements import temperature_salinity as diagram
from app.charts.style import Key
from app.services.services import Services
from app.state.colour_choice import colour_choice
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import store_label
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES

LAYERING = ("density", "stability")


def temperature_salinity(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return temperature over salinity down the column, with lines of equal density, on the day of the playhead."""
    assert scene.primary is not None
    lead = nearest_lead(selection.lead, scene.primary.leads)
    theme, spot, day = selection.theme, where(selection, scene), when(scene, lead or 0)
    unit = unit_of("thetao", selection.units)

    def make() -> list[Any]:
        leads = [] if lead is None else [lead]
        warmth, salt = (at_places(services, selection, scene, name, leads) for name in ("thetao", "so"))
        columns: dict[Key, xr.Dataset] = {
            key: xr.Dataset({"thetao": warmth[key].isel(lead=0), "so": salt[key].isel(lead=0)})
            for key in warmth
            if key in salt and warmth[key].sizes["depth"] > 1
        }
        title = listed((say("Water"), only_product(columns), spot, day))
        return [diagram(columns, title, theme, unit)] if columns else []

    return at_point(selection, scene, lead, make)


def layering(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return profiles of density and of its stability, the squared buoyancy frequency, on the day of the playhead."""
    assert scene.primary is not None
    lead = nearest_lead(selection.lead, scene.primary.leads)
    theme, day = selection.theme, when(scene, lead or 0)

    def make() -> list[Any]:
        charts = []
        for name in LAYERING:
            shown = DISPLAY_VARIABLES[name]
            curves = at_places(services, selection, scene, name, [] if lead is None else [lead])
            curves = {key: values.isel(lead=0) for key, values in curves.items() if values.sizes["depth"] > 1}
            if curves:
                title = listed((say(shown.label), only_product(curves), day))
                charts.append(profile(curves, title, shown.units, theme))
        return charts

    return at_point(selection, scene, lead, make)


def depth_time(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return the shown variable over lead and depth at the chosen point, else at the first pin: a Hovmoller diagram a store."""
    assert scene.primary is not None
    variable, leads, axis = variable_with_depth(selection, scene), scene.primary.all_leads, time_axis(scene)
    letter, place = places(selection, scene)[0]
    shown, choice, theme = DISPLAY_VARIABLES[variable], colour_choice(selection, variable), selection.theme
    unit = unit_of(variable, selection.units)
    spot = where(selection, scene)
    if len(places(selection, scene)) > 1:
        spot = say("at {letter}", letter=letter) if letter else say("at the point")

    def make() -> list[Any]:
        found = {}
        for reader in drawn_readers(scene):
            values = at_place(services, scene, reader, variable, place, leads)
            if values is not None and values.sizes["depth"] > 1 and values.notnull().any():
                title = listed((say(shown.label), store_label(reader.kind, reader.attrs), spot))
                found[reader.identifier] = title, values
        if not found:
            return []
        limits = unit.limits(choice.limits_of(next(iter(found.values()))[1].values))
        return [
            hovmoller(unit.of(values), title, unit.symbol, choice.palette, limits, theme, axis)
            for title, values in found.values()
        ]

    return at_point(selection, scene, (variable, selection.palette, selection.range_mode, selection.limits), make)
