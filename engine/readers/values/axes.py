"""The axes of a variable's dimensions, and coordinates as they are stored, whatever range they declare.

Not with cf-xarray, which was tried on 215 files of many layouts: it found no time in 11 that are read here and no depth in 2,
took pressure levels for no levels at all instead of refusing them, and needed 11 s where this needs 0.1 s.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from engine.readers.values.units import DEPTH, plain
from engine.runtime.errors import InputError

_STANDARD_NAMES = {
    "time": "time", "depth": "depth", "height": "depth", "altitude": "depth", "latitude": "lat", "longitude": "lon",
    "sea_water_pressure": "pressure",
}  # fmt: skip
_NAMES = {
    "time": ("time", "valid_time", "time_counter", "time1", "mt", "t", "ocean_time", "date"),
    "depth": ("depth", "lev", "level", "deptht", "depthu", "depthv", "z", "zlev", "st_ocean", "elevation", "olevel"),
    "lat": ("lat", "latitude", "nblatitudes", "nav_lat", "ylat"),
    "lon": ("lon", "longitude", "nblongitudes", "nav_lon", "xlon"),
    "version": ("expver",),
}
"""`expver` is 1 for final values of ERA5 and 5 for preliminary ones, missing where the other is there."""
_AXIS = {"T": "time", "Z": "depth", "Y": "lat", "X": "lon"}
_NORTH = ("degrees_north", "degree_north", "degrees_n", "degree_n", "degreesn", "degreen")
_EAST = ("degrees_east", "degree_east", "degrees_e", "degree_e", "degreese", "degreee")
_PRESSURES = ("dbar", "decibar", "decibars", "bar", "pa", "hpa")


@dataclass(frozen=True)
class Layout:
    """Which dimension of a variable is which axis, and which variables hold the coordinates; None where there is none."""

    dimensions: dict[str, int]
    coordinates: dict[str, str]

    @property
    def order(self) -> tuple[str, ...]:
        """Return the axes in the order of the variable's dimensions."""
        return tuple(sorted(self.dimensions, key=lambda axis: self.dimensions[axis]))


def axis_of(variable: netCDF4.Variable) -> str:
    """Return the kind of a coordinate variable: time, depth, lat, lon, version, pressure, or empty.

    Attributes count before names.
    """
    standard = str(getattr(variable, "standard_name", "")).lower()
    units = str(getattr(variable, "units", "")).strip().lower()
    if standard in _STANDARD_NAMES:
        return _STANDARD_NAMES[standard]
    if units in _NORTH or units in _EAST:
        return "lat" if units in _NORTH else "lon"
    if " since " in units:
        return "time"
    if units in _PRESSURES:
        return "pressure"
    axis = str(getattr(variable, "axis", "")).upper()
    if axis in _AXIS:
        return _AXIS[axis]
    if str(getattr(variable, "positive", "")).lower() in ("up", "down"):
        return "depth"
    return next((axis for axis, names in _NAMES.items() if variable.name.lower() in names), "")


def locate(path: Path, data: netCDF4.Dataset, variable: netCDF4.Variable) -> Layout:
    """Return the layout of a field; dimensions of one step that are no axis are left out.

    Raises InputError where a dimension has no coordinates or two have the same, and for levels of pressure.
    """
    dimensions: dict[str, int] = {}
    coordinates = _scalars(data, variable)
    lost: list[int] = []
    for number, name in enumerate(variable.dimensions):
        found = _coordinates_of(data, name)
        if {"lat", "lon"} <= found.keys():
            raise InputError(
                f"{path}: latitude and longitude of {variable.name} have {variable.shape[number]} steps each and nothing says "
                "which is which; expected named dimensions: write it with dimension scales (xarray: to_netcdf), or regrid "
                "where its cells are no grid"
            )
        axis = next(iter(found), "") or _dimension_name(name)
        if axis == "pressure":
            raise InputError(
                f"{path}: the levels of {variable.name} are pressure ({found['pressure']}); expected depths in metres: "
                "interpolate to depths first (gsw: z_from_p)"
            )
        if not axis or axis in dimensions:
            lost.append(number)
            continue
        dimensions[axis] = number
        coordinates[axis] = found.get(axis, "")
    if {"lat", "lon"} - dimensions.keys():
        lost = _two_dimensional(data, variable, lost, dimensions, coordinates)
    unknown = [number for number in lost if variable.shape[number] != 1]
    if unknown or {"lat", "lon"} - dimensions.keys():
        names = ", ".join(f"{name}: {size}" for name, size in zip(variable.dimensions, variable.shape, strict=True))
        what = f"{variable.dimensions[unknown[0]]} has no coordinates" if unknown else "latitude or longitude is not among them"
        raise InputError(
            f"{path}: {variable.name} has dimensions ({names}), of which {what}; expected time, depth, latitude and longitude, "
            "each with a variable of its coordinates: add them or choose another file"
        )
    return Layout(dimensions, coordinates)


