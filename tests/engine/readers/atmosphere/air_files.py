"""Files of air in the layouts that people download, all of one closed form, on nodes ten degrees apart with both poles."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr

from engine.schema.grid import Grid, coarsened

LAT, LON = np.arange(90.0, -91.0, -10.0), np.arange(0.0, 360.0, 10.0)
START = np.datetime64("2019-02-25T00", "h")
FIELDS = {"u10": "m s**-1", "v10": "m s**-1", "t2m": "K", "msl": "Pa", "sp": "Pa"}
LONG = {
    "u10": "10m_u_component_of_wind", "v10": "10m_v_component_of_wind", "t2m": "2m_temperature", "msl": "mean_sea_level_pressure",
    "sp": "surface_pressure",
}  # fmt: skip
MEAN = {"u10": 3.0, "v10": -2.0, "t2m": 288.15, "msl": 101000.0, "sp": 98000.0}
SWING = {"u10": 5.0, "v10": 4.0, "t2m": 20.0, "msl": 1500.0, "sp": 1500.0}
CELLS: Grid = coarsened(40)
"""18 x 36 cell centres: the nodes of the files are half a cell away from them, as those of ERA5 are from the model's."""


def air(name: str, lat: np.ndarray, lon: np.ndarray, hour: float = 0.0) -> np.ndarray:
    """Return a field (h, w) in the file's unit, smooth on the sphere; it grows by a hundredth of its swing an hour."""
    rows, columns = np.deg2rad(lat)[:, None], np.deg2rad(lon)[None, :]
    return MEAN[name] + SWING[name] * (0.5 * np.sin(rows) + np.cos(rows) ** 2 * np.cos(columns) + 0.01 * hour)


def hours(count: int, step: int = 1) -> np.ndarray:
    return START + np.arange(count) * np.timedelta64(step, "h")


def dataset(
    times: np.ndarray, names: tuple[str, ...] = tuple(FIELDS), lat: np.ndarray = LAT, lon: np.ndarray = LON
) -> xr.Dataset:
    """Return the fields as the Climate Data Store names them now: `valid_time`, scalar `number`, text `expver`."""
    ages = (times - START).astype(float)
    fields = {
        name: (
            ("valid_time", "latitude", "longitude"),
            np.stack([air(name, LAT, lon, age) for age in ages]).astype(np.float32),
            {"units": FIELDS[name], "GRIB_dataType": "an", "GRIB_stepType": "instant"},
        )
        for name in names
    }
    coordinates = {
        "valid_time": ("valid_time", times.astype("datetime64[ns]"), {"standard_name": "time"}),
        "latitude": ("latitude", LAT, {"units": "degrees_north"}),
        "longitude": ("longitude", lon, {"units": "degrees_east"}),
        "number": ((), 0, {"standard_name": "realization", "units": "1"}),
        "expver": ("valid_time", np.array(["0001"] * times.size, dtype=object)),
    }
    return xr.Dataset(fields, coordinates, {"institution": "European Centre for Medium-Range Weather Forecasts"})


def new(path: Path, times: np.ndarray, names: tuple[str, ...] = tuple(FIELDS)) -> Path:
    dataset(times, names).to_netcdf(path)
    return path


def long_names(path: Path, times: np.ndarray) -> Path:
    dataset(times).drop_vars(["number", "expver"]).rename({**LONG, "valid_time": "time"}).to_netcdf(path)
    return path


def west(path: Path, times: np.ndarray) -> Path:
    dataset(times, lon=np.arange(-180.0, 180.0, 10.0)).to_netcdf(path)
    return path


def old(path: Path, times: np.ndarray, versions: bool = False, preliminary_from: int = 24) -> Path:
    """Write the layout before 2024: packed NetCDF-3, hours since 1900; with `versions` a dimension `expver` of 1 and 5."""
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        for name, size in (("longitude", LON.size), ("latitude", LAT.size), ("time", times.size)):
            file.createDimension(name, size)
        if versions:
            file.createDimension("expver", 2)
            file.createVariable("expver", "i4", ("expver",))[:] = [5, 1]
        for name, values in (("longitude", LON), ("latitude", LAT)):
            file.createVariable(name, "f4", (name,))[:] = values
            file[name].units = "degrees_east" if name == "longitude" else "degrees_north"
        time = file.createVariable("time", "i4", ("time",))
        time.units, time.calendar = "hours since 1900-01-01 00:00:00.0", "gregorian"
        time[:] = (times - np.datetime64("1900-01-01T00", "h")).astype(int)
        dimensions = ("time", *(["expver"] if versions else []), "latitude", "longitude")
        for name, unit in FIELDS.items():
            field = file.createVariable(name, "i2", dimensions, fill_value=-32767)
            field.units, field.missing_value = unit, np.int16(-32767)
            field.scale_factor, field.add_offset = SWING[name] / 12000, MEAN[name]
            for number, age in enumerate((times - START).astype(float)):
                values = air(name, LAT, LON, age)
                if not versions:
                    field[number] = values
                else:
                    is_preliminary = number >= preliminary_from
                    field[number, 0] = values if is_preliminary else np.ma.masked_all(values.shape)
                    field[number, 1] = np.ma.masked_all(values.shape) if is_preliminary else values
    return path


def two_members(path: Path, times: np.ndarray) -> Path:
    """Write what the store sends for instant and accumulated fields together, under a name that ends in .nc."""
    instant = new(path.with_name("data_stream-oper_stepType-instant.nc"), times)
    rain = dataset(times, ("u10",)).rename(u10="tp").assign_attrs(title="rain")
    rain.to_netcdf(accumulated := path.with_name("data_stream-oper_stepType-accum.nc"))
    with zipfile.ZipFile(path, "w") as archive:
        for member in (accumulated, instant):
            archive.write(member, member.name)
            member.unlink()
    return path


def zarr_store(path: Path, times: np.ndarray, format: int = 3, attributes: Mapping[str, str] | None = None) -> Path:
    dataset(times).drop_vars(["number", "expver"]).assign_attrs(attributes or {}).to_zarr(path, zarr_format=format)
    return path


def forecast(path: Path, times: np.ndarray) -> Path:
    """Write the fields of a forecast as cfgrib does: steps of one run, `valid_time` beside them."""
    data = dataset(times).drop_vars(["number", "expver"]).swap_dims(valid_time="step")
    data = data.assign_coords(
        step=("step", (times - times[0]).astype("timedelta64[ns]")), time=((), times[0].astype("datetime64[ns]"))
    )
    data.time.attrs["standard_name"] = "forecast_reference_time"
    for name in FIELDS:
        data[name].attrs["GRIB_dataType"] = "fc"
    data.to_netcdf(path)
    return path


def daily(path: Path, days: int) -> Path:
    """Write daily means with a whole number yyyymmdd as time, as `date` of the derived products."""
    times = START + np.arange(days) * np.timedelta64(24, "h")
    data = dataset(times).drop_vars(["number", "expver"]).rename(valid_time="date")
    numbers = [int(str(time.astype("datetime64[D]")).replace("-", "")) for time in times]
    data.assign_coords(date=("date", numbers)).to_netcdf(path)
    return path
