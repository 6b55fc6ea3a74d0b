"""The numbers behind the maps: every finished day of what is shown, within the view, as CF data; and a point as a table."""

import tempfile
from pathlib import Path
from shutil import make_archive
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from app.access.limits import TooMuch
from app.analysis.errors import point_values
from app.analysis.places import curve_name, drawn_readers
from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.export.frame import Extent
from app.services.services import Services
from app.state.panel_spec import PanelSpec
from app.state.scene import Scene, shown_variable
from app.state.selection import Selection
from app.text.labels import notice
from engine import __version__
from engine.diagnostics import DISPLAY_VARIABLES
from engine.runtime.csv_table import csv_of
from engine.runtime.errors import InputError
from engine.runtime.failures import written
from engine.schema.regions import Region
from engine.schema.variables import VARIABLES

FORMATS = {"nc": "application/x-netcdf", "zarr.zip": "application/zip", "csv": "text/csv"}
"""File name ending -> media type."""

MOST_VALUES = 80_000_000
MOST_ROWS = 2_000_000
CF_UNITS = {
    "°C": "degC", "psu": "1e-3", "m/s": "m s-1", "10⁻⁵ s⁻¹": "1e-5 s-1", "10⁻¹⁰ s⁻²": "1e-10 s-2", "10⁻⁵ s⁻²": "1e-5 s-2",
    "cm²/s²": "cm2 s-2", "kg/m³": "kg m-3", "GJ/m²": "GJ m-2", "kJ/cm²": "kJ cm-2", "mg/m³": "mg m-3", "nmol/l": "nmol L-1",
    "µmol/l": "umol L-1", "m": "m",
}  # fmt: skip
"""Units on screen -> units in a file (UDUNITS)."""


def dataset(services: Services, scene: Scene, extent: Extent) -> xr.Dataset:
    """Return the fields of a scene over all finished days (time, lat, lon) on the cells within `extent`.

    The second map, where there is one, is `<name>_compared`, on its own cells `lat_compared`, `lon_compared` where they are
    others; a map of the spread of several starts is `<name>_spread`. Raises InputError where nothing is shown or the view holds
    over 80 million values.
    """
    south, north, west, east = extent
    region = Region("view", "View", south, north, west, min(east, west + 360 - 1e-6))
    arrays: dict[str, xr.DataArray] = {}
    notices: list[str] = []
    first: xr.DataArray | None = None
    _check_size(services, scene, region)
    for panel in scene.panels:
        if panel.kind != "field" or not panel.leads:
            continue
        values = _values(services, panel, region)
        notices.append(panel.notice)
        if first is None:
            arrays[panel.variable] = first = values
            continue
        same = values.sizes == first.sizes and np.allclose(values.lat, first.lat) and np.allclose(values.lon, first.lon)
        axes = {} if same else {"lat": "lat_compared", "lon": "lon_compared"}
        # On the days of the first map, whose leads count.
        suffix = "spread" if panel.key == "spread" else "compared"
        arrays[f"{panel.variable}_{suffix}"] = values.drop_vars("lead").reindex(time=first.time).rename(axes)
    if not arrays:
        raise InputError("nothing is shown, so there is nothing to save: wait for the first day")
    found = xr.Dataset(arrays)
    for name in found.coords:
        if str(name).startswith(("lat", "lon")):
            axis = str(name)[:3]
            units = {"lat": "degrees_north", "lon": "degrees_east"}[axis]
            found[name].attrs = {"standard_name": {"lat": "latitude", "lon": "longitude"}[axis], "units": units}
    found.attrs = {
        "Conventions": "CF-1.11",
        "title": scene.panels[0].quantity,
        "source": f"GOMS Explorer {__version__}: " + "; ".join(array.attrs["product"] for array in arrays.values()),
        "comment": "; ".join(dict.fromkeys(filter(None, notices))),
        "references": "arXiv:2308.03152",
    }
    return found


def _check_size(services: Services, scene: Scene, region: Region) -> None:
    """Raise TooMuch where the maps together hold more than MOST_VALUES, before anything is read."""
    count = 0
    for panel in scene.panels:
        if panel.kind == "field":
            rows, columns = services.readers.display(panel.store).grid.rows_and_columns(region) if panel.leads else ((), ())
            count += len(panel.leads) * len(rows) * len(columns)
    if count > MOST_VALUES:
        raise TooMuch(f"the view holds {count} values; expected at most {MOST_VALUES} in one file: choose a smaller region")