def _coordinates_of(data: netCDF4.Dataset, dimension: str) -> dict[str, str]:
    """Return axis -> variable of the one-dimensional coordinates along a dimension; its namesake alone where that is one."""
    own = data.variables.get(dimension)
    if own is not None and own.dimensions == (dimension,) and (axis := axis_of(own)):
        return {axis: dimension}
    found: dict[str, str] = {}
    for name, variable in data.variables.items():
        if variable.dimensions == (dimension,) and (axis := axis_of(variable)):
            found.setdefault(axis, name)
    return found


def _dimension_name(name: str) -> str:
    """Return the axis that a dimension without coordinates can be by its name alone: time, version, or a depth that is the
    surface."""
    return next((axis for axis in ("time", "depth", "version") if name.lower() in _NAMES[axis]), "")


def _scalars(data: netCDF4.Dataset, variable: netCDF4.Variable) -> dict[str, str]:
    """Return the coordinates without a dimension that a field has: a time, a depth."""
    named = str(getattr(variable, "coordinates", "")).split()
    found: dict[str, str] = {}
    for name in (*named, *data.variables):
        other = data.variables.get(name)
        if other is not None and other.ndim == 0 and (axis := axis_of(other)) in ("time", "depth"):
            found.setdefault(axis, name)
    return found


def _two_dimensional(
    data: netCDF4.Dataset, variable: netCDF4.Variable, lost: list[int], dimensions: dict[str, int], coordinates: dict[str, str]
) -> list[int]:
    """Find latitude and longitude that both lie on the last two dimensions; return the dimensions still unknown."""
    for axis in ("lat", "lon"):
        for name, other in data.variables.items():
            if other.ndim == 2 and axis_of(other) == axis and set(other.dimensions) <= set(variable.dimensions):
                coordinates[axis] = name
                break
        else:
            return lost
    rows, columns = (variable.dimensions.index(name) for name in data[coordinates["lat"]].dimensions)
    dimensions["lat"], dimensions["lon"] = rows, columns
    return [number for number in lost if number not in (rows, columns)]


def default_fill(kind: np.dtype[Any]) -> float | None:
    """Return what the library writes where nothing was written; None for single bytes, all of whose numbers mean something."""
    fill = netCDF4.default_fillvals.get(kind.str[1:]) if kind.itemsize > 1 else None
    return None if isinstance(fill, str) else fill


def stored(variable: netCDF4.Variable) -> np.ndarray:
    """Return coordinates as float64, NaN where they are the declared fill; valid_min and valid_max of joined files are stale."""
    variable.set_auto_maskandscale(False)
    numbers = np.atleast_1d(np.asarray(variable[...]))
    values = numbers.astype(np.float64)
    fill = getattr(variable, "_FillValue", default_fill(numbers.dtype))
    if fill is not None:
        values[numbers == fill] = np.nan
    return values * float(getattr(variable, "scale_factor", 1.0)) + float(getattr(variable, "add_offset", 0.0))


