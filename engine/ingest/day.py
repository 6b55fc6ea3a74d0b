"""One day of a product, read, checked, brought onto the grid of its store and packed; nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest.target import Target
from engine.readers.product import Product, ProductDays
from engine.readers.values.seawater import DEFAULT_SALINITY, potential_temperature, practical
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS
from engine.stores.layout import packed_shard


@dataclass(frozen=True)
class PackedDay:
    """A day as the store keeps it: the content of each file, and what the day says of grid, provenance and values taken out."""

    time: np.datetime64
    depth: np.ndarray
    """Levels (z,) in m."""
    box: Grid | None
    """The grid of a box with the water of this day, of air with that of the model; None of the ocean on the model's grid."""
    shards: dict[str, bytes | None]
    """By field; None where all of it is missing."""
    attributes: dict[str, Any]
    report: dict[str, Any]
    files: tuple[str, ...]


class DayReader:
    """Reads days of one product, one after the other; files that serve several days are opened once."""

    def __init__(self, product: Product, grid: Grid | None = None, date: np.datetime64 | None = None) -> None:
        """Take a product, the global grid unless it is that of 1/4 degree, and the day of files without a time."""
        self._product, self._grid, self._date = product, grid, date
        self._days: ProductDays | None = None
        self._target: Target | None = None

    def read(self, day: np.datetime64, files: Sequence[Path]) -> PackedDay:
        """Return a day of `files`; raises InputError where they are faulty or of other days, DayMissing where a field lacks."""
        days, target = self._opened(files)
        times = days.times[days.times.astype("datetime64[D]") == day]
        if not times.size:
            held = " to ".join(dict.fromkeys(str(time.astype("datetime64[D]")) for time in days.times[[0, -1]]))
            raise InputError(f"{days.paths[0]} is of {held}; expected {day}: download it again")
        time = times[0]
        fields = _fields(days, target, time)
        shards: dict[str, bytes | None] = {}
        shape = (target.depth.size, target.lat.size, target.lon.size)
        wet = None if target.is_global else np.zeros(shape, dtype=bool)
        grid = target.grid()
        for name in tuple(fields):
            values = target.placed(fields.pop(name))  # at most one field is in memory twice
            if wet is not None:
                wet[0 if values.ndim == 2 else slice(None)] |= np.isfinite(values)
            shards[name] = packed_shard(name, grid, values)
        box = None if wet is None else target.grid(wet)
        names = tuple(path.name for path in days.files_of(time))
        return PackedDay(time, target.depth, box, shards, _attributes(days), days.report(time), names)

    def close(self) -> None:
        """Close the files."""
        if self._days is not None:
            self._days.close()
            self._days = None

    def _opened(self, files: Sequence[Path]) -> tuple[ProductDays, Target]:
        if self._days is None or self._target is None or self._days.paths != tuple(files):
            self.close()
            self._days = ProductDays(self._product, files, self._date)
            if self._target is None or not self._target.fits(self._days):
                self._target = Target(self._days, self._grid)
        return self._days, self._target


def _fields(days: ProductDays, target: Target, time: np.datetime64) -> dict[str, np.ndarray]:
    fields = days.day(time, target.mean)
    if days.salinity_is_absolute:
        fields["so"] = practical(fields["so"])
    if days.temperature in ("in-situ", "conservative"):
        # After the means: the conversion is so nearly linear that their order changes less than 0.001 degC, and a global day
        # has 14 times fewer cells then.
        lat, lon = (target.lat, target.lon) if target.is_global else (days.lat, days.lon)
        depth = np.asarray(DEPTHS)[list(days.levels.reached)]
        kind, salinity = days.temperature, fields.get("so")
        fields["thetao"] = potential_temperature(kind, fields["thetao"], salinity, depth, lat, lon)
    return fields


def _attributes(days: ProductDays) -> dict[str, Any]:
    """Return what a store says of itself."""
    product = days.product
    attributes: dict[str, Any] = {
        "source": product.name,
        "label": f"{product.label} {'1/4 degree means' if days.is_global else 'native grid'}",
        "sampling": product.sampling,
        "tides": days.tides,
        "license": product.license,
        "description": days.description,
        "sample": False,
    }
    if "zos" in days.fields:
        attributes["sea_level_zero"] = product.name
    if temperature := _temperature(days):
        attributes["temperature"] = temperature
    return attributes


def _temperature(days: ProductDays) -> str:
    """Return a phrase for the kind of temperature in a store; empty where it has none."""
    if days.temperature in ("", "potential"):
        return days.temperature and "potential, as distributed"
    return f"potential, from {days.temperature}" + ("" if "so" in days.fields else f" at salinity {DEFAULT_SALINITY:g}")
