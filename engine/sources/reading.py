"""The one place that opens a provider's NetCDF file and checks it before anything believes it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

import cftime
import netCDF4
import numpy as np

from engine.errors import InputError
from engine.sources.boundary import reading
from engine.sources.damage import check_whole
from engine.sources.limits import LONGEST_TEXT, check_shape
from engine.variables import VARIABLES

Units = Mapping[str, tuple[float, float]]
"""Accepted spelling -> (scale, offset) that turn a value into the schema's unit."""

CELSIUS: Units = dict.fromkeys(("degC", "degrees_C", "degree_C", "degrees_Celsius", "degree_Celsius", "celsius"), (1.0, 0.0))
KELVIN: Units = dict.fromkeys(("kelvin", "Kelvin", "K"), (1.0, -273.15))
SALINITY: Units = dict.fromkeys(("psu", "PSU", "1e-3", "0.001", "1", "pss-78"), (1.0, 0.0))
METRES: Units = dict.fromkeys(("m", "meter", "meters", "metre", "metres"), (1.0, 0.0))
FLOW: Units = dict.fromkeys(("m/s", "m s-1", "m.s-1", "m s**-1", "meter second-1"), (1.0, 0.0))

_AXES = {
    "time": ({"time"}, {"time", "valid_time"}),
    "depth": ({"depth"}, {"depth", "lev", "level", "deptht"}),
    "lat": ({"latitude"}, {"lat", "latitude", "nblatitudes"}),
    "lon": ({"longitude"}, {"lon", "longitude", "nblongitudes"}),
}


@dataclass(frozen=True)
class Wanted:
    """A field of the schema as one provider distributes it: possible names, accepted units, with levels or without."""

    field: str
    names: tuple[str, ...]
    units: Units
    levels: bool = False
    optional: bool = False


