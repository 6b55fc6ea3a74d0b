"""Writes small files exactly as providers lay them out, and damages them in one way at a time."""

from collections.abc import Callable, Mapping
from pathlib import Path

import netCDF4
import numpy as np

from engine.schema.batch import Batch
from engine.schema.grid import coarsened

HYCOM_DEPTHS = np.r_[
    0:13:2, 15, 20:51:5, 60:101:10, 125, 150:401:50, 500:1001:100, 1250, 1500:3001:500, 4000, 5000
].astype(np.float64)  # fmt: skip
GLORYS_DEPTHS = np.array([0.494025, 1.541375, 5.078224, 9.572997, 21.598820, 29.444730, 55.764290, 541.088928])

Fields = Mapping[str, np.ndarray]
Damage = Callable[[netCDF4.Dataset], None]


def write(
    path: Path,
    fields: Fields,
    axes: Mapping[str, tuple[np.ndarray, str]],
    units: Mapping[str, str],
    packing: Mapping[str, tuple[float, float]],
    standard_names: Mapping[str, str] | None = None,
    file_format: str = "NETCDF4",
) -> Path:
    """Write `fields` (t, [z], h, w) on `axes` name -> (values, units), int16 where `packing` names (scale, offset)."""
    with netCDF4.Dataset(path, "w", format=file_format) as data:
        for name, (values, unit) in axes.items():
            data.createDimension(name, None if name == "time" else values.size)
            axis = data.createVariable(name, "f8", (name,))
            axis.units = unit
            axis[:] = values
        for name, values in fields.items():
            dimensions = tuple(axes) if values.ndim == 4 else tuple(axis for axis in axes if axis != "depth")
            variable = data.createVariable(name, "i2" if name in packing else "f4", dimensions, fill_value=-30000)
            variable.units = units[name]
            if standard_names and name in standard_names:
                variable.standard_name = standard_names[name]
            if name in packing:
                variable.scale_factor, variable.add_offset = packing[name]
            variable[:] = np.ma.array(np.nan_to_num(values), mask=np.isnan(values))
    return path


def write_hycom(path: Path, fields: Fields, lat: np.ndarray, lon: np.ndarray, times: np.ndarray, **options: str) -> Path:
    """Write `fields` named as HYCOM names them, T and S as in-situ values on its 40 levels, hours since 2000."""
    hours = (times - np.datetime64("2000-01-01", "h")) / np.timedelta64(1, "h")
    return write(
        path,
        fields,
        {
            "time": (hours, "hours since 2000-01-01 00:00:00"),
            "depth": (HYCOM_DEPTHS, "m"),
            "lat": (lat, "degrees_north"),
            "lon": (lon, "degrees_east"),
        },
        {"water_temp": "degC", "salinity": "psu", "water_u": "m/s", "water_v": "m/s", "surf_el": "m"},
        {
            "water_temp": (0.001, 20.0),
            "salinity": (0.001, 20.0),
            "water_u": (0.001, 0.0),
            "water_v": (0.001, 0.0),
            "surf_el": (0.001, 0.0),
        },
        **options,
    )


def write_glorys(path: Path, fields: Fields, lat: np.ndarray, lon: np.ndarray, times: np.ndarray, **options: str) -> Path:
    """Write `fields` named as GLORYS names them, float32, seconds since 1970."""
    seconds = (times - np.datetime64("1970-01-01", "s")) / np.timedelta64(1, "s")
    names = {"thetao": "degrees_C", "so": "1e-3", "uo": "m s-1", "vo": "m s-1", "zos": "m"}
    axes = {
        "time": (seconds, "seconds since 1970-01-01 00:00:00"),
        "depth": (GLORYS_DEPTHS, "m"),
        "latitude": (lat, "degrees_north"),
        "longitude": (lon, "degrees_east"),
    }
    return write(path, fields, axes, names, {}, {"thetao": "sea_water_potential_temperature"}, **options)


def write_altimetry(path: Path, fields: Fields, lat: np.ndarray, lon: np.ndarray, times: np.ndarray, **options: str) -> Path:
    """Write `adt`, `ugos` and `vgos` as DUACS does, days since 1950."""
    days = (times - np.datetime64("1950-01-01", "D")) / np.timedelta64(1, "D")
    axes = {
        "time": (days, "days since 1950-01-01 00:00:00"),
        "latitude": (lat, "degrees_north"),
        "longitude": (lon, "degrees_east"),
    }
    return write(path, fields, axes, {"adt": "m", "ugos": "m/s", "vgos": "m/s"}, {}, **options)


def write_temperature(path: Path, fields: Fields, lat: np.ndarray, lon: np.ndarray, times: np.ndarray, **options: str) -> Path:
    """Write `analysed_sst` as GHRSST does, kelvin packed about the freezing point, seconds since 1981."""
    seconds = (times - np.datetime64("1981-01-01", "s")) / np.timedelta64(1, "s")
    axes = {
        "time": (seconds, "seconds since 1981-01-01 00:00:00"),
        "lat": (lat, "degrees_north"),
        "lon": (lon, "degrees_east"),
    }
    return write(path, fields, axes, {"analysed_sst": "kelvin"}, {"analysed_sst": (0.01, 273.15)}, **options)


LAT, LON = np.arange(-58, -57, 0.1), np.arange(-56.5, -55.5, 0.1)


def days(count: int, start: str = "2014-03-05T12") -> np.ndarray:
    """Return `count` consecutive times."""
    return np.datetime64(start, "h") + np.arange(count) * np.timedelta64(24, "h")