def horizontal(path: Path, data: netCDF4.Dataset, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Return latitude and longitude in the order of the file; two-dimensional ones of a regular grid become axes.

    Raises InputError for a curvilinear grid.
    """
    found = [stored(data[layout.coordinates[axis]]) for axis in ("lat", "lon")]
    if found[0].ndim == 1 and found[1].ndim == 1:
        return found[0], found[1]
    lat, lon = found[0], np.unwrap(found[1], period=360.0, axis=-1) if found[1].ndim == 2 else found[1]
    shape = lat.shape if lat.ndim == 2 else lon.shape
    off = (
        max(np.abs(lat - lat[:, :1]).max(), np.abs((lon - lon[:1] + 180) % 360 - 180).max())
        if lat.ndim == lon.ndim == 2
        else np.inf
    )
    if not off <= 1e-3:
        raise InputError(
            f"{path} has a curvilinear grid of {' x '.join(map(str, shape))} cells: latitude or longitude differ by {off:g} "
            "degrees along a row or column; expected one latitude a row and one longitude a column: regrid the file first"
        )
    return lat[:, 0], lon[0]


def read_latitude(path: Path, lat: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return latitude ascending, and whether the file has it descending; raises InputError for rows that are no grid."""
    missing = np.flatnonzero(~np.isfinite(lat))
    if missing.size:
        raise InputError(f"{path}: latitude of row {missing[0] + 1} of {lat.size} is missing; expected one a row: check the grid")
    span = f"{path}: latitude runs from {lat[0]:g} to {lat[-1]:g}"
    if lat.size < 2 or np.abs(lat).max() > 90:
        raise InputError(
            f"{span} in {lat.size} row{'s' * (lat.size > 1)}; expected at least 2 rows within -90 to 90: check the grid or cut "
            "out a larger box"
        )
    steps = np.diff(lat)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise InputError(f"{span} and turns back or repeats in between; expected one direction: check the grid")
    return (lat, False) if steps[0] > 0 else (lat[::-1], True)


def read_longitude(path: Path, lon: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return longitude ascending in [0, 360), the file's column of each, and their distance in degrees.

    Columns may begin anywhere and run either way; one that is there twice, such as 0 and 360, is taken once. Raises InputError
    for a hole or uneven steps, which are named.
    """
    missing = np.flatnonzero(~np.isfinite(lon))
    if missing.size:
        raise InputError(
            f"{path}: longitude of column {missing[0] + 1} of {lon.size} is missing; expected one a column: check the grid"
        )
    if lon.size < 2 or np.abs(lon).max() > 720:
        raise InputError(
            f"{path}: longitude runs from {lon[0]:g} to {lon[-1]:g} in {lon.size} columns; expected at least 2 within two turns: "
            "cut out a larger box"
        )
    wrapped = np.round(lon % 360, 9) % 360
    order = np.argsort(wrapped, kind="stable")
    typical = float(np.median(np.diff(wrapped[order])))
    # The last column may repeat the first one, 360 degrees on.
    apart = np.diff(wrapped[order], append=wrapped[order[0]] + 360)
    order = order[apart > 0.02 * typical] if typical > 0 else order
    values = wrapped[order]
    apart = np.diff(values, append=values[0] + 360)
    start = (int(np.argmax(apart)) + 1) % values.size
    unrolled = np.concatenate([values[start:], values[:start] + 360])
    steps = np.diff(unrolled)
    step = float(unrolled[-1] - unrolled[0]) / max(values.size - 1, 1)
    even = unrolled[0] + step * np.arange(values.size)
    if values.size < 2 or np.abs(unrolled - even).max() > 0.1 * step:
        widest = int(np.argmax(steps)) if steps.size else 0
        hole = (
            f"; between {unrolled[widest] % 360:g} and {unrolled[widest + 1] % 360:g} E there are {steps[widest]:g} degrees"
            if steps.size
            else ""
        )
        raise InputError(
            f"{path}: longitude runs from {lon[0]:g} to {lon[-1]:g} in {lon.size} columns{hole}; expected even steps of "
            f"{np.median(steps) if steps.size else 0:g} degrees: check the grid or cut out the box again"
        )
    if steps.min() < 0.98 * steps.max():
        # Rounded to a few digits.
        values = np.round(np.sort(even % 360), 9)
    return values, order, step


def read_depth(path: Path, variable: netCDF4.Variable) -> tuple[np.ndarray, bool]:
    """Return depths in metres ascending, and whether the file has the deepest first.

    Water lies below the surface, so that numbers of one sign are depths, whichever way the file counts. Raises InputError for
    units that are no length, for both signs, and for numbers that count levels.
    """
    depth = stored(variable).ravel()
    units = plain(str(getattr(variable, "units", "none")))
    span = f"{path}: {variable.name} runs from {depth[0]:g} to {depth[-1]:g} {units}"
    missing = np.flatnonzero(~np.isfinite(depth))
    if missing.size:
        raise InputError(
            f"{path}: {variable.name} of level {missing[0] + 1} of {depth.size} is missing; expected one a level: check the grid"
        )
    if units not in DEPTH:
        raise InputError(f"{span}; expected units of m: correct the attribute (ncatted -a units,{variable.name},o,c,m FILE)")
    depth = depth * DEPTH[units][0]
    if depth.max() > 0 > depth.min():
        raise InputError(f"{span}, above and below zero; expected depths below the surface alone: check the grid")
    depth = np.abs(depth)
    steps = np.diff(depth)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise InputError(f"{span} and turns back or repeats in between; expected metres in one direction: check the grid")
    if depth.size >= 5 and np.array_equal(np.sort(depth), np.arange(depth.size) + depth.min()) and depth.min() <= 1:
        raise InputError(f"{span}, which counts levels; expected depths in metres: write the depths into {variable.name}")
    if depth.max() > 12000:
        raise InputError(f"{span}, deeper than any ocean; expected metres: correct values or units (cm?)")
    return (depth[::-1], True) if depth.size > 1 and steps[0] < 0 else (depth, False)
