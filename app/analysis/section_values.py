"""Values along a line across the ocean, for charts of sections; they are kept once computed, for all sessions."""

from typing import Any

import numpy as np
import xarray as xr

from app.data.readers import FieldReader, of_members
from app.services.readers import revision
from app.services.services import Services
from engine.diagnostics import DISPLAY_VARIABLES, derive_at
from engine.diagnostics.layers import isopycnal_depth
from engine.diagnostics.sections import Section, line_of, section, transport
from engine.runtime.errors import InputError

DENSITY_LINES = 8

TROPICS = 25.0
"""Degrees within which the 20 degC isotherm lies in the thermocline."""


DRAWN_SPACING = 200.0
"""Kilometres between the places of the line on the maps."""


class KeptColumns:
    """A store whose columns along one line are read once for all that is made of them: layers, density, values."""

    def __init__(self, services: Services, reader: FieldReader, line: int) -> None:
        self._services, self._reader, self._line = services, reader, line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray:
        """Return (n, z, m) of `leads` at the cells of the line."""
        key = ("columns", self._reader.identifier, revision(self._reader), variable, tuple(leads), self._line)
        return self._services.arrays.get(key, lambda: self._reader.points(variable, rows, columns, leads))


def along(services: Services, reader: FieldReader, variable: str, lead: int, places: Section) -> xr.DataArray:
    """Return a display variable (depth, distance) of a store along a line; depth in m, distance in km.

    Raises InputError where the line leaves a regional store or the store lacks the variable.
    """
    line = hash((places.lat.tobytes(), places.lon.tobytes()))
    key = ("along", reader.identifier, revision(reader), variable, lead, line)

    def make() -> np.ndarray:
        cells, mean = places.cells(reader.grid), services.climatology.on(reader.grid)

        def of(each: FieldReader, own: int) -> np.ndarray:
            kept: Any = KeptColumns(services, each, line)
            return derive_at(kept, variable, *cells, [own], mean)[0]

        return of_members(reader, lead, of)

    values = services.arrays.get(key, make)
    shown = DISPLAY_VARIABLES[variable]
    depth = shown.depths(reader.depths(shown.needs[0])) or (0.0,)
    return xr.DataArray(values, {"depth": np.array(depth), "distance": places.distance}, ("depth", "distance"), name=variable)


def over_time(
    services: Services, reader: FieldReader, variable: str, leads: list[int], metres: float, places: Section
) -> xr.DataArray:
    """Return a display variable (lead, distance) of a store along a line at the level nearest to `metres`.

    Raises InputError where the line leaves a regional store or the store lacks the variable.
    """
    if not DISPLAY_VARIABLES[variable].of_neighbours:
        days = [along(services, reader, variable, lead, places).sel(depth=metres, method="nearest") for lead in leads]
        return xr.concat(days, "lead").assign_coords(lead=leads)
    # Derivatives need whole maps; here those of one level suffice.
    depths = reader.depths(DISPLAY_VARIABLES[variable].needs[0]) or (0.0,)
    level = int(np.abs(np.array(depths) - metres).argmin())
    rows, columns = places.cells(reader.grid)
    display = services.readers.display(reader.identifier)
    values = np.array([display.read(variable, lead, level)[rows, columns] for lead in leads], np.float32)
    return xr.DataArray(values, {"lead": leads, "distance": places.distance}, ("lead", "distance"), name=variable)


def layers(services: Services, reader: FieldReader, lead: int, places: Section) -> dict[str, xr.DataArray]:
    """Return depths (distance,) in m that tell the layering, by name: the mixed layer, in the tropics the 20 degC isotherm."""
    found: dict[str, xr.DataArray] = {}
    if "thetao" not in reader.variables or len(reader.depths("thetao")) < 2:
        return found
    if "so" in reader.variables:
        found["mixed layer"] = along(services, reader, "mixed_layer", lead, places)[0]
    if np.abs(places.lat).min() < TROPICS:
        tropical = np.abs(places.lat) < TROPICS
        found["20 °C"] = along(services, reader, "d20", lead, places)[0].where(xr.DataArray(tropical, dims="distance"))
    return found


def density_levels(density: np.ndarray) -> np.ndarray:
    """Return round potential densities less 1000 (k,) in kg m-3 whose lines fill a section of densities (any shape)."""
    known = density[np.isfinite(density)]
    if not known.size:
        return np.empty(0)
    low, high = np.percentile(known, (5, 95))
    return np.unique(np.round(np.linspace(low, high, DENSITY_LINES), 1))


def isopycnals(services: Services, reader: FieldReader, lead: int, places: Section, levels: np.ndarray) -> xr.DataArray:
    """Return the depths (density, distance) in m at which a store first passes each density of `levels` (k,) along a line."""
    density = along(services, reader, "density", lead, places)
    depth = density.depth.values
    found = [isopycnal_depth(density.values, depth, float(level)) for level in levels]
    across = density.distance
    return xr.DataArray(
        np.reshape(found, (len(levels), across.size)), {"density": levels, "distance": across}, ("density", "distance")
    )


def crossing(services: Services, reader: FieldReader, lead: int, places: Section) -> float | None:
    """Return the volume in Sv that crosses a line to the right of its direction, in the upper 500 m; None without currents."""
    if not {"uo", "vo"} <= set(reader.variables) or len(reader.depths("uo")) < 2:
        return None
    eastward, northward = (along(services, reader, name, lead, places) for name in ("uo", "vo"))
    across = places.across(eastward.values, northward.values)
    return float(transport(across, places.widths, eastward.depth.values)[-1])


def drawn_line(name: str) -> list[list[float]]:
    """Return a line by its name or corners as places [latitude, longitude] on a map; none where it is no line."""
    try:
        chosen = line_of(name)
        places = section(chosen.corners, chosen.straight, DRAWN_SPACING)
    except InputError:
        return []
    return [[round(float(lat), 3), round(float(lon), 3)] for lat, lon in zip(places.lat, places.lon, strict=True)]
