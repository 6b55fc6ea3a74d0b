"""Fields of a Zarr store of a provider, such as a part of ARCO-ERA5 or of Earth Data Hub, read as those of a NetCDF file are."""

import warnings
from pathlib import Path

import numpy as np
import xarray as xr

from engine.readers.container.boundary import reading
from engine.readers.netcdf import Wanted
from engine.readers.values.axes import read_latitude, read_longitude
from engine.readers.values.tally import LARGEST_SHARE, Tally, refusal, take_out
from engine.readers.values.units import plain
from engine.runtime.errors import InputError

_TIMES = ("valid_time", "time")
_ROWS, _COLUMNS = ("latitude", "lat"), ("longitude", "lon")


class ZarrFields:
    """The fields of the surface of a Zarr store on a latitude-longitude grid; it has what `GriddedFile` has of these.

    Raises InputError for a store without the fields, with other dimensions than time, latitude and longitude, or unknown units.
    """

    def __init__(self, path: Path, wanted: tuple[Wanted, ...]) -> None:
        self.path, self.tally, self.depth = path, Tally(), None
        with reading(path), warnings.catch_warnings():
            # Metadata that are not consolidated are read one by one, which on a disk costs nothing.
            warnings.simplefilter("ignore", RuntimeWarning)
            self._data = xr.open_zarr(path, chunks=None)
            self.attributes = {str(name): str(value) for name, value in self._data.attrs.items()}
            self.found = {
                want.field: name for want in wanted if (name := next(filter(self._data.data_vars.__contains__, want.names), ""))
            }
            if not self.found:
                held = ", ".join(map(str, list(self._data.data_vars)[:12])) or "no variable"
                expected = ", ".join("/".join(want.names) for want in wanted)
                raise InputError(f"{path} holds {held}; expected {expected}: choose another store")
            self._units = {want.field: self._unit(want) for want in wanted if want.field in self.found}
            self._axes = self._located()
            rows, columns = (np.asarray(self._data[name].values, dtype=np.float64) for name in self._axes[1:])
            self.lat, self._rows_down = read_latitude(path, rows)
            self.lon, self._columns, self.lon_step = read_longitude(path, columns)
            self.times = np.asarray(self._data[self._axes[0]].values).astype("datetime64[s]")
        if np.any(np.isnat(self.times)) or np.any(np.diff(self.times) <= np.timedelta64(0, "s")):
            raise InputError(f"{path}: its times are missing or not in order; expected each once: sort the store first")

    @property
    def is_global(self) -> bool:
        """Return whether the columns cover all longitudes and the rows reach both polar circles."""
        around = abs(self.lon_step * self.lon.size - 360) < 0.5 * self.lon_step
        return bool(around and self.lat[0] < -60 and self.lat[-1] > 60)

    def read(self, name: str, time: int, level: int | None = None, may_be_empty: bool = False) -> np.ndarray:
        """Return one field (h, w) float32 in the schema's unit, NaN where missing or out of range, counted in `tally`.

        Raises InputError where more than `LARGEST_SHARE` of its values is out of range, and where it is empty and must not be.
        """
        subject = f"{self.path}: {self.found[name]} of {self.times[time]}"
        with reading(self.path, f"{self.found[name]} of {self.times[time]}"):
            field = self._data[self.found[name]].isel({self._axes[0]: time}).transpose(*self._axes[1:])
            values = np.asarray(field.values, dtype=np.float32)
        values = np.take(values[::-1] if self._rows_down else values, self._columns, axis=1)
        scale, offset = self._units[name]
        values = values * np.float32(scale) + np.float32(offset)
        found = take_out(values, name, (-np.inf, np.inf))
        if not found.values and not may_be_empty:
            raise InputError(f"{subject} has no value at all; expected values: leave this time out or download it again")
        total = self.tally.out_of_range(name, time, level, found)
        if total.undeclared > LARGEST_SHARE * total.values:
            raise refusal(subject, name, self.found[name], total, "attribute _FillValue of the array")
        return values

    def close(self) -> None:
        """Close the store."""
        self._data.close()

    def _unit(self, want: Wanted) -> tuple[float, float]:
        units = plain(str(self._data[self.found[want.field]].attrs.get("units", "")))
        if units not in want.units:
            raise InputError(
                f"{self.path}: {self.found[want.field]} has units {units!r}; expected {' or '.join(want.units)}: correct the "
                "attribute"
            )
        return want.units[units]

    def _located(self) -> tuple[str, str, str]:
        """Return the names of the dimensions of time, rows and columns."""
        axes = []
        for names in (_TIMES, _ROWS, _COLUMNS):
            there = [name for name in names if all(name in self._data[found].dims for found in self.found.values())]
            axes.append(there[0] if there else "")
        for found in self.found.values():
            if set(self._data[found].dims) != set(axes):
                raise InputError(
                    f"{self.path}: {found} has dimensions {', '.join(map(str, self._data[found].dims))}; expected time, latitude "
                    "and longitude: choose one level and one member first"
                )
        return axes[0], axes[1], axes[2]


def is_zarr(path: Path) -> bool:
    """Return whether a folder is a Zarr store of any format."""
    return any((path / name).exists() for name in ("zarr.json", ".zgroup", ".zmetadata"))
