"""A challenger as it is stored: its nodes, levels, days and fields, read chunk by chunk."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from engine.oceanbench.layout import AXES, LEAD_AXES, NAMES, START_AXIS, Origin, origin_of
from engine.runtime.errors import InputError, ModelError
from engine.schema.constants import DAY

KEPT_BYTES = 1 << 29
"""Blocks that are kept because their chunks hold the next level or day, too; set by hand: two days at 1/4 degree need 0.4 GB."""

Result = TypeVar("Result")


class Challenger:
    """An open forecast: `lat` (h,) and `lon` (w,) of its nodes ascending in degrees, `depth` (z,) ascending in metres.

    `times` (n,) datetime64[s] are its days, `init_time` that of the analysis it starts from, which is the day before the first.
    `fields` are names of the schema. Raises InputError where a store is something else.
    """

    def __init__(self, data: xr.Dataset, address: str, start: np.datetime64 | None = None) -> None:
        self.address = address
        self.attributes: dict[str, str] = {str(name): str(value) for name, value in data.attrs.items()}
        self.origin: Origin = origin_of(address, self.attributes.get("challenger", ""))
        self._blocks: OrderedDict[tuple[Any, ...], np.ndarray] = OrderedDict()
        data, began = self._one_start(data, start)
        self._arrays = self._found(data)
        self.fields = tuple(self._arrays)
        some = next(iter(self._arrays.values()))
        self._names = {axis: self._axis(data, axis) for axis in AXES if axis != "depth" or self._levels_of(some)}
        self._lead_axis = next((name for name in LEAD_AXES if name in some.dims), "")
        self._check_dimensions()
        self.lat, self._rows = self._coordinate(data, "lat")
        self.lon, self._columns = self._coordinate(data, "lon")
        self.depth, self._depth_order = np.zeros(1), np.zeros(1, dtype=np.int64)
        if "depth" in self._names:
            self.depth, self._depth_order = self._coordinate(data, "depth")
        if self.depth[0] < 0:
            raise InputError(f"{address}: its depths run from {self.depth[0]:g} m; expected metres, positive down")
        self.times = self._days(data, began)
        self.init_time = self.times[0] - DAY

    def read(self, name: str, number: int, level: int = 0) -> np.ndarray:
        """Return a field (h, w) float32 of day `number` at one of its levels, shallow first; NaN where missing."""
        array = self._arrays[name]
        stored = int(self._depth_order[level]) if self.has_levels(name) else 0
        block, place = self._block(array, number, stored)
        values = block[place]
        return np.ascontiguousarray(values[np.ix_(self._rows, self._columns)])

    def has_levels(self, name: str) -> bool:
        """Return whether a field has levels."""
        return self._names.get("depth") in self._arrays[name].dims

    def text(self, *names: str) -> str:
        """Return the first of the global attributes `names` that is there, empty where none is."""
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")

    def _block(self, array: xr.DataArray, number: int, level: int) -> tuple[np.ndarray, tuple[int, int]]:
        """Return (t, z, h, w) of whole chunks around a day and level, and the place of those two in it."""
        chunks = array.encoding.get("preferred_chunks", {})
        place: list[int] = []
        where: dict[Any, slice] = {}
        for axis, wanted in ((self._lead_axis, number), (self._names.get("depth"), level)):
            if axis in array.dims:
                # Chunks of many days or levels are read in part: more than two days at once would not fit the memory.
                size = min(int(chunks.get(axis, 1)), 2 if axis == self._lead_axis else 4)
                first = wanted // size * size
                where[axis] = slice(first, first + size)
                place.append(wanted - first)
            else:
                place.append(0)
        key = (array.name, *((axis, part.start) for axis, part in where.items()))
        if key not in self._blocks:
            self._blocks[key] = self._named(lambda: self._values(array.isel(where)), f"{array.name} of day {number + 1}")
            while len(self._blocks) > 1 and sum(block.nbytes for block in self._blocks.values()) > KEPT_BYTES:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(key)
        return self._blocks[key], (place[0], place[1])

    def _values(self, part: xr.DataArray) -> np.ndarray:
        order = (self._lead_axis, self._names.get("depth"), self._names["lat"], self._names["lon"])
        missing = [axis for axis in order[:2] if axis not in part.dims]
        values = part.transpose(*(axis for axis in order if axis in part.dims)).values.astype(np.float32)
        if missing:
            values = np.expand_dims(values, tuple(order.index(axis) for axis in missing))
        return values

    def _named(self, read: Callable[[], Result], what: str) -> Result:
        """Return `read()`; raises InputError naming `what` where it fails, ResourceError where a server or the disk does."""
        try:
            return read()
        except (InputError, ModelError, MemoryError):
            raise
        except Exception as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(
                f"{self.address}: {what} cannot be read ({said}); expected a whole Zarr store: get it again"
            ) from error

    def _one_start(self, data: xr.Dataset, start: np.datetime64 | None) -> tuple[xr.Dataset, np.datetime64 | None]:
        """Return the part of one start, and its first day where the store states it."""
        if START_AXIS not in data.dims:
            if START_AXIS in data.variables:
                return data, data[START_AXIS].values.reshape(-1)[0].astype("datetime64[D]")
            return data, None
        days = data[START_AXIS].values.astype("datetime64[D]")
        if start is None and days.size == 1:
            start = days[0]
        found = np.flatnonzero(days == start) if start is not None else np.empty(0, int)
        if not found.size:
            wanted = "without a date" if start is None else f"on {start}"
            raise InputError(
                f"{self.address} holds {days.size} forecasts, first days {days[0]} to {days[-1]}, and one {wanted} was "
                "asked for; expected one of them: name it with --date"
            )
        return data.isel({START_AXIS: int(found[0])}), days[found[0]]

    def _found(self, data: xr.Dataset) -> dict[str, xr.DataArray]:
        found: dict[str, xr.DataArray] = {}
        for field, names in NAMES.items():
            for name, array in data.data_vars.items():
                if str(array.attrs.get("standard_name", "")) in names or name in names:
                    found.setdefault(field, array)
        if not found:
            there = ", ".join(map(str, data.variables)) or "nothing"
            raise InputError(f"{self.address} holds {there}; expected thetao, so, uo, vo or zos by name or CF standard name")
        kind = str(found["thetao"].attrs.get("standard_name", "")) if "thetao" in found else ""
        if kind and kind not in NAMES["thetao"]:
            raise InputError(f"{self.address}: thetao is {kind}; expected potential temperature, as OceanBench defines it")
        # Fields with levels first: the axes are those of the first field.
        return dict(sorted(found.items(), key=lambda item: -item[1].ndim))

    def _levels_of(self, array: xr.DataArray) -> bool:
        return any(name in array.dims for name in AXES["depth"])

    def _axis(self, data: xr.Dataset, axis: str) -> str:
        for name in data.variables:
            if str(name) in AXES[axis] or str(data[name].attrs.get("standard_name", "")) in AXES[axis]:
                return str(name)
        raise InputError(f"{self.address} has no {AXES[axis][0]}; expected one of {', '.join(AXES[axis])}: choose another store")

    def _check_dimensions(self) -> None:
        known = {self._lead_axis, *self._names.values()}
        for name, array in self._arrays.items():
            lacking = {self._names["lat"], self._names["lon"]} - set(array.dims)
            if lacking or set(array.dims) - known:
                raise InputError(
                    f"{self.address}: {name} lies along {', '.join(map(str, array.dims))}; expected {LEAD_AXES[0]} or time, "
                    "depth, latitude and longitude of a rectilinear grid"
                )

    def _coordinate(self, data: xr.Dataset, axis: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the values of an axis ascending, and the stored number of each."""
        name = self._names[axis]
        values = np.asarray(self._named(lambda: data[name].values, name), dtype=np.float64)
        if values.ndim != 1 or not np.all(np.isfinite(values)):
            raise InputError(f"{self.address}: {name} has shape {values.shape} or gaps; expected one finite value a node")
        order = np.argsort(values, kind="stable")
        if np.any(np.diff(values[order]) <= 0):
            raise InputError(f"{self.address}: {name} holds a value twice; expected each once")
        return values[order], order

    def _days(self, data: xr.Dataset, began: np.datetime64 | None) -> np.ndarray:
        count = next(iter(self._arrays.values())).sizes.get(self._lead_axis, 1)
        stated = data[self._lead_axis].values if self._lead_axis in data.variables else np.arange(count)
        if np.issubdtype(stated.dtype, np.datetime64):
            days = np.atleast_1d(stated).astype("datetime64[D]")
        else:
            first = began if began is not None else self.origin.day
            if first is None:
                raise InputError(
                    f"{self.address} does not say when it begins; expected time, {START_AXIS} or a name such as 20240103.zarr"
                )
            days = first + np.arange(count)
        if np.any(np.diff(days) != DAY):
            raise InputError(f"{self.address}: its times are {days[0]} to {days[-1]} in {count} steps; expected one a day")
        return days.astype("datetime64[s]")