def hycom_fields(count: int) -> dict[str, np.ndarray]:
    """Return plausible fields of `count` days in the box of LAT and LON, the floor rising to 250 m in the east."""
    shape = (count, HYCOM_DEPTHS.size, LAT.size, LON.size)
    depth = HYCOM_DEPTHS[None, :, None, None]
    dry = np.broadcast_to((depth > 250) & (np.arange(LON.size) >= 6), shape)
    temperature = np.broadcast_to(2 - depth / 2000, shape).copy()
    salinity = np.broadcast_to(34 + depth / 5000, shape).copy()
    flow = np.full(shape, 0.1)
    for values in (temperature, salinity, flow):
        values[dry] = np.nan
    height = -1.5 + 0.01 * np.arange(count)[:, None, None] + np.zeros(shape[2:])
    return {"water_temp": temperature, "salinity": salinity, "water_u": flow, "water_v": -flow, "surf_el": height}


def glorys_fields(count: int) -> dict[str, np.ndarray]:
    """Return plausible fields of `count` days in the same box."""
    shape = (count, GLORYS_DEPTHS.size, LAT.size, LON.size)
    return {
        "thetao": np.broadcast_to(GLORYS_DEPTHS[None, :, None, None] / 100, shape),
        "so": np.full(shape, 34.0),
        "uo": np.full(shape, 0.1),
        "vo": np.full(shape, -0.1),
        "zos": np.full(shape[:1] + shape[2:], -1.5),
    }


def altimetry_fields(count: int) -> dict[str, np.ndarray]:
    """Return altimetry of `count` days on the global 90 x 180 grid: a zonal slope, nothing on land or beyond 66 degrees."""
    grid = coarsened(8)
    seen = grid.wet_surface & (np.abs(grid.lat) < 66)[:, None]
    height = np.where(seen, 0.5 * np.cos(np.deg2rad(grid.lat))[:, None], np.nan)
    flow = np.where(seen, 0.2, np.nan)
    return {name: np.stack([values] * count) for name, values in (("adt", height), ("ugos", flow), ("vgos", -flow))}


def temperature_fields(count: int) -> dict[str, np.ndarray]:
    """Return surface temperature of `count` days in kelvin on the global 90 x 180 grid."""
    grid = coarsened(8)
    kelvin = 271.5 + 28 * np.cos(np.deg2rad(grid.lat))[:, None] ** 2 + np.zeros(grid.shape)
    return {"analysed_sst": np.stack([np.where(grid.wet_surface, kelvin, np.nan)] * count)}


def hycom_sample_layout(batch: Batch, rows: slice, columns: slice) -> dict[str, np.ndarray]:
    """Return a batch as HYCOM would give it in a window: in-situ temperature, 40 levels, longitudes left to the caller."""
    import gsw

    grid = batch.grid
    lat, lon = np.meshgrid(grid.lat[rows], grid.lon[columns], indexing="ij")
    out = {}
    for name, theirs in (("thetao", "water_temp"), ("so", "salinity"), ("uo", "water_u"), ("vo", "water_v")):
        values = np.asarray(batch[name][:, rows, columns], dtype=np.float64)
        if name == "thetao":
            pressure = gsw.p_from_z(-grid.depth[:, None, None], lat)
            absolute = gsw.SA_from_SP(batch["so"][:, rows, columns], pressure, lon, lat)
            values = gsw.pt_from_t(absolute, values, 0, pressure)
        out[theirs] = _on_hycom_levels(values, grid.depth)
    return {**out, "surf_el": batch["zos"][rows, columns]}


def _on_hycom_levels(values: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Place (z, h, w) on the 40 levels: exact where the levels agree, linear between, missing below."""
    out = np.full((HYCOM_DEPTHS.size, *values.shape[1:]), np.nan)
    for number, wanted in enumerate(HYCOM_DEPTHS):
        if wanted > depth[-1]:
            continue
        above = int(np.searchsorted(depth, wanted, side="right")) - 1
        share = 0.0 if depth[above] == wanted else (wanted - depth[above]) / (depth[above + 1] - depth[above])
        out[number] = values[above] if share == 0 else (1 - share) * values[above] + share * values[above + 1]
    return out


def drop(name: str) -> Damage:
    """Take a variable away by another name."""
    return lambda data: data.renameVariable(name, "something_else")


def forget(axis: str) -> Damage:
    """Leave a dimension without anything that says what it is."""

    def damage(data: netCDF4.Dataset) -> None:
        data[axis].delncattr("units")
        data.renameVariable(axis, "something_else")

    return damage


def set_units(name: str, units: str) -> Damage:
    """Give a variable other units."""
    return lambda data: data[name].setncattr("units", units)


def turn_back(axis: str) -> Damage:
    """Let an axis go back at its last step."""

    def damage(data: netCDF4.Dataset) -> None:
        data[axis][-1] = data[axis][-3]

    return damage


def warp(axis: str) -> Damage:
    """Make the steps of an axis uneven, so that it is no longer a grid of cells."""

    def damage(data: netCDF4.Dataset) -> None:
        data[axis][1] = data[axis][0] + 0.2 * (data[axis][1] - data[axis][0])

    return damage


def empty(name: str) -> Damage:
    """Leave no value in the first day of a field."""

    def damage(data: netCDF4.Dataset) -> None:
        data[name][0] = np.ma.array(np.zeros(data[name].shape[1:]), mask=True)

    return damage


def move_day(number: int, to: int) -> Damage:
    """Give one day the time of another (a duplicate), or a time beyond (a gap)."""

    def damage(data: netCDF4.Dataset) -> None:
        step = data["time"][1] - data["time"][0]
        data["time"][number] = data["time"][0] + to * step

    return damage


def truncate(path: Path) -> None:
    """Cut the file off at two thirds of its length."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def replace_by_text(path: Path) -> None:
    """Put an error page in the file's place, as a failed download does."""
    path.write_text("<html><body>503 Service Unavailable</body></html>")
