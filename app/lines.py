"""Values along a line across the ocean, kept once computed: for charts of sections, whoever asks for them."""

import numpy as np
import xarray as xr

from app.readers import FieldReader
from app.services import Services, revision
from engine.derived import DISPLAY_VARIABLES, derive_at
from engine.sections import Section, transport

TROPICS = 25.0
"""Degrees within which the 20 degC isotherm lies in the thermocline."""


def along(services: Services, reader: FieldReader, variable: str, lead: int, places: Section) -> xr.DataArray:
    """Return a display variable (depth, distance) of a store along a line; depth in m, distance in km.

    Raises InputError where the line leaves a regional store or the store lacks the variable.
    """
    rows, columns = places.cells(reader.grid)
    line = hash((places.lat.tobytes(), places.lon.tobytes()))
    key = ("along", reader.identifier, revision(reader), variable, lead, line)
    mean = services.mean_ocean.on(reader.grid)
    values = services.arrays.get(key, lambda: derive_at(reader, variable, rows, columns, [lead], mean)[0])
    shown = DISPLAY_VARIABLES[variable]
    depth = shown.depths(reader.depths(shown.needs[0])) or (0.0,)
    return xr.DataArray(values, {"depth": np.array(depth), "distance": places.distance}, ("depth", "distance"), name=variable)


def layers(services: Services, reader: FieldReader, lead: int, places: Section) -> dict[str, xr.DataArray]:
    """Return depths (distance,) in m that tell the layering, by name: the mixed layer, in the tropics the 20 degC isotherm."""
    found = {}
    if {"thetao", "so"} <= set(reader.variables):
        found["mixed layer"] = along(services, reader, "mixed_layer", lead, places)[0]
    if "thetao" in reader.variables and np.abs(places.lat).min() < TROPICS:
        found["20 °C"] = along(services, reader, "d20", lead, places)[0]
    return found


def crossing(services: Services, reader: FieldReader, lead: int, places: Section) -> float | None:
    """Return the volume in Sv that crosses a line to the right of its direction, in the upper 500 m; None without currents."""
    if not {"uo", "vo"} <= set(reader.variables) or len(reader.depths("uo")) < 2:
        return None
    eastward, northward = (along(services, reader, name, lead, places) for name in ("uo", "vo"))
    across = places.across(eastward.values, northward.values)
    return float(transport(across, places.widths, eastward.depth.values)[-1])
