"""Life at the chosen point: phytoplankton by its groups over the leads, and the nutrients it feeds on."""

from typing import Any

import xarray as xr

from app.analysis.places import at_place, curve_name, drawn_readers, places, where
from app.charts.drawings.columns import at_point
from app.charts.drawings.drawing import Drawing
from app.charts.elements import series
from app.charts.stacked import plankton_layers, stacked
from app.charts.style import Key
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import without_brackets
from engine.diagnostics import DISPLAY_VARIABLES
from engine.schema.variables import PLANKTON

NUTRIENTS = ("no3", "fe")
NO_PLANKTON = "There is no plankton here in this store. Click on the open sea, where it is deeper than 200 m."


def plankton(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return three charts at the chosen point, else at the first pin: groups stacked to their total, nitrate, and iron."""
    assert scene.primary is not None
    theme, axis, leads = selection.theme, time_axis(scene), scene.primary.all_leads
    place, spot = places(selection, scene)[0][1], where(selection, scene)

    def at(reader: FieldReader, variable: str) -> xr.DataArray | None:
        values = at_place(services, scene, reader, variable, place, leads)
        return None if values is None or not values.notnull().any() else values.isel(depth=0)

    def of_all(variable: str) -> dict[Key, xr.DataArray]:
        curves: dict[Key, xr.DataArray] = {}
        for reader in drawn_readers(scene):
            if (values := at(reader, variable)) is not None:
                curves[curve_name(reader, {str(key): None for key in curves})] = values
        return curves

    def make() -> list[Any]:
        reader = drawn_readers(scene)[0]
        groups = {name: values for name in PLANKTON if (values := at(reader, name)) is not None}
        if not groups:
            return []
        totals: dict[Key, xr.DataArray] = {
            listed((say("total"), without_brackets(str(name)) if number else "")): values
            for number, (name, values) in enumerate(of_all("chl").items())
        }
        title, units = listed((say("Phytoplankton"), spot)), say("mg m⁻³ of chlorophyll")
        charts = [stacked(plankton_layers(groups), title, units, theme, axis, totals)]
        nutrients = ((DISPLAY_VARIABLES[name], of_all(name)) for name in NUTRIENTS)
        return charts + [series(curves, say(shown.label), shown.units, theme, axis) for shown, curves in nutrients if curves]

    return at_point(selection, scene, "plankton", make, say(NO_PLANKTON))
