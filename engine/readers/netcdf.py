"""The only module that opens a provider's NetCDF file; it checks the file before other code reads it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import netCDF4
import numpy as np

from engine.readers.container.boundary import reading
from engine.readers.container.codecs import codec_named
from engine.readers.container.containers import Readable
from engine.readers.container.damage import check_whole
from engine.readers.container.limits import LONGEST_TEXT, check_shape
from engine.readers.values.axes import Layout, horizontal, locate, read_depth, read_latitude, read_longitude
from engine.readers.values.axes import stored as stored_values
from engine.readers.values.constant import constant_rows, has_checksums
from engine.readers.values.field_layout import StoredField
from engine.readers.values.flags import bad_cells, flag_variables
from engine.readers.values.missing import decoder
from engine.readers.values.tally import LARGEST_DECLARED_SHARE, LARGEST_SHARE, Tally, physical_range, refusal, take_out
from engine.readers.values.times import is_calendar_number, read_times
from engine.readers.values.units import Units, plain
from engine.runtime.errors import InputError


@dataclass(frozen=True)
class Wanted:
    """A field of the schema as one provider distributes it: possible names, accepted units, with levels or without.

    Numbers of the file from `missing_from` on stand for no value, whatever the file declares.
    """

    field: str
    names: tuple[str, ...]
    units: Units
    levels: bool = False
    optional: bool = False
    missing_from: float | None = None


@dataclass
class GriddedFile:
    """An opened and checked file of fields on a latitude-longitude grid; raises InputError on anything unexpected.

    `lat` (h,) ascending, `lon` (w,) ascending in [0, 360), `depth` (z,) in metres or None, `times` (t,) datetime64[s]
    ascending and unique, `found` the provider's name of each field, `tally` counts of values treated as missing. Rows, columns
    and levels may be in either direction in the file. `date` is the time of a file without one, `member` the name of one of
    several files in a zip archive.
    """

    path: Path
    wanted: tuple[Wanted, ...]
    date: np.datetime64 | None = None
    member: str = ""
    found: dict[str, str] = field(init=False)
    times: np.ndarray = field(init=False)
    lat: np.ndarray = field(init=False)
    lon: np.ndarray = field(init=False)
    lon_step: float = field(init=False)
    depth: np.ndarray | None = field(init=False, default=None)
    attributes: dict[str, str] = field(init=False)
    standard_names: dict[str, str] = field(init=False)
    tally: Tally = field(init=False, default_factory=Tally)

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        self._dataset: netCDF4.Dataset | None = None
        self._fields: dict[str, StoredField] = {}
        self._readable = Readable(self.path, self.member)
        check_whole(self._readable.file)
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
        """Return whether the columns cover all longitudes and the rows reach both polar circles."""
        around = abs(self.lon_step * self.lon.size - 360) < 0.5 * self.lon_step
        return bool(around and self.lat[0] < -60 and self.lat[-1] > 60)

    def step(self, name: str) -> float:
        """Return the packing step of a field in the schema's unit, 0 where it is not packed."""
        stored = self._fields[name]
        return abs(stored.decoder.scale * stored.unit[0]) if stored.decoder.packed else 0.0

    def read(self, name: str, time: int, level: int | None = None, may_be_empty: bool = False) -> np.ndarray:
        """Return one field (h, w), or all its levels (z, h, w) when it has levels and `level` is None.

        Float32 in the schema's unit, rows and columns in the order of `lat` and `lon`, NaN where missing; values out of range
        are missing and counted in `tally`. Of several versions the first with a value counts. Raises InputError where the whole
        field is missing and must not be, where more than `LARGEST_SHARE` of its values is out of range, or where the file cannot
        be read.
        """
        stored = self._fields[name]
        group = _group(self._open())
        variable = group[self.found[name]]
        with reading(self.path, f"{self.found[name]} of {self.times[time]}"), codec_named(self.path, self._readable.file):
            first, *others = stored.versions
            values = stored.decoder(stored.read(variable, time, level, first))
            for version in others:
                np.copyto(values, stored.decoder(stored.read(variable, time, level, version)), where=np.isnan(values))
            if stored.missing_from is not None:
                values[values >= stored.missing_from] = np.nan
            for flags in stored.flags:
                self._take_out_flagged(name, time, level, values, bad_cells(group[flags], stored.read(group[flags], time, level)))
        scale, offset = stored.unit
        if (scale, offset) != (1.0, 0.0):
            values = values * np.float32(scale) + np.float32(offset)
        low, high = stored.decoder.valid
        self._check_values(name, values, time, level, may_be_empty, (low * scale + offset, high * scale + offset))
        return values

    def look_for_damage(self, name: str, time: int, level: int | None, values: np.ndarray) -> None:
        """Count in `tally` the rows of a field (h, w), land taken out, that look damaged, where the file has no checksums."""
        if not self._fields[name].checked:
            self.tally.constant(name, time, level, constant_rows(values))

    def _take_out_flagged(self, name: str, time: int, level: int | None, values: np.ndarray, bad: np.ndarray) -> None:
        self.tally.flagged(name, time, level, int(np.count_nonzero(bad & np.isfinite(values))))
        values[bad] = np.nan

    def _check_values(
        self, name: str, values: np.ndarray, time: int, level: int | None, may_be_empty: bool, valid: tuple[float, float]
    ) -> None:
        subject = f"{self.path}: {self.found[name]} of {self.times[time].astype('datetime64[D]')}"
        found = take_out(values, name, valid)
        if not found.values and not level and not may_be_empty:
            raise InputError(f"{subject} has no value at all; expected water: leave this day out or download it again")
        total = self.tally.out_of_range(name, time, level, found)
        if total.undeclared > LARGEST_SHARE * total.values or total.declared > LARGEST_DECLARED_SHARE * total.values:
            raise refusal(subject, name, self.found[name], total, self._declaring(name, total.lowest))

    def _declaring(self, name: str, value: float) -> str:
        """Return the command that declares a value of a field as missing, with the number and type of the file."""
        stored, variable = self._fields[name], self.found[name]
        scale, offset = stored.unit
        number = ((value - offset) / scale - stored.decoder.offset) / stored.decoder.scale
        letter = {"i1": "b", "i2": "s", "i4": "l", "f8": "d"}.get(_group(self._open())[variable].dtype.str[1:], "f")
        return f"ncatted -a _FillValue,{variable},o,{letter},{number:.9g} FILE"

    def _open(self) -> netCDF4.Dataset:
        if self._dataset is None:
            self._dataset = _opened(self._readable.file)
        return self._dataset

    def _read_header(self, whole: netCDF4.Dataset) -> None:
        data = _group(whole)
        self.found = {want.field: name for want in self.wanted if (name := self._find(data, want))}
        self.attributes = {name: str(whole.getncattr(name))[:LONGEST_TEXT] for name in whole.ncattrs()}
        self.standard_names = {name: str(getattr(data[provider], "standard_name", "")) for name, provider in self.found.items()}
        if not self.found:
            names = ", ".join("/".join(want.names) for want in self.wanted)
            raise InputError(f"{self.path} holds {held(data)}; expected {names}: choose another file")
        for want in (want for want in self.wanted if want.field in self.found):
            variable = data[self.found[want.field]]
            unit = self._unit(variable, want)
            layout = locate(self.path, data, variable)
            check_shape(
                self.path, variable.name, layout.order, [variable.shape[layout.dimensions[axis]] for axis in layout.order]
            )
            self._read_field(data, want, variable, layout, unit)

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

    def _unit(self, variable: netCDF4.Variable, want: Wanted) -> tuple[float, float]:
        units = getattr(variable, "units", "")
        known = plain(units) if isinstance(units, str) else "no text"
        if known in want.units:
            return want.units[known]
        said = repr(units) if isinstance(units, str) else str(np.asarray(units).tolist())
        raise InputError(
            f"{self.path}: {variable.name} has {'no units' if said == repr('') else f'units {said}'}; expected "
            f"{' or '.join(filter(None, want.units))}: convert the file or correct the attribute "
            f"(ncatted -a units,{variable.name},o,c,{next(iter(want.units))!r} FILE)"
        )

    def _read_field(
        self, data: netCDF4.Dataset, want: Wanted, variable: netCDF4.Variable, layout: Layout, unit: tuple[float, float]
    ) -> None:
        stored_lat, stored_lon = horizontal(self.path, data, layout)
        lat, rows_down = read_latitude(self.path, stored_lat)
        lon, columns, self.lon_step = read_longitude(self.path, stored_lon)
        read = {"times": self._times(data, variable, layout), "lat": lat, "lon": lon}
        deepest_first = False
        if want.levels:
            read["depth"], deepest_first = self._levels(data, variable, layout)
        elif "depth" in layout.dimensions:
            layout = self._surface(variable, layout)
        for name, values in read.items():
            earlier = getattr(self, name, None)
            if earlier is not None and not np.array_equal(earlier, values):
                raise InputError(f"{self.path}: {variable.name} lies on another grid than the fields before it; split the file")
            setattr(self, name, values)
        in_order = np.array_equal(columns, np.arange(stored_lon.size))
        low, high = physical_range(want.field)
        self._fields[want.field] = StoredField(
            layout,
            decoder(self.path, variable, (low, low + (high - low) / unit[0])),
            tuple(flag_variables(data, variable)),
            unit,
            has_checksums(variable),
            rows_down,
            None if in_order else columns,
            deepest_first,
            _versions(data, variable, layout),
            want.missing_from,
        )

    def _surface(self, variable: netCDF4.Variable, layout: Layout) -> Layout:
        """Return the layout of a field of the surface without its single level."""
        count = variable.shape[layout.dimensions["depth"]]
        if count > 1:
            raise InputError(
                f"{self.path}: {variable.name} has {count} levels; expected a field of the surface: choose another file or cut "
                "out the uppermost level"
            )
        dimensions = {axis: number for axis, number in layout.dimensions.items() if axis != "depth"}
        return Layout(dimensions, layout.coordinates)

    def _levels(self, data: netCDF4.Dataset, variable: netCDF4.Variable, layout: Layout) -> tuple[np.ndarray, bool]:
        name = layout.coordinates.get("depth", "")
        if name:
            return read_depth(self.path, data[name])
        # A field without a depth is that of the surface.
        count = variable.shape[layout.dimensions["depth"]] if "depth" in layout.dimensions else 1
        if count > 1:
            raise InputError(
                f"{self.path}: {variable.name} has {count} levels, but there is no variable of their depths; expected one in "
                "metres: write the depths into the file"
            )
        return np.zeros(1), False

    def _times(self, data: netCDF4.Dataset, variable: netCDF4.Variable, layout: Layout) -> np.ndarray:
        name = layout.coordinates.get("time", "")
        count = variable.shape[layout.dimensions["time"]] if "time" in layout.dimensions else 1
        units = str(getattr(data[name], "units", "")) if name else ""
        known = bool(name) and (bool(units) or np.dtype(data[name].dtype).kind in "OSU" or is_calendar_number(data[name]))
        if known or count != 1:
            if not name:
                raise InputError(
                    f"{self.path}: {variable.name} has {count} times, but there is no variable that says which; expected one "
                    "such as 'hours since 2000-01-01': write the times into the file"
                )
            times = read_times(self.path, data[name])
            if self.date is not None and not (
                times.size == 1 and times[0].astype("datetime64[D]") == self.date.astype("datetime64[D]")
            ):
                raise InputError(
                    f"{self.path} is of {times[0]}{f' to {times[-1]}' if times.size > 1 else ''} by itself, but the date is said "
                    f"to be {self.date}; a date is for a file that says none: leave it out"
                )
            return times
        if self.date is None:
            raise InputError(
                f"{self.path}: {variable.name} has no time; expected a time variable: write one into the file, or give the "
                "date when it is taken in (goms ingest KIND FILE --date 2014-03-05)"
            )
        return np.array([self.date], dtype="datetime64[s]")


