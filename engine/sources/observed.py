"""A full ocean state from satellites: altimetry, optional surface temperature, and climatology below them."""

import json
from copy import copy
from hashlib import file_digest
from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.physics.climatology import Atlas
from engine.physics.displaced_state import climatology, displaced_state, mean_sea_level
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.sea_level_zero import align_zero
from engine.readers.gap_filling import fill_gaps
from engine.readers.netcdf import GriddedFile, Wanted
from engine.readers.regrid import AreaMean
from engine.readers.values.land import ALONE, is_zero, zero_columns
from engine.readers.values.tally import merged
from engine.readers.values.units import FLOW, METRES, TEMPERATURE
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.grid import Grid, quarter_degree
from engine.sources.atmosphere import Atmosphere

ALTIMETRY = (
    Wanted("zos", ("adt", "ADT"), METRES),
    Wanted("uo", ("ugos", "u"), FLOW),
    Wanted("vo", ("vgos", "v"), FLOW),
)
"""DUACS L4, near-real-time (nrt_) and reprocessed (dt_, my_) alike; `u` and `v` are the names of the first releases."""

SURFACE_TEMPERATURE = (Wanted("thetao", ("analysed_sst", "sst"), TEMPERATURE),)
"""GHRSST L4, such as OSTIA: foundation temperature, which at the surface is potential temperature; `sst` is OISST's name."""


