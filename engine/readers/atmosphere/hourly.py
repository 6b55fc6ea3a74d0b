"""Days of files with several times a day: means of all hours, values of noon, or daily values as they are given."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.readers.atmosphere.products import HourlyProduct
from engine.readers.atmosphere.zarr_fields import ZarrFields, is_zarr
from engine.readers.container.containers import netcdf_members
from engine.readers.netcdf import GriddedFile, held, opened
from engine.readers.values.tally import merged
from engine.runtime.errors import DayMissing, InputError

HourlyFile = GriddedFile | ZarrFields

DAILY_MEAN, NOON, GIVEN = "daily mean", "12 UTC", "given"
SAMPLINGS = {DAILY_MEAN: DAILY_MEAN, NOON: NOON, GIVEN: DAILY_MEAN}
"""How a day is made -> what the store says: the mean of all its times, the one at 12 UTC, or the daily mean that a file gives."""

FILLED_TO = ("valid_time_stop", "valid_time_stop_era5t")
"""Attributes of ARCO-ERA5 with the last day that is filled; later ones are missing without an error."""

SURFACE = 2.0
"""Depth in m of the uppermost level at most."""

_DAY = np.timedelta64(86400, "s")


class HourlyDays:
    """The days of a set of files, each read when it is asked for.

    `fields` names of the schema, `lat`, `lon` of the files, `days` (n,) datetime64[D] of which any time is there. `way` is a key
    of `SAMPLINGS`. Several NetCDF files in one zip archive are read as one. Raises InputError that names the file at fault.
    """

    def __init__(
        self, product: HourlyProduct, paths: Sequence[Path], way: str = DAILY_MEAN, date: np.datetime64 | None = None
    ) -> None:
        """Take the files of one product, how their days are made, and the day of a file without a time."""
        if way not in SAMPLINGS:
            raise InputError(f"the days are to be made by {way!r}; expected one of {', '.join(SAMPLINGS)}")
        self.product, self.way, self.sampling = product, way, SAMPLINGS[way]
        self.paths = tuple(Path(path) for path in paths)
        self.files: list[HourlyFile] = [file for path in self.paths for file in _opened(path, product, date)]
        if not self.files:
            raise InputError(f"no {product.label} file was given; expected at least one: name the files")
        first = self.files[0]
        self.lat, self.lon, self.is_global = first.lat, first.lon, first.is_global
        self._check_same_grid()
        there = {name for file in self.files for name in file.found}
        self.fields = tuple(want.field for want in product.wanted if want.field in there)
        if lacking := [want for want in product.wanted if want.field in product.needed and want.field not in there]:
            raise InputError(
                f"{first.path} holds {', '.join(first.found.values())} and no file has {'/'.join(lacking[0].names)}; expected "
                f"{' and '.join(product.needed)}: download {lacking[0].names[0]} of the same days too"
            )
        self.days = np.unique(np.concatenate([file.times for file in self.files]).astype("datetime64[D]"))
        if way == GIVEN and self.days.size > 1 and np.all(np.diff(self.days) >= np.timedelta64(27, "D")):
            raise InputError(
                f"{first.path}: after {self.days[0]} comes {self.days[1]}, as of monthly fields; expected daily ones: download "
                "the daily product"
            )

    @property
    def description(self) -> str:
        """Return title, source and institution of the first file."""
        attributes = self.files[0].attributes
        return "; ".join(attributes[name] for name in ("title", "source", "institution") if name in attributes)

    @property
    def times(self) -> np.ndarray:
        """Return the days as times, datetime64[s]."""
        return self.days.astype("datetime64[s]")

    def files_of(self, time: np.datetime64) -> list[Path]:
        """Return the paths that hold any time of a day."""
        return list(dict.fromkeys(file.path for file in self.files if self._span(file, time)))

    def has_grid_of(self, other: "HourlyDays") -> bool:
        """Return whether the fields lie on the same places as those of other files."""
        return np.array_equal(self.lat, other.lat) and np.array_equal(self.lon, other.lon)

    def report(self, time: np.datetime64) -> dict[str, Any]:
        """Return counts of the values treated as missing in a day that was read."""
        return merged(file.tally.report(number) for file in self.files for number in self._span(file, time))

    def day(self, day: np.datetime64) -> dict[str, np.ndarray]:
        """Return every field (h, w) of one day on the grid of the files.

        Raises DayMissing, with the reason, where a time that the day needs is absent, empty, or one number everywhere; and where
        air has a gap.
        """
        return {name: self._field(name, day.astype("datetime64[D]")) for name in self.fields}

    def close(self) -> None:
        """Close every file."""
        for file in self.files:
            file.close()

    def _field(self, name: str, day: np.datetime64) -> np.ndarray:
        places = self._places(name, day)
        total, count = None, 0
        for file, number in places:
            values = file.read(name, number, self._level(name, file), may_be_empty=True)
            if not self._is_whole(values):
                continue
            total = values.astype(np.float64) if total is None else total + values
            count += 1
        wanted = self._wanted(places)
        if total is None or count < wanted or (self.way == GIVEN and count > 1):
            raise DayMissing(self._reason(name, day, count, len(places), wanted), (name,))
        return (total / count).astype(np.float32)

    def _level(self, name: str, file: HourlyFile) -> int | None:
        """Return the number of the surface among the levels of a field, None for one without."""
        has_levels = next(want.levels for want in self.product.wanted if want.field == name)
        if not has_levels or file.depth is None:
            return None
        if file.depth[0] > SURFACE:
            raise InputError(
                f"{file.path}: {file.found[name]} begins at {file.depth[0]:g} m; expected the surface: download the first level"
            )
        return 0

    def _places(self, name: str, day: np.datetime64) -> list[tuple[HourlyFile, int]]:
        """Return file and number of the times of a field that a day is made of; raises InputError for one that is there twice."""
        seen: dict[np.datetime64, tuple[HourlyFile, int]] = {}
        for file in self.files:
            if name not in file.found:
                continue
            for number in self._span(file, day):
                time = file.times[number]
                if time in seen:
                    raise InputError(
                        f"{file.path}: {file.found[name]} of {time} is also in {seen[time][0].path}; expected each time once: "
                        "leave one of the files out"
                    )
                seen[time] = (file, number)
        noon = day.astype("datetime64[s]") + np.timedelta64(12, "h")
        return [place for time, place in sorted(seen.items()) if self.way != NOON or time == noon]

    @staticmethod
    def _span(file: HourlyFile, time: np.datetime64) -> range:
        """Return the numbers of the times of a day in a file."""
        day = time.astype("datetime64[D]")
        return range(*np.searchsorted(file.times, [day.astype("datetime64[s]"), (day + 1).astype("datetime64[s]")]).tolist())

    def _wanted(self, places: list[tuple[HourlyFile, int]]) -> int:
        """Return how many times a day needs: as many as its closest two imply, such as 24, where the product has such days."""
        if self.way != DAILY_MEAN:
            return 1
        times = np.array([file.times[number] for file, number in places], dtype="datetime64[s]")
        implied = round(_DAY / np.diff(times).min()) if times.size > 1 else 0
        return implied if implied in self.product.steps else self.product.steps[0]

    def _is_whole(self, values: np.ndarray) -> bool:
        """Return whether a field has values everywhere, or for water anywhere, and is not one number."""
        finite = np.isfinite(values)
        whole = finite.all() if self.product.everywhere else finite.any()
        return bool(whole and np.nanmin(values) < np.nanmax(values))

    def _reason(self, name: str, day: np.datetime64, whole: int, there: int, wanted: int) -> str:
        if self.way == GIVEN and there > 1:
            return f"{name} of {day} has {there} times; expected one, a daily mean: take the mean of them instead"
        stops = [file.attributes[key] for file in self.files for key in FILLED_TO[::-1] if key in file.attributes]
        filled = f"; the store is filled to {stops[0]}" if stops else ""
        if self.way == NOON:
            return f"{name} of {day} has no whole field at 12 UTC{filled}"
        what = f"{whole} of {wanted} {'hours' if wanted == 24 else 'times'}"
        return f"{name} of {day} has {what}{' with values' if whole < there else ''}{filled}"

    def _check_same_grid(self) -> None:
        first = self.files[0]
        for file in self.files[1:]:
            for name in ("lat", "lon"):
                ours, theirs = getattr(first, name), getattr(file, name)
                if ours.shape != theirs.shape or not np.allclose(ours, theirs, atol=1e-3):
                    raise InputError(
                        f"{file.path}: {name} runs from {theirs[0]:g} to {theirs[-1]:g} in {theirs.size} steps; expected "
                        f"{ours[0]:g} to {ours[-1]:g} in {ours.size} as in {first.path}: ingest each grid on its own"
                    )


def _opened(path: Path, product: HourlyProduct, date: np.datetime64 | None) -> Iterator[HourlyFile]:
    """Give the files in `path`: itself, or those members of a zip archive that hold a wanted field."""
    if is_zarr(path):
        yield ZarrFields(path, product.wanted)
        return
    members = netcdf_members(path)
    if len(members) < 2:
        yield GriddedFile(path, product.wanted, date)
        return
    names = {name for want in product.wanted for name in want.names}
    useful, others = [], []
    for member in members:
        with opened(path, member) as data:
            useful += [member] if names & set(data.variables) else []
            others.append(held(data))
    if not useful:
        raise InputError(
            f"{path} is a zip archive whose files hold {'; '.join(others)}; expected one with "
            f"{', '.join('/'.join(want.names) for want in product.wanted)}: choose another file"
        )
    for member in useful:
        yield GriddedFile(path, product.wanted, date, member)
