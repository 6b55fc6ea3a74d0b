"""Small files in the exact layouts of the providers: names, packing, header sizes, uneven rows, times since 2000."""

from pathlib import Path

import netCDF4
import numpy as np

from engine.readers.container.classic import ClassicHeader
from tests.engine.readers.layouts import HYCOM_DEPTHS

FILL = -30000
GLBV_LAT = np.r_[np.arange(-80, -40, 1.0), np.arange(-40, 40, 2.0), np.arange(40, 91, 1.0)]
"""Rows twice as far apart between 40 S and 40 N as poleward, as in GLBv0.08, 25 times coarser."""
GLBV_LON = np.arange(-180, 180, 2.0)
BOX = (30.0, 48.0, 150.0, 170.0)

_STANDARD = {
    "water_u": "eastward_sea_water_velocity",
    "water_v": "northward_sea_water_velocity",
    "water_temp": "sea_water_temperature",
    "salinity": "sea_water_salinity",
    "surf_el": "sea_surface_elevation",
}
_UNITS = {"water_u": "m/s", "water_v": "m/s", "water_temp": "degC", "salinity": "psu", "surf_el": "m"}
_OFFSET = {"water_temp": 20.0, "salinity": 20.0}
LONG_HEADER, SHORT_HEADER = 4640, 4600


def packed(name: str, day: np.datetime64, lat: np.ndarray, lon: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the packed numbers (z, h, w) of a field of a day, (h, w) of sea level: smooth, new every day, land at 0 E."""
    age = float((day - np.datetime64("2012-01-01")) / np.timedelta64(1, "D"))
    wave = np.sin(np.deg2rad(3 * lon[None, :] + 5 * age)) * np.cos(np.deg2rad(2 * lat[:, None]))
    scale = np.exp(-depth / 400)[:, None, None]
    values = {
        "water_temp": 2 + 18 * scale * np.cos(np.deg2rad(lat))[None, :, None] + 2 * scale * wave,
        "salinity": 34.5 + 0.3 * scale * wave,
        "water_u": 0.4 * scale * wave,
        "water_v": 0.3 * scale * wave[:, ::-1],
        "surf_el": 0.5 * wave,
    }[name]
    numbers = np.rint((values - _OFFSET.get(name, 0.0)) / 0.001).astype(np.int16)
    numbers[..., np.abs(lon) < 5] = FILL
    return numbers


def write_gofs(path: Path, day: np.datetime64, at_bottom: bool = True) -> Path:
    """Write a file of the bucket: classic with 64-bit offsets and one time.

    Its header has 4,640 bytes, or 4,600 where the standard names of four fields are without `_at_bottom`.
    """
    history = "what made it"
    _write_gofs(path, day, at_bottom, history)
    size = LONG_HEADER if at_bottom else SHORT_HEADER
    _write_gofs(path, day, at_bottom, history.ljust(len(history) + size - _header(path), "."))
    assert _header(path) == size
    return path


def _header(path: Path) -> int:
    with path.open("rb") as file:
        return min(ClassicHeader(file, path.stat().st_size).places.values())


def _write_gofs(path: Path, day: np.datetime64, at_bottom: bool, history: str) -> None:
    lat, lon = GLBV_LAT, GLBV_LON
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as data:
        for name, length in (("depth", HYCOM_DEPTHS.size), ("lat", lat.size), ("lon", lon.size), ("time", 1)):
            data.createDimension(name, length)
        axes = {"depth": (HYCOM_DEPTHS, "m"), "lat": (lat, "degrees_north"), "lon": (lon, "degrees_east")}
        hours = [float((day - np.datetime64("2000-01-01")) / np.timedelta64(1, "h")) + 12]
        axes |= {"time": (hours, "hours since 2000-01-01 00:00:00"), "tau": ([0.0], "hours since analysis")}
        for name, (values, units) in axes.items():
            axis = data.createVariable(name, "f8", ("time" if name == "tau" else name,))
            axis.units = units
            axis[:] = values
        data.source = "HYCOM archive file"
        data.history = history
        for name, standard in _STANDARD.items():
            numbers = packed(name, day, lat, lon, HYCOM_DEPTHS)
            dimensions = ("time", "depth", "lat", "lon") if name != "surf_el" else ("time", "lat", "lon")
            _packed_variable(data, name, dimensions, standard, name)[:] = numbers[None]
            if name != "surf_el":
                floor = _packed_variable(
                    data, f"{name}_bottom", ("time", "lat", "lon"), standard + ("_at_bottom" if at_bottom else ""), name
                )
                floor[:] = numbers[-1][None]


def _packed_variable(data: netCDF4.Dataset, name: str, dimensions: tuple[str, ...], standard: str, like: str) -> netCDF4.Variable:
    variable = data.createVariable(name, "i2", dimensions, fill_value=FILL)
    variable.set_auto_maskandscale(False)
    variable.standard_name, variable.units = standard, _UNITS[like]
    variable.add_offset, variable.scale_factor = np.float32(_OFFSET.get(like, 0.0)), np.float32(0.001)
    variable.missing_value = np.int16(FILL)
    return variable


def write_set(
    path: Path, names: tuple[str, ...], days: list[np.datetime64], lat: np.ndarray, lon: np.ndarray, step: int = 3
) -> Path:
    """Write a data set of the THREDDS server: the variables of `names`, every `step` hours of the days."""
    times = [day + np.timedelta64(hour, "h") for day in days for hour in range(0, 24, step)]
    with netCDF4.Dataset(path, "w") as data:
        hours = [float((time - np.datetime64("2000-01-01")) / np.timedelta64(1, "h")) for time in times]
        axes = {"time": (hours, "hours since 2000-01-01 00:00:00"), "depth": (HYCOM_DEPTHS, "m")}
        axes |= {"lat": (lat, "degrees_north"), "lon": (lon, "degrees_east")}
        for name, (values, units) in axes.items():
            data.createDimension(name, len(values))
            axis = data.createVariable(name, "f8", (name,))
            axis.units = units
            axis[:] = values
        data.title = "HYCOM twin"
        for name in names:
            dimensions = ("time", "depth", "lat", "lon") if name != "surf_el" else ("time", "lat", "lon")
            variable = _packed_variable(data, name, dimensions, _STANDARD[name], name)
            for number, time in enumerate(times):
                variable[number] = packed(name, time, lat, lon, HYCOM_DEPTHS)
    return path
