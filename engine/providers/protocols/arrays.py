"""A day of remote arrays, whatever their protocol: times of the day, levels that the schema needs, a box, numbers as stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import xarray as xr

from engine.providers.protocols.day_file import Piece, Stored
from engine.providers.protocols.provider import Box, columns_in, levels_needed, rows_in
from engine.runtime.errors import DayMissing, InputError

_LAT, _LON, _DEPTH = ("lat", "latitude", "Latitude"), ("lon", "longitude", "Longitude"), ("depth", "Depth", "lev")

Each = Callable[[Callable[[Any], Piece], Iterable[Any]], Iterable[Piece]]
"""Calls a function for each item, as many at a time as a provider allows, and yields the results in order."""


@dataclass(frozen=True)
class Variable:
    """What is known of a remote variable before its numbers are read."""

    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    kind: np.dtype
    attributes: Mapping[str, Any]


class Arrays(Protocol):
    """Named arrays on a server; `cuts_columns` says that less than a row can be had."""

    cuts_columns: bool

    @property
    def address(self) -> str:
        """Where they are, for messages."""
        ...

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What is said of all of them."""
        ...

    @property
    def variables(self) -> Mapping[str, Variable]:
        """What is known of each."""
        ...

    def read(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        """Return the numbers of a part of a variable as they are stored, with all its dimensions."""
        ...


def day_of(
    arrays: Arrays, names: Sequence[str], day: np.datetime64, hours: tuple[int, ...], box: Box | None, each: Each
) -> list[Stored]:
    """Return variables of a day with their coordinates, numbers and attributes as stored.

    Of several times a day those at `hours`; a single one whatever its hour. Raises DayMissing where a variable or a time is not
    there, InputError where the box holds no cell.
    """
    found: dict[str, Stored] = {}
    for name in names:
        if name not in arrays.variables:
            raise DayMissing(f"{arrays.address} lacks {name}")
        one = arrays.variables[name]
        chosen = {axis: _chosen(arrays, axis, day, hours, box) for axis in one.dimensions}
        for axis, numbers in chosen.items():
            if axis in arrays.variables and axis not in found:
                told = arrays.variables[axis]
                values = arrays.read(axis, (slice(None),))[numbers]
                found[axis] = Stored.whole(axis, (axis,), values, told.attributes)
        shape = tuple(numbers.size for numbers in chosen.values())
        found[name] = Stored(name, one.dimensions, shape, one.kind, _pieces(arrays, name, chosen, each), one.attributes)
    return list(found.values())


def _chosen(arrays: Arrays, axis: str, day: np.datetime64, hours: tuple[int, ...], box: Box | None) -> np.ndarray:
    """Return which numbers of an axis are wanted."""
    if axis not in arrays.variables:
        raise DayMissing(f"{arrays.address} has a dimension {axis} without coordinate")
    values = arrays.read(axis, (slice(None),))
    if axis in _DEPTH:
        return np.array(levels_needed(values.astype(np.float64)))
    if axis in _LAT or axis in _LON:
        inside = rows_in(values, box) if axis in _LAT else columns_in(values, box)
        if not inside.size:
            raise InputError(f"{arrays.address} has no cell in the box; expected some: choose a larger --region")
        return inside
    return _times(arrays, axis, values, day, hours)


def _times(arrays: Arrays, axis: str, values: np.ndarray, day: np.datetime64, hours: tuple[int, ...]) -> np.ndarray:
    times = decoded_times(values, arrays.variables[axis].attributes)
    same = np.flatnonzero(times.astype("datetime64[D]") == day)
    if not same.size:
        held = f"{times.min()} to {times.max()}" if times.size else "no time"
        raise DayMissing(f"{arrays.address} holds {held}")
    if same.size > 1:
        clock = (times[same] - day.astype("datetime64[s]")) / np.timedelta64(1, "h")
        numbers = [same[clock == hour][:1] for hour in hours]
        same = np.concatenate(numbers)
        if same.size < len(hours):
            raise DayMissing(f"{arrays.address} has {same.size} of the {len(hours)} hours that are needed")
    return same


def decoded_times(values: np.ndarray, attributes: Mapping[str, Any]) -> np.ndarray:
    """Return CF times (n,) as datetime64[s], to the minute."""
    told = {name: attributes[name] for name in ("units", "calendar") if name in attributes}
    times = xr.decode_cf(xr.Dataset({"time": ("time", np.asarray(values), told)}))["time"].values.astype("datetime64[s]")
    seconds = times.astype(np.int64)
    return (60 * np.rint(seconds / 60)).astype(np.int64).astype("datetime64[s]")


def _pieces(arrays: Arrays, name: str, chosen: Mapping[str, np.ndarray], each: Each) -> Iterator[Piece]:
    """Yield one horizontal field after another with its place in the file of the day."""
    *outer, lat, lon = chosen
    if lat not in _LAT or lon not in _LON:
        raise DayMissing(f"{arrays.address} has {name} with the dimensions {', '.join(chosen)}")
    rows, columns = chosen[lat], chosen[lon]
    width = arrays.variables[name].shape[-1]

    def read(place: tuple[int, ...]) -> Piece:
        before = tuple(slice(int(chosen[axis][at]), int(chosen[axis][at]) + 1) for axis, at in zip(outer, place, strict=True))
        down = slice(int(rows[0]), int(rows[-1]) + 1)
        if arrays.cuts_columns:
            parts = [arrays.read(name, (*before, down, run)) for run in _runs(columns)]
            return place, np.concatenate(parts, axis=-1).reshape(rows.size, columns.size)
        return place, arrays.read(name, (*before, down, slice(0, width))).reshape(rows.size, width)[:, columns]

    yield from each(read, product(*(range(chosen[axis].size) for axis in outer)))


def _runs(numbers: np.ndarray) -> list[slice]:
    """Return ascending numbers as slices: two where a box crosses the seam of the longitudes."""
    ends = np.flatnonzero(np.diff(numbers) != 1)
    return [slice(int(run[0]), int(run[-1]) + 1) for run in np.split(numbers, ends + 1)]