@dataclass
class GriddedFile:
    """An opened and checked file of fields on a latitude-longitude grid; raises InputError on anything unexpected.

    `lat` (h,) ascending, `lon` (w,) ascending in [0, 360), `depth` (z,) in metres or None, `times` (t,) datetime64[s]
    ascending and unique, `found` the provider's name of each field.
    """

    path: Path
    wanted: tuple[Wanted, ...]
    found: dict[str, str] = field(init=False)
    times: np.ndarray = field(init=False)
    lat: np.ndarray = field(init=False)
    lon: np.ndarray = field(init=False)
    depth: np.ndarray | None = field(init=False, default=None)
    attributes: dict[str, str] = field(init=False)
    standard_names: dict[str, str] = field(init=False)
    _unrolled_lon: np.ndarray = field(init=False, repr=False)
    _order: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        self._dataset: netCDF4.Dataset | None = None
        check_whole(self.path)
        with reading(self.path), self:
            self._read_header(self._open())

    def __enter__(self) -> "GriddedFile":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later read opens it again."""
        if self._dataset is not None:
            # A damaged file can fail to close; nothing was written.
            with suppress(RuntimeError, OSError):
                self._dataset.close()
            self._dataset = None

    @property
    def is_global(self) -> bool:
        """Return whether the columns go round the Earth and the rows reach both polar circles."""
        around = abs(self.lon_step * self.lon.size - 360) < 0.5 * self.lon_step
        return bool(around and self.lat[0] < -60 and self.lat[-1] > 60)

    @property
    def lon_step(self) -> float:
        """Return the distance of the columns in degrees."""
        return float(np.median(np.diff(self._unrolled_lon)))

    def read(self, name: str, time: int, level: int | None = None) -> np.ndarray:
        """Return one field (h, w), or all its levels (z, h, w) when it has levels and `level` is None.

        Float32 in the schema's unit, columns in the order of `lon`, NaN where missing. Raises InputError where the whole
        field is missing, where many values lie outside the variable's range, or where the file cannot be read.
        """
        want = next(want for want in self.wanted if want.field == name)
        variable = self._open()[self.found[name]]
        index = (time,) if level is None else (time, level)
        with reading(self.path, f"{self.found[name]} of {self.times[time]}"):
            values = _unpacked(variable, index)
        scale, offset = want.units[self._units(variable)]
        if (scale, offset) != (1.0, 0.0):
            values = values * np.float32(scale) + np.float32(offset)
        # Columns in [0, 360) are the file's own, begun elsewhere.
        values = np.roll(values, -int(self._order[0]), axis=-1) if self._order[0] else values
        self._check_values(name, values, time, level)
        return values

    def _check_values(self, name: str, values: np.ndarray, time: int, level: int | None) -> None:
        # The extremes skip NaN and settle all but the rare doubtful field in one pass.
        lowest, highest = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
        subject = f"{self.path}: {self.found[name]} of {_day(self.times[time])}"
        if np.isnan(lowest) and not level:
            raise InputError(f"{subject} has no value at all; expected water: leave this day out or download it again")
        low, high = VARIABLES[name].valid_range
        if lowest < low or highest > high:
            outside = np.count_nonzero((values < low) | (values > high))
            if outside > 0.01 * np.count_nonzero(np.isfinite(values)):
                raise InputError(
                    f"{subject} spans {lowest:g} to {highest:g} {VARIABLES[name].units}; expected {low:g} to {high:g}: "
                    "check its units, scale_factor and add_offset"
                )

    def _open(self) -> netCDF4.Dataset:
        if self._dataset is None:
            self._dataset = _opened(self.path)
        return self._dataset

    def _read_header(self, data: netCDF4.Dataset) -> None:
        self.found = {want.field: name for want in self.wanted if (name := self._find(data, want))}
        self.attributes = {name: str(data.getncattr(name))[:LONGEST_TEXT] for name in data.ncattrs()}
        self.standard_names = {name: str(getattr(data[provider], "standard_name", "")) for name, provider in self.found.items()}
        if not self.found:
            names = ", ".join("/".join(want.names) for want in self.wanted)
            raise InputError(f"{self.path} holds {held(data)}; expected {names}: choose another file")
        for want in (want for want in self.wanted if want.field in self.found):
            self._units(data[self.found[want.field]], want)
            axes = self._axes(data, want)
            self._read_axes(data, axes, want)

    def _find(self, data: netCDF4.Dataset, want: Wanted) -> str | None:
        for name in want.names:
            if name in data.variables:
                return name
        if want.optional:
            return None
        raise InputError(
            f"{self.path} has no variable {' or '.join(want.names)}; it holds {held(data)}: "
            f"download it again with {want.names[0]}"
        )

    def _units(self, variable: netCDF4.Variable, want: Wanted | None = None) -> str:
        units = str(getattr(variable, "units", "none")).strip()
        if want is not None and units not in want.units:
            raise InputError(
                f"{self.path}: {variable.name} has units {units!r}; expected {' or '.join(want.units)}: "
                "convert the file or correct the attribute"
            )
        return units

    def _axes(self, data: netCDF4.Dataset, want: Wanted) -> tuple[str, ...]:
        variable = data[self.found[want.field]]
        axes = tuple(_axis_of(data, name) for name in variable.dimensions)
        expected = ("time", "depth", "lat", "lon") if want.levels else ("time", "lat", "lon")
        if axes != expected:
            raise InputError(
                f"{self.path}: {variable.name} has dimensions ({', '.join(variable.dimensions)}); expected "
                f"({', '.join(expected)}) with one latitude a row and one longitude a column: regrid the file first"
            )
        check_shape(self.path, variable.name, axes, variable.shape)
        return variable.dimensions

    def _read_axes(self, data: netCDF4.Dataset, dimensions: tuple[str, ...], want: Wanted) -> None:
        read = {
            "times": self._times(data[dimensions[0]]),
            "lat": self._latitude(_coordinate(data, dimensions[-2])),
            "_unrolled_lon": self._longitude(np.unwrap(_coordinate(data, dimensions[-1]), period=360.0)),
        }
        if want.levels:
            read["depth"] = self._depth(data[dimensions[1]])
        for name, values in read.items():
            earlier = getattr(self, name, None)
            if earlier is not None and not np.array_equal(earlier, values):
                raise InputError(f"{self.path}: {want.names[0]} lies on another grid than the fields before it; split the file")
            setattr(self, name, values)
        wrapped = np.round(self._unrolled_lon % 360, 9) % 360
        self._order = np.argsort(wrapped)
        self.lon = wrapped[self._order]

    def _latitude(self, lat: np.ndarray) -> np.ndarray:
        span = f"{self.path}: latitude runs from {lat[0]:g} to {lat[-1]:g}"
        if lat.size < 2 or not np.all(np.isfinite(lat)) or np.abs(lat).max() > 90:
            raise InputError(f"{span} in {lat.size} rows; expected at least 2 rows within -90 to 90: check the grid")
        if np.all(np.diff(lat) < 0):
            raise InputError(f"{span}, descending; expected ascending: reverse it first (ncpdq -a -latitude in.nc out.nc)")
        if np.any(np.diff(lat) <= 0):
            raise InputError(f"{span} and turns back or repeats in between; expected strictly ascending: check the grid")
        return lat

    def _longitude(self, lon: np.ndarray) -> np.ndarray:
        steps = np.diff(lon)
        regular = steps.size and np.all(np.isfinite(steps)) and steps.min() > 0.98 * steps.max() > 0
        if not regular or lon[-1] - lon[0] >= 360 - 0.5 * steps.max() or np.abs(lon).max() > 720:
            raise InputError(
                f"{self.path}: longitude runs from {lon[0]:g} to {lon[-1]:g} in {lon.size} columns; expected even, "
                "ascending steps within one turn, each meridian once: check the grid"
            )
        return lon

    def _depth(self, variable: netCDF4.Variable) -> np.ndarray:
        depth = np.ma.filled(np.ma.asarray(variable[:], dtype=np.float64), np.nan)
        units = self._units(variable)
        if units not in METRES or not np.all(np.diff(depth) > 0) or not depth[0] >= 0:
            raise InputError(
                f"{self.path}: depth runs from {depth[0]:g} to {depth[-1]:g} {units}; expected metres, positive down, "
                "ascending: check the grid"
            )
        return depth

    def _times(self, variable: netCDF4.Variable) -> np.ndarray:
        units, calendar = getattr(variable, "units", ""), getattr(variable, "calendar", "standard").lower()
        try:
            dates = cftime.num2date(variable[:], units, calendar, only_use_cftime_datetimes=True)
            times = np.array([np.datetime64(datetime(d.year, d.month, d.day, d.hour, d.minute, d.second), "s") for d in dates])
        except (ValueError, TypeError, OverflowError, AttributeError) as error:
            raise InputError(
                f"{self.path}: time has units {units!r}, calendar {calendar!r} and cannot be read as dates ({error}); "
                "expected CF time such as 'hours since 2000-01-01': correct the attribute"
            ) from error
        if times.size == 0:
            raise InputError(f"{self.path} holds no day at all; expected at least one: download it again")
        late = np.flatnonzero(np.diff(times) <= np.timedelta64(0, "s"))
        if late.size:
            before, after = times[late[0]], times[late[0] + 1]
            what = f"{_day(after)} is there twice" if before == after else f"{_day(after)} follows {_day(before)}"
            raise InputError(f"{self.path}: {what}; expected each day once, in order: remove the duplicate or sort the file")
        return times


def open_checked(path: Path) -> netCDF4.Dataset:
    """Return an opened file; raises InputError where it is missing, is not NetCDF or is not whole."""
    check_whole(path)
    return _opened(path)


def held(data: netCDF4.Dataset) -> str:
    """Return the names of a file's variables, the first dozen, in words."""
    names = [name for name in data.variables if name not in data.dimensions]
    return ", ".join(names[:12]) + (" and more" if len(names) > 12 else "") if names else "no variable"