class ObservedSource:
    """Initial states from a global altimetry file: SSH and surface currents observed, T and S displaced by the anomaly.

    The air is that of a forcing store, else the climatology. There is no reference, since the full state of the following days is
    not observed. Raises InputError for files that cannot be used, before anything is computed.
    """

    name = "observed"
    label = "Observed: satellite altimetry and climatology"

    def __init__(
        self,
        altimetry: Path | str,
        sst: Path | str | None = None,
        grid: Grid | None = None,
        name: str = name,
        date: np.datetime64 | None = None,
        forcing: str | Path | None = None,
    ) -> None:
        """Take the path of a DUACS L4 file, of a GHRSST file of the same day if wished, the grid of the state, and a name.

        `date` is the day of a file of altimetry without a time, `forcing` the identifier or folder of a forcing store.
        """
        self.name = name
        self.grid = grid or quarter_degree()
        self.atmosphere = Atmosphere(self.grid, forcing)
        self.forcing_kind = self.atmosphere.kind
        self._altimetry = _GlobalFile(Path(altimetry), ALTIMETRY, self.grid, date)
        self._sst = _GlobalFile(Path(sst), SURFACE_TEMPERATURE, self.grid) if sst else None
        self.mean: Atlas | None = None
        self._shifts: dict[int, float] = {}
        self.provenance: dict[str, Any] = {"altimetry": self._altimetry.provenance, "climatology": "assets/climatology.nc"}
        if self._sst:
            self.label = "Observed: satellite altimetry, satellite temperature and climatology"
            self.provenance["surface_temperature"] = self._sst.provenance
            if not any(self._closest_sst(time)[1] <= DAY for time in self.init_times()):
                self._refuse_sst(self.init_times()[0])

    def init_times(self) -> np.ndarray:
        """Return the days of the altimetry file, datetime64[D]."""
        return self._altimetry.file.times.astype("datetime64[D]")

    def content(self, time: np.datetime64) -> str:
        """Return a text that changes with the bytes of the files, the stored air of a day, and the mean ocean below."""
        given = f"{json.dumps(self.provenance, sort_keys=True, default=str)} {self.atmosphere.content(time)}"
        return given if self.mean is None else f"{given} {self.mean.content}"

    @property
    def report(self) -> dict[str, Any]:
        """Return counts of the files read so far: `out_of_range`, `flagged`, `constant_rows`, `zero_land` (cells)."""
        files = [file for file in (self._altimetry, self._sst) if file]
        zero = max((file.zero_land for file in files), default=0)
        return merged(file.file.tally.report() for file in files) | ({"zero_land": zero} if zero else {})

    def check(self, progress: Progress = no_progress, day: np.datetime64 | None = None) -> None:
        """Read every field of every day of the altimetry, or of one `day`; raises InputError for one that cannot be used.

        With a day the surface temperature beside it is read, too, where there is one.
        """
        file, days = self._altimetry.file, self.init_times()
        if day is not None and self._sst:
            closest, apart = self._closest_sst(day)
            if apart <= DAY:  # else a start at this day is refused, another may be asked for
                with self._sst.file:
                    self._sst.values("thetao", closest)
        with file:
            for number, each in enumerate(days):
                if day is not None and each != day:
                    continue
                progress(number / days.size, f"checking the altimetry of {each}")
                for want in ALTIMETRY:
                    self._altimetry.values(want.field, number)

    def state(self, time: np.datetime64) -> Batch:
        """Return the 61-channel state of a day in the file; raises InputError for another day or a field without values."""
        number = self._number(time)
        day = self.init_times()[number]
        surface_temperature = None
        if self._sst:
            seasonal_mean = climatology(self.grid, day, self.mean)["thetao"][0]
            temperature = self._sst.field("thetao", self._sst_number(day))
            surface_temperature = seasonal_mean + fill_gaps(temperature - seasonal_mean, self.grid)
        mean = mean_sea_level(self.grid, self.mean)
        anomaly = self._anomaly(number)
        # The part of the observed current that is not geostrophic decays to zero in the gaps.
        sloped = geostrophic_velocity(mean + anomaly, self.grid.lat, self.grid.lon, self.grid.wet_surface)
        u, v = (
            flow + fill_gaps(self._altimetry.field(name, number) - flow, self.grid)
            for name, flow in zip(("uo", "vo"), sloped, strict=True)
        )
        return displaced_state(self.grid, day, anomaly, surface_temperature, surface_currents=(u, v), mean=self.mean)

    def _anomaly(self, number: int) -> np.ndarray:
        """Return the anomaly (h, w) in m from the mean sea level, gaps filled."""
        mean = mean_sea_level(self.grid, self.mean)
        aligned, self._shifts[number] = align_zero(self._altimetry.field("zos", number), mean, self.grid)
        return fill_gaps(aligned - mean, self.grid)

    def zero_shift(self, time: np.datetime64) -> float:
        """Return the height in m by which the zero of the altimetry of a day lies above that of the climatology."""
        number = self._number(time)
        if number not in self._shifts:
            self._anomaly(number)
        return self._shifts[number]

    def with_mean(self, mean: Atlas) -> Self:
        """Return the same source, aligned to and displaced from another mean ocean."""
        other = copy(self)
        other.mean, other.grid, other._shifts = mean, mean.grid_like(self.grid), {}
        return other

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        """Return the sea level (h, w) in m of a day of the file, None outside it."""
        numbers = np.flatnonzero(self.init_times() == time.astype("datetime64[D]"))
        if not numbers.size:
            return None
        return np.where(
            self.grid.wet_surface, mean_sea_level(self.grid, self.mean) + self._anomaly(int(numbers[0])), np.float32(np.nan)
        )

    def forcing(self, time: np.datetime64) -> Batch:
        """Return the air of a day."""
        return self.atmosphere.air(time)

    def reference(self, time: np.datetime64) -> Batch | None:
        """Return None: a forecast from observations is never scored against another ocean."""
        return None

    def _number(self, time: np.datetime64) -> int:
        days = self.init_times()
        same = np.flatnonzero(days == time.astype("datetime64[D]"))
        if not same.size:
            held = str(days[0]) if days.size == 1 else f"{days.size} days from {days[0]} to {days[-1]}"
            raise InputError(
                f"{self._altimetry.file.path} lacks {time.astype('datetime64[D]')}; it holds {held}: choose one of its days or "
                "another file"
            )
        return int(same[0])

    def _closest_sst(self, day: np.datetime64) -> tuple[int, np.timedelta64]:
        assert self._sst is not None
        apart = np.abs(self._sst.file.times.astype("datetime64[D]") - day)
        number = int(np.argmin(apart))
        return number, apart[number]

    def _sst_number(self, day: np.datetime64) -> int:
        number, apart = self._closest_sst(day)
        if apart > DAY:
            self._refuse_sst(day)
        return number

    def _refuse_sst(self, day: np.datetime64) -> None:
        assert self._sst is not None
        number, apart = self._closest_sst(day)
        raise InputError(
            f"{self._sst.file.path} is of {self._sst.file.times[number].astype('datetime64[D]')}, {apart.astype(int)} days from "
            f"the altimetry of {day}; expected the same day or the next: choose the temperature of {day} or leave it out"
        )