def _versions(data: netCDF4.Dataset, variable: netCDF4.Variable, layout: Layout) -> tuple[int, ...]:
    """Return the numbers of the versions of a field, the final one first."""
    if "version" not in layout.dimensions:
        return (0,)
    name = layout.coordinates["version"]
    count = variable.shape[layout.dimensions["version"]]
    return tuple(int(number) for number in (np.argsort(stored_values(data[name]), kind="stable") if name else range(count)))


@contextmanager
def opened(path: Path, member: str = "") -> Iterator[netCDF4.Dataset]:
    """Give the group of a file that holds the variables, unpacked where it is in gzip or zip; `member` is one of several there.

    Raises InputError where it is missing, is not NetCDF or is not whole.
    """
    readable = Readable(path, member)
    try:
        check_whole(readable.file)
        with reading(path), _opened(readable.file) as data:
            yield _group(data)
    finally:
        readable.remove()


def _group(data: netCDF4.Dataset) -> Any:
    """Return the group that holds the variables: the file itself, or its only group where it has none."""
    return next(iter(data.groups.values())) if not data.variables and len(data.groups) == 1 else data


def held(data: netCDF4.Dataset) -> str:
    """Return the names of a file's first twelve variables as a phrase."""
    names = [name for name in data.variables if name not in data.dimensions]
    return ", ".join(names[:12]) + (" and more" if len(names) > 12 else "") if names else "no variable"


def _opened(path: Path) -> netCDF4.Dataset:
    with reading(path):
        return netCDF4.Dataset(path)
