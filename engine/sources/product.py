"""What HYCOM and GLORYS have in common: files of consecutive days that hold the schema's fields on a provider's grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import InputError
from engine.regrid import AreaMean, LevelInterpolation
from engine.sources.reading import GriddedFile, Wanted
from engine.variables import DEPTHS

_SMALL = 2**26
"""Up to this many bytes, all levels of a field are read at once; beyond, level by level, so that memory stays bounded."""


@dataclass(frozen=True)
class Product:
    """How one provider distributes the ocean: names, units, what a time stands for."""

    name: str
    label: str
    wanted: tuple[Wanted, ...]
    sampling: str
    in_situ_names: frozenset[str] = frozenset()
    """Names of temperature that mean in-situ temperature where the file gives no standard name."""


class ProductDays:
    """The days of a set of files: every field of every day found, on one grid, without gap or duplicate.

    `times` (n,) datetime64[s] 24 h apart, `fields` names of the schema, `lat`, `lon`, `depth` of the provider's grid,
    `levels` the interpolation to the schema's depths. Raises InputError naming the file and the day at fault.
    """

    def __init__(self, product: Product, paths: Sequence[Path]) -> None:
        self.product = product
        self.paths = tuple(Path(path) for path in paths)
        self._files = [GriddedFile(path, product.wanted) for path in self.paths]
        if not self._files:
            raise InputError(f"no {product.label} file was given; expected at least one: name the files")
        first = self._files[0]
        self.lat, self.lon, self.is_global = first.lat, first.lon, first.is_global
        self._check_same_grid()
        depths = [file.depth for file in self._files if file.depth is not None]
        self.depth = depths[0] if depths else np.zeros(1)
        self.levels = LevelInterpolation(self.depth, np.asarray(DEPTHS))
        if not self.levels.reached:
            raise InputError(f"{first.path}: depths are {self.depth} m; expected some between 0 and {DEPTHS[-1]:g} m: check them")
        self._where = self._index()
        self.fields = tuple(want.field for want in product.wanted if want.field in self._where)
        self.times = self._choose_times()

    @property
    def temperature_is_in_situ(self) -> bool:
        """Return whether temperature is in-situ: its CF standard name decides, the variable's name where that is absent."""
        if "thetao" not in self.fields:
            return False
        file = next(file for file in self._files if "thetao" in file.found)
        standard_name = file.standard_names["thetao"]
        if standard_name:
            return standard_name != "sea_water_potential_temperature"
        return file.found["thetao"] in self.product.in_situ_names

    @property
    def description(self) -> str:
        """Return what the first file says about its own source."""
        attributes = self._files[0].attributes
        return "; ".join(attributes[name] for name in ("title", "source") if name in attributes)

    def day(self, time: np.datetime64, mean: AreaMean | None) -> dict[str, np.ndarray]:
        """Return the fields of one day, on the schema's reached depths where they have levels, as the provider has them.

        `mean` takes each level to another grid as it is read; None keeps the provider's.
        """
        fields = {}
        for want in (want for want in self.product.wanted if want.field in self.fields):
            file, number = self._where[want.field][time]
            if want.levels:
                fields[want.field] = self.levels(_Level(file, want.field, number, mean))
            else:
                values = file.read(want.field, number)
                fields[want.field] = values if mean is None else mean(values)
        return fields

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

    def _choose_times(self) -> np.ndarray:
        times = np.unique(np.concatenate([file.times for file in self._files]))
        days = times.astype("datetime64[D]")
        chosen = []
        for day in np.unique(days):
            same = times[days == day]
            noon = same[same == day + np.timedelta64(12, "h")]
            if same.size > 1 and not noon.size:
                raise InputError(
                    f"{self._files[0].path} has {same.size} times on {day}, none at 12 UTC; expected one a day or one at "
                    "12 UTC: keep one of them"
                )
            chosen.append(noon[0] if noon.size else same[0])
        result = np.array(chosen, dtype="datetime64[s]")
        gaps = np.flatnonzero(np.diff(result) != np.timedelta64(1, "D"))
        if gaps.size:
            raise InputError(
                f"{self._files[0].path}: after {result[gaps[0]]} comes {result[gaps[0] + 1]}; expected "
                f"{result[gaps[0]] + np.timedelta64(1, 'D')}: download the missing day or ingest the parts separately"
            )
        for field, where in self._where.items():
            lacking = [time for time in result if time not in where]
            if lacking:
                file = next(file for file in self._files if file.times[0] <= lacking[0] <= file.times[-1])
                raise InputError(
                    f"{file.path}: {field} of {lacking[0]} is in no file; expected every field on every day: "
                    "download the missing day"
                )
        return result


class _Level:
    """Gives the levels of one field of one day: all read at once where small, one by one where large."""

    def __init__(self, file: GriddedFile, field: str, time: int, mean: AreaMean | None) -> None:
        self._file, self._field, self._time, self._mean = file, field, time, mean
        assert file.depth is not None
        small = file.depth.size * file.lat.size * file.lon.size * 8 < _SMALL
        self._all = file.read(field, time) if small else None

    def __call__(self, level: int) -> np.ndarray:
        values = self._all[level] if self._all is not None else self._file.read(self._field, self._time, level)
        return values if self._mean is None else self._mean(values)