def _values(services: Services, panel: PanelSpec, region: Region) -> xr.DataArray:
    reader = services.readers.display(panel.store)
    rows, columns = reader.grid.rows_and_columns(region)
    leads = list(panel.leads)
    if not rows.size or not columns.size:
        raise InputError("the store has no data within the view: move the map onto it")
    values = np.empty((len(leads), rows.size, columns.size), np.float32)
    for number, lead in enumerate(leads):
        values[number] = reader.read(panel.variable, lead, panel.depth_index)[np.ix_(rows, columns)]
    west = reader.grid.lon[columns[0]]
    coordinates: dict[str, Any] = {
        "time": (
            "time",
            # Nanoseconds overflow before 1678 and after 2262.
            np.array([reader.valid_time(lead) for lead in leads]).astype("datetime64[s]"),
            {"standard_name": "time"},
        ),
        "lead": ("time", np.array(leads, np.int32), {"long_name": "days since the first day of the store"}),
        "lat": reader.grid.lat[rows],
        # Continuous, also where the view crosses the prime meridian.
        "lon": west + (reader.grid.lon[columns] - west) % 360,
    }
    variable = panel.variable
    attributes = {"long_name": panel.quantity, "units": CF_UNITS[panel.units], "product": panel.title}
    if variable in VARIABLES:
        attributes["standard_name"] = VARIABLES[variable].standard_name
    return xr.DataArray(values, coordinates, ("time", "lat", "lon"), name=variable, attrs=attributes)


def saved(found: xr.Dataset, file_format: str) -> bytes:
    """Return a dataset as a NetCDF file or a zipped Zarr store; as CSV the rows that have a value."""
    if file_format == "csv":
        rows = sum(array.size for array in found.data_vars.values())
        if rows > 4 * MOST_ROWS:
            raise InputError(f"the table would have {rows} rows; choose a smaller region, or NetCDF")
        table = found.to_dataframe().dropna(subset=list(found.data_vars), how="all")
        if len(table) > MOST_ROWS:
            raise InputError(f"the table would have {len(table)} rows, over {MOST_ROWS}; choose a smaller region, or NetCDF")
        return csv_of(table.reset_index()).encode()
    packed = {name: {"zlib": True, "complevel": 1, "shuffle": True} for name in found.data_vars}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"view.{file_format}"
        if file_format == "nc":
            with written(path):
                found.to_netcdf(path, engine="netcdf4", encoding=packed)
        else:
            # Written to a folder first: Zarr writes metadata more than once, and an archive would keep every version.
            found.to_zarr(path.with_suffix(""), mode="w", zarr_format=3, consolidated=False)
            make_archive(str(path.with_suffix("")), "zip", path.with_suffix(""))
        return path.read_bytes()


def point_table(services: Services, selection: Selection, scene: Scene) -> bytes:
    """Return a CSV of the shown variable at the chosen point: time, lead, depth, and a column for each store.

    Raises InputError where no point is chosen or no store reaches it.
    """
    point = selection.point
    readers = drawn_readers(scene)
    if point is None or not readers:
        raise InputError("no point is chosen: click the map first")
    variable = shown_variable(selection, scene)
    columns: dict[str, pd.Series[float]] = {}
    for reader in readers:
        columns[curve_name(reader, columns)] = _column(services, readers[0], reader, variable, point)
    table = pd.DataFrame(columns).dropna(how="all")
    if table.empty:
        raise InputError(f"there is no {DISPLAY_VARIABLES[variable].label.lower()} at {point[0]:.2f} N {point[1]:.2f} E")
    said = [
        f"{DISPLAY_VARIABLES[variable].label} ({DISPLAY_VARIABLES[variable].units}) at {point[0]:.3f} N {point[1]:.3f} E",
        f"{notice(readers[0].attrs)}; GOMS Explorer {__version__}",
    ]
    return csv_of(table.reset_index(), said).encode()


def _column(
    services: Services, primary: FieldReader, reader: FieldReader, variable: str, point: tuple[float, float]
) -> "pd.Series[float]":
    """Values of one store by date, lead of `primary`, and depth."""
    offset = day_offset(primary, reader)
    leads = [lead for lead in reader.leads if lead - offset in set(primary.all_leads)]
    values = point_values(services, reader, variable, *point, leads)
    rows = [
        (str(reader.valid_time(lead).astype("datetime64[D]")), lead - offset, depth)
        for lead in leads
        for depth in values.depth.values.tolist()
    ]
    return pd.Series(values.values.ravel(), pd.MultiIndex.from_tuples(rows, names=("date", "lead", "depth")))