def _opened(path: Path) -> netCDF4.Dataset:
    with reading(path):
        return netCDF4.Dataset(path)


def _unpacked(variable: netCDF4.Variable, index: tuple[int, ...]) -> np.ndarray:
    """Return packed numbers as float32, NaN where missing; the library's own way takes ten times as long on a global level."""
    variable.set_auto_maskandscale(False)
    numbers = np.asarray(variable[index])
    values = numbers.astype(np.float32)
    attributes = {name: variable.getncattr(name) for name in variable.ncattrs()}
    if "scale_factor" in attributes or "add_offset" in attributes:
        values *= np.float32(attributes.get("scale_factor", 1))
        values += np.float32(attributes.get("add_offset", 0))
    default = netCDF4.default_fillvals.get(numbers.dtype.str[1:])
    for fill in {attributes.get("_FillValue", default), attributes.get("missing_value", default)}:
        if fill is not None and fill == fill:
            values[numbers == numbers.dtype.type(fill)] = np.nan
    return values


def _coordinate(data: netCDF4.Dataset, dimension: str) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(data[dimension][:], dtype=np.float64), np.nan)


def _axis_of(data: netCDF4.Dataset, dimension: str) -> str:
    if dimension not in data.variables or data[dimension].dimensions != (dimension,):
        return "cells without coordinates"
    standard_name = getattr(data[dimension], "standard_name", "")
    for axis, (standard_names, names) in _AXES.items():
        if standard_name in standard_names or dimension.lower() in names:
            return axis
    return dimension


def _day(time: np.datetime64) -> str:
    return str(time.astype("datetime64[D]"))
