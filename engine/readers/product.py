"""The common part of HYCOM and GLORYS: files of consecutive days with the schema's fields on a provider's grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.readers.choosing import choose_times
from engine.readers.netcdf import GriddedFile, Wanted
from engine.readers.regrid import AreaMean, LevelInterpolation
from engine.readers.values.land import is_zero, zero_columns, zero_tracers
from engine.readers.values.tally import merged
from engine.runtime.errors import InputError
from engine.schema.variables import DEPTHS

_SMALL = 2**26
"""Up to this many bytes all levels of a field are read at once, above it level by level to limit memory; set by hand."""

_TEMPERATURES = {
    "sea_water_potential_temperature": "potential",
    "sea_water_temperature": "in-situ",
    "sea_water_conservative_temperature": "conservative",
}


@dataclass(frozen=True)
class Product:
    """The files of one provider: names, units, and whether a time is a snapshot or a mean."""

    name: str
    label: str
    wanted: tuple[Wanted, ...]
    sampling: str
    in_situ_names: frozenset[str] = frozenset()
    """Names of temperature that mean in-situ temperature where the file gives no standard name."""
    license: str = ""
    tides: str = "no"
    """Whether sea level and currents hold the tide: yes, no or unknown."""
    perhaps_tidal: tuple[str, ...] = ()
    """Words in a title or the name of a file of which this is unknown."""


class ProductDays:
    """The days of a set of files: every field of every day found, on one grid, without duplicate.

    `times` (n,) datetime64[s] whole days apart, `fields` names of the schema, `lat`, `lon`, `depth` of the provider's grid,
    `levels` the interpolation to the schema's depths. `date` is the day of a file without a time. Raises InputError naming the
    file and the day at fault.
    """

    def __init__(self, product: Product, paths: Sequence[Path], date: np.datetime64 | None = None) -> None:
        self.product = product
        self.paths = tuple(Path(path) for path in paths)
        self._files = [GriddedFile(path, product.wanted, date) for path in self.paths]
        if not self._files:
            raise InputError(f"no {product.label} file was given; expected at least one: name the files")
        first = self._files[0]
        self.lat, self.lon, self.is_global = first.lat, first.lon, first.is_global
        self._check_same_grid()
        depths = [file.depth for file in self._files if file.depth is not None]
        self.depth = depths[0] if depths else np.zeros(1)
        self.levels = LevelInterpolation(self.depth, np.asarray(DEPTHS))
        if not self.levels.reached:
            found = ", ".join(f"{depth:g}" for depth in self.depth[:6])
            raise InputError(
                f"{first.path}: its depths are {found} m; expected the surface (at most 1 m) or depths on both sides of one of "
                f"{', '.join(f'{depth:g}' for depth in DEPTHS)} m: download more levels"
            )
        self._where = self._index()
        self.fields = tuple(want.field for want in product.wanted if want.field in self._where)
        self.times = choose_times(self._where, product.sampling == "snapshot")
        self._zero_land: dict[np.datetime64, int] = {}

    @property
    def temperature(self) -> str:
        """Return potential, in-situ or conservative: the CF standard name decides, the variable's name where that is absent.

        Empty where there is no temperature.
        """
        file = next((file for file in self._files if "thetao" in file.found), None)
        if file is None:
            return ""
        default = "in-situ" if file.found["thetao"] in self.product.in_situ_names else "potential"
        return _TEMPERATURES.get(file.standard_names["thetao"], default)

    @property
    def salinity_is_absolute(self) -> bool:
        """Return whether salinity is absolute salinity by its CF standard name."""
        names = [file.standard_names["so"] for file in self._files if "so" in file.found]
        return bool(names) and names[0] == "sea_water_absolute_salinity"

    @property
    def description(self) -> str:
        """Return title and source of the first file."""
        attributes = self._files[0].attributes
        return "; ".join(attributes[name] for name in ("title", "source") if name in attributes)

    @property
    def tides(self) -> str:
        """Return yes, no or unknown: whether sea level and currents hold the tide."""
        words = " ".join([self.description, *(path.name for path in self.paths)]).lower()
        return "unknown" if any(word in words for word in self.product.perhaps_tidal) else self.product.tides

    def files_of(self, time: np.datetime64) -> list[Path]:
        """Return the files that hold a time."""
        return list(dict.fromkeys(times[time][0].path for times in self._where.values()))

    def report(self, time: np.datetime64) -> dict[str, Any]:
        """Return counts of a day that was read: `out_of_range`, `flagged`, `constant_rows`, `zero_land` (cells)."""
        places = {id(file): (file, number) for file, number in (times[time] for times in self._where.values())}
        found = merged(file.tally.report(number) for file, number in places.values())
        zero = self._zero_land.get(time, 0)
        return found | ({"zero_land": zero} if zero else {})

    def day(self, time: np.datetime64, mean: AreaMean | None) -> dict[str, np.ndarray]:
        """Return the fields of one day, on the schema's reached depths where they have levels, as the provider has them.

        `mean` takes each level to another grid as it is read; None keeps the provider's. Land stored as zeros is missing.
        """
        day = _Day(self, time, mean)
        fields = {}
        if day.with_levels:
            stacked = self.levels(day.level)
            fields = {name: stacked[:, number] for number, name in enumerate(day.with_levels)}
        for name in self.fields:
            if name not in fields:
                fields[name] = day.surface(name)
        self._zero_land[time] = day.zero_land
        return {name: fields[name] for name in self.fields}

    def read(self, name: str, time: np.datetime64, level: int | None = None) -> np.ndarray:
        """Return a field of a day as the provider has it: all levels (z, h, w), one of them (h, w), or that of the surface."""
        file, number = self._where[name][time]
        values = file.read(name, number, level)
        return values[None] if self.has_levels(name) and level is None and values.ndim == 2 else values

    def look_for_damage(self, name: str, time: np.datetime64, level: int | None, values: np.ndarray) -> None:
        """Count the rows of a field (h, w) of a day that look damaged, land taken out."""
        file, number = self._where[name][time]
        file.look_for_damage(name, number, level, values)

    def step(self, name: str) -> float:
        """Return the packing step of a field, 0 where it is not packed."""
        file, _ = next(iter(self._where[name].values()))
        return file.step(name)

    def has_levels(self, name: str) -> bool:
        """Return whether a field of the product has levels."""
        return next(want.levels for want in self.product.wanted if want.field == name)

    def close(self) -> None:
        """Close every file."""
        for file in self._files:
            file.close()

    def _check_same_grid(self) -> None:
        first = self._files[0]
        for file in self._files[1:]:
            for name in ("lat", "lon", "depth"):
                ours, theirs = getattr(first, name), getattr(file, name)
                both = ours is not None and theirs is not None
                if both and not (ours.shape == theirs.shape and np.allclose(ours, theirs, atol=1e-3)):
                    raise InputError(
                        f"{file.path}: {name} runs from {theirs[0]:g} to {theirs[-1]:g} in {theirs.size} steps; expected "
                        f"{ours[0]:g} to {ours[-1]:g} in {ours.size} as in {first.path}: ingest each grid on its own"
                    )

    def _index(self) -> dict[str, dict[np.datetime64, tuple[GriddedFile, int]]]:
        where: dict[str, dict[np.datetime64, tuple[GriddedFile, int]]] = {}
        for file in self._files:
            for field in file.found:
                times = where.setdefault(field, {})
                for number, time in enumerate(file.times):
                    if time in times:
                        raise InputError(
                            f"{file.path}: {file.found[field]} of {time} is also in {times[time][0].path}; expected each "
                            "day once: leave one of the files out"
                        )
                    times[time] = (file, number)
        return where


class _Day:
    """The fields of one day read together, since cells that are 0 in all of them are land."""

    def __init__(self, days: ProductDays, time: np.datetime64, mean: AreaMean | None) -> None:
        self._days, self._time, self._mean = days, time, mean
        self.with_levels = [name for name in days.fields if days.has_levels(name)]
        self._steps = {name: days.step(name) for name in days.fields}
        self._by_tracers = "thetao" in days.fields and "so" in days.fields
        small = days.depth.size * days.lat.size * days.lon.size * 8 < _SMALL
        self._all = {name: days.read(name, time) for name in self.with_levels} if small else {}
        self._columns: np.ndarray | None = None
        if not self._by_tracers:
            self._columns = self._zero_columns()
        self._zero_surface: np.ndarray | None = self._columns

    @property
    def zero_land(self) -> int:
        """Return how many cells of the uppermost level read are 0 in every field."""
        return 0 if self._zero_surface is None else int(np.count_nonzero(self._zero_surface))

    def level(self, number: int) -> np.ndarray:
        """Return every field with levels at one of the provider's levels, (f, h, w)."""
        zero, kept = self._columns, {}
        if self._by_tracers:
            kept = {name: self._values(name, number) for name in ("thetao", "so")}
            zero = zero_tracers(kept["thetao"], kept["so"], self._steps)
            if self._zero_surface is None:
                self._zero_surface = zero
        fields = []
        for name in self.with_levels:
            fields.append(self._meant(name, number, kept.pop(name) if name in kept else self._values(name, number), zero))
        return np.stack(fields)

    def surface(self, name: str) -> np.ndarray:
        """Return a field without levels, (h, w)."""
        if self._by_tracers and self._zero_surface is None:
            self.level(0)
        return self._meant(name, None, self._days.read(name, self._time), self._zero_surface)

    def _values(self, name: str, number: int) -> np.ndarray:
        return self._all[name][number] if name in self._all else self._days.read(name, self._time, number)

    def _meant(self, name: str, level: int | None, values: np.ndarray, zero: np.ndarray | None) -> np.ndarray:
        if zero is not None and zero.any():
            values = np.where(zero & is_zero(values, self._steps[name]), np.float32(np.nan), values)
        self._days.look_for_damage(name, self._time, level, values)
        return values if self._mean is None else self._mean(values)

    def _zero_columns(self) -> np.ndarray:
        """Return where every field is 0 at the uppermost and the lowest level that are needed."""
        needed = self._days.levels.needed
        numbers = [
            (self._values(name, number), self._steps[name])
            for name in self.with_levels
            for number in sorted({needed[0], needed[-1]})
        ]
        others = [name for name in self._days.fields if name not in self.with_levels]
        return zero_columns([*numbers, *((self._days.read(name, self._time), self._steps[name]) for name in others)])