class _GlobalFile:
    """A global file as fields on the grid of the state."""

    def __init__(self, path: Path, wanted: tuple[Wanted, ...], grid: Grid, date: np.datetime64 | None = None) -> None:
        self.file = GriddedFile(path, wanted, date)
        self.zero_land = 0
        self._zeros: dict[int, int] = {}
        if not self.file.is_global:
            raise InputError(
                f"{path} covers {self.file.lat[0]:g} to {self.file.lat[-1]:g} N and {self.file.lon[0]:g} to "
                f"{self.file.lon[-1]:g} E in {self.file.lat.size} x {self.file.lon.size} cells; expected a global grid of 1/4 "
                "degree or finer: choose the global product"
            )
        days = self.file.times.astype("datetime64[D]")
        if np.any(np.diff(days) <= np.timedelta64(0, "D")):
            raise InputError(f"{path} has several times on one day ({days[0]} to {days[-1]}); expected one a day: keep one")
        self._mean = None
        same = self.file.lat.shape == grid.lat.shape and self.file.lon.shape == grid.lon.shape
        if not (same and np.allclose(self.file.lat, grid.lat, atol=1e-3) and np.allclose(self.file.lon, grid.lon, atol=1e-3)):
            try:
                self._mean = AreaMean(self.file.lat, self.file.lon, grid.lat, grid.lon)
            except InputError as error:
                raise InputError(f"{path}: {error}") from error
        with path.open("rb") as content:
            digest = file_digest(content, "sha256").hexdigest()
        self.provenance = {"file": path.name, "title": self.file.attributes.get("title", ""), "sha256": digest}

    def field(self, name: str, number: int) -> np.ndarray:
        """Return one field (h, w) on the grid, NaN where nothing was observed."""
        with self.file:
            values = self.values(name, number)
        return values if self._mean is None else self._mean(values)

    def values(self, name: str, number: int) -> np.ndarray:
        """Return one field (h, w) on the file's own grid, NaN where nothing was observed.

        In a file that stores land as zeros, 0 is missing in every field: a coast has cells with a current and no height.
        """
        values = self.file.read(name, number)
        if self._has_zero_land(name, values, number):
            values = np.where(is_zero(values, self.file.step(name)), np.float32(np.nan), values)
        self.file.look_for_damage(name, number, None, values)
        return values

    def _has_zero_land(self, name: str, values: np.ndarray, number: int) -> bool:
        """Return whether a day of the file stores land as zeros, and count it."""
        if number not in self._zeros:
            cells = 0
            # Land is a third of the globe; the other fields are read only where there are that many zeros.
            if len(self.file.found) > 1 and np.mean(is_zero(values, self.file.step(name))) > ALONE:
                fields = [(self.file.read(other, number), self.file.step(other)) for other in self.file.found]
                cells = int(np.count_nonzero(zero_columns(fields)))
            self._zeros[number] = cells if cells > ALONE * values.size else 0
        self.zero_land = max(self._zeros.values())
        return self._zeros[number] > 0
