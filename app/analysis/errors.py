"""Numbers beside the maps: error by lead for the area in view, series and profiles at a point, kept once computed."""

import numpy as np
import xarray as xr

from app.data.derived_readers import ClimatologyReader
from app.data.matching import common_leads
from app.data.readers import DisplayReader, FieldReader, OfMembers, split_field_name
from app.services.readers import revision
from app.services.services import Services
from engine.diagnostics import DISPLAY_VARIABLES, derive_at
from engine.diagnostics.douglas_scale import DOUGLAS, shares
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.verification.scores import score_fields

Extent = tuple[float, float, float, float]
"""South, north, west, east in degrees; east may pass 360."""


def error_by_lead(
    services: Services,
    primary: FieldReader,
    comparison: FieldReader,
    name: str,
    depths: tuple[int, int],
    extent: Extent,
    with_acc: bool = True,
) -> xr.Dataset:
    """Return `rmse` and `acc` of `primary` against `comparison` over `lead` for the water both have inside `extent`.

    `name` is a display field (`thetao_anomaly`), `depths` its level in each store. Weighted by cell area; acc is the
    correlation of the anomalies from climatology, missing where it is not asked for or has no meaning (of changes, against
    climatology itself).
    """
    pairs = common_leads(primary, comparison)
    extent = (round(extent[0], 1), round(extent[1], 1), round(extent[2], 1), round(extent[3], 1))
    key = (
        "error", primary.identifier, revision(primary), comparison.identifier, revision(comparison), name, depths, extent,
        tuple(pairs), with_acc,
    )  # fmt: skip
    table = services.arrays.get(key, lambda: _errors(services, primary, comparison, name, depths, extent, pairs, with_acc))
    return xr.Dataset({"rmse": ("lead", table[1]), "acc": ("lead", table[2])}, {"lead": table[0].astype(int)})


def _errors(
    services: Services,
    primary: FieldReader,
    comparison: FieldReader,
    name: str,
    depths: tuple[int, int],
    extent: Extent,
    pairs: list[tuple[int, int]],
    with_acc: bool,
) -> np.ndarray:
    variable, quantity = split_field_name(name)
    climatology = services.climatology.field
    own, other = DisplayReader(primary, climatology), DisplayReader(comparison, climatology)
    mean = DisplayReader(ClimatologyReader(primary, climatology), climatology)
    has_mean = DISPLAY_VARIABLES[variable].has_climatology and not comparison.identifier.startswith("climatology")
    with_acc = with_acc and has_mean and quantity != "change"
    # The difference of two anomalies is that of the values.
    compared = variable if quantity == "anomaly" else name
    region = _region(extent)
    table = np.full((3, len(pairs)), np.nan)
    for number, (lead, other_lead) in enumerate(pairs):
        found = score_fields(
            own.read(compared, lead, depths[0]), primary.grid, other.read(compared, other_lead, depths[1]), comparison.grid,
            region, mean.read(variable, lead, depths[0]) if with_acc else None,
        )  # fmt: skip
        table[:, number] = lead, found["rmse"], np.nan if found["acc"] is None else found["acc"]
    return table


def _region(extent: Extent) -> Region:
    south, north, west, east = extent
    return Region("view", "View", south, north, west % 360, west % 360 + min(360.0, east - west))


def sea_state_by_lead(services: Services, reader: FieldReader, extent: Extent) -> xr.DataArray:
    """Return the share (lead, degree) of each degree of the Douglas scale in the open sea inside `extent`, on finished leads."""
    leads = reader.leads
    extent = (round(extent[0], 1), round(extent[1], 1), round(extent[2], 1), round(extent[3], 1))
    grid = reader.grid

    def make() -> np.ndarray:
        place = np.ix_(*grid.rows_and_columns(_region(extent)))
        area = grid.cell_area[place]
        return np.array([shares(reader.read("swh", lead)[place], area) for lead in leads]).reshape(len(leads), len(DOUGLAS))

    key = ("sea state", reader.identifier, revision(reader), tuple(leads), extent)
    return xr.DataArray(
        services.arrays.get(key, make), {"lead": leads, "degree": [state.degree for state in DOUGLAS]}, ("lead", "degree")
    )


def point_values(
    services: Services, reader: FieldReader, variable: str, lat: float, lon: float, leads: list[int]
) -> xr.DataArray:
    """Return a display variable at the cell nearest to a point as (lead, depth); all NaN outside the store's area.

    What is made of derivatives needs neighbours, which a point does not have: it is read from maps, at the first level only.
    """
    key = ("point", reader.identifier, revision(reader), variable, round(lat, 3), round(lon, 3), tuple(leads))
    shown = DISPLAY_VARIABLES[variable]
    depths = shown.depths(reader.depths(shown.needs[0])) if shown.needs[0] in reader.variables else ()

    def make() -> np.ndarray:
        if isinstance(reader, OfMembers):
            at = [
                reader.combined(each, lambda of, own: point_values(services, of, variable, lat, lon, [own]).values[0])
                for each in leads
            ]
            return np.array(at, np.float32).reshape(len(leads), max(1, len(depths)))
        if not covers(reader.grid, lat, lon) or set(shown.needs) - set(reader.variables):
            return np.full((len(leads), max(1, len(depths))), np.nan, np.float32)
        row, column = reader.grid.nearest(lat, lon)
        if shown.of_neighbours:
            display = DisplayReader(reader, services.climatology.field)
            return np.array([[display.read(variable, lead)[row, column]] for lead in leads], np.float32).reshape(-1, 1)
        cells = np.array([row]), np.array([column])
        return derive_at(reader, variable, *cells, leads, services.climatology.on(reader.grid))[:, :, 0]

    values = services.arrays.get(key, make)
    return xr.DataArray(
        values,
        dims=("lead", "depth"),
        coords={"lead": leads, "depth": list(depths[: values.shape[1]]) or [0.0]},
        name=variable,
        attrs={"units": shown.units, "long_name": shown.label},
    )


def covers(grid: Grid, lat: float, lon: float) -> bool:
    """Return whether a position lies within half a cell of a grid's cells."""
    row, column = grid.nearest(lat, lon)
    lat_step = float(np.diff(grid.lat).max()) if grid.lat.size > 1 else 1.0
    lon_step = float(np.diff(grid.lon).max()) if grid.lon.size > 1 else 1.0
    east = abs((grid.lon[column] - lon + 180) % 360 - 180)
    return abs(grid.lat[row] - lat) <= 0.6 * lat_step and east <= 0.6 * lon_step
