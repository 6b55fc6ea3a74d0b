"""The sample ocean as a source: a simulation with a reference for every start, rebuilt to 61 channels on request."""

from __future__ import annotations

from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.physics.climatology import interpolate, mean_sea_level
from engine.physics.displaced_state import displaced_state
from engine.physics.kuroshio_grid import kuroshio_grid
from engine.readers.regrid import AreaMean
from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.head_grids import half_degree, one_degree
from engine.schema.sample_calendar import sample_date, sample_day
from sample_data.fingerprint import day_content
from sample_data.kuroshio.archive import global_surface, nested_surface
from sample_data.kuroshio.nested_run import Fields
from sample_data.ocean.fast_response import MEMORY_DAYS, FastResponse
from sample_data.ocean.sample_ocean import weather_anomaly
from sample_data.runs.day_archive import stored_days
from sample_data.runs.head_days import RunBiogeochemistry, RunWaves
from sample_data.runs.run import Run
from sample_data.weather.atmosphere import forcing
from sample_data.weather.ice import ice

Array = NDArray[np.floating]

REFERENCE_DAYS = 30
FIRST_TRAINING_DAY = 120
"""First training day, set by hand: earlier sample days still resemble the day 0 that all runs share."""

SHIPPED = Path(str(files("sample_data") / "shipped"))


class SampleSource:
    """States, forcing and references of one run of the sample ocean, on the run's grid or a coarser one.

    A state is a pure function of the run's three stored surface fields and the weather of its seed. Raises InputError where
    there is no run in the folder or `grid` is finer than the run's.
    """

    forcing_kind = "synthetic"

    def __init__(self, seed: int | None = None, folder: Path | str | None = None, grid: Grid | None = None) -> None:
        """Take a run by its `folder`, or by its `seed` among the user's runs; the shipped one where neither is given."""
        if folder is None:
            folder = SHIPPED if seed is None else runs_folder() / f"seed-{seed}"
        self.run = Run.open(Path(folder))
        if seed is not None and self.run.seed != seed:
            raise InputError(f"run {folder} is of seed {self.run.seed}, not {seed}; name the folder of that seed or leave it out")
        self.grid = grid or self.run.grid
        fine = self.run.grid
        same = self.grid.same_as(fine)
        self._mean = None if same else AreaMean(fine.lat, fine.lon, self.grid.lat, self.grid.lon)
        self._sea_level = mean_sea_level(fine)
        self.name = f"sample-{self.run.seed}"
        self.label = "Sample ocean - simulation, not for navigation"
        self.provenance: dict[str, Any] = {
            "simulation": "sample ocean: 1.5-layer quasi-geostrophic eddies on observed climatology, synthetic weather",
            "seed": self.run.seed,
            "run_shape": list(fine.shape),
            "climatology": "assets/climatology.nc",
        }

    def init_times(self) -> np.ndarray:
        """Return the days with 30 days of reference after them, datetime64[D]."""
        return self.times()[:-REFERENCE_DAYS]

    def times(self) -> np.ndarray:
        """Return all days of the run, datetime64[D]."""
        days = self.run.days
        return sample_date(0) + np.arange(days.start, days.stop).astype("timedelta64[D]")

    def training_times(self) -> np.ndarray:
        """Return the days of the run that no longer resemble the common day 0 of all runs, datetime64[D]."""
        return self.times()[max(FIRST_TRAINING_DAY - self.run.days.start, 0) :]

    def on_grid(self, grid: Grid) -> SampleSource:
        """Return the same run on another grid; raises InputError where it is finer than the run's."""
        return SampleSource(folder=self.run.folder, grid=grid)

    def state(self, time: np.datetime64) -> Batch:
        """Return the 61-channel state of a day of the run; raises InputError for a day that it does not hold."""
        day, days = sample_day(time), self.run.days
        if day not in days:
            held = f"sample days {days.start} to {days.stop - 1}" if days else "no days"
            raise InputError(
                f"sample day {day} is not in {self.run.folder}; it holds {held}: build more with `goms sample build`"
            )
        anomaly = self._on_grid(self.run.zos(day) - self._sea_level)
        weather = forcing(self.run.seed, day, self.grid)
        return displaced_state(
            self.grid,
            time,
            anomaly,
            self._on_grid(self.run.surface_temperature(day)),
            self._on_grid(self.run.surface_salinity(day)),
            wind=(weather["u10"], weather["v10"]),
            thermocline_anomaly=anomaly - interpolate(weather_height(self.run.seed, day), self.grid),
        )

    def forcing(self, time: np.datetime64) -> Batch:
        """Return the synthetic weather of any day, before and after the run's days too."""
        return forcing(self.run.seed, sample_day(time), self.grid)

    def content(self, time: np.datetime64) -> str:
        """Return a hash that changes with state and weather of a day of the run."""
        return day_content(self.run, self.grid, sample_day(time))

    def sea_level(self, time: np.datetime64) -> Array | None:
        """Return the sea level (h, w) in m of a day, None beyond the run's days."""
        day = sample_day(time)
        if day not in self.run.days:
            return None
        return (mean_sea_level(self.grid) + self._on_grid(self.run.zos(day) - self._sea_level)).astype(np.float32)

    def surface_temperature(self, time: np.datetime64) -> Array:
        """Return the temperature (h, w) of the mixed layer in degC of a day of the run, NaN on land."""
        return self._on_grid(self.run.surface_temperature(sample_day(time)))

    def reference(self, time: np.datetime64) -> Batch | None:
        """Return the state of a day, None beyond the run's days."""
        return self.state(time) if sample_day(time) in self.run.days else None

    def kuroshio_box(self, time: np.datetime64) -> Fields:
        """Return the five surface fields (120, 230) of the Kuroshio box at 1/4 degree, as the state of a day has them."""
        return global_surface(self.run, sample_day(time))

    def head_times(self, head: str) -> np.ndarray:
        """Return the days of the run of which the fields of a head are stored, datetime64[D]."""
        days = self.run.days
        stored = np.array([day for day in stored_days(self.run.folder / head) if day in days], dtype=int)
        return sample_date(0) + stored.astype("timedelta64[D]")

    def head_fields(self, head: str, time: np.datetime64) -> Batch | None:
        """Return the fields of a head (waves, biogeochemistry, kuroshio) on a day, None where the run does not have them."""
        try:
            return {"waves": self.waves, "biogeochemistry": self.biogeochemistry, "kuroshio": self.kuroshio}[head](time)
        except InputError:
            return None

    def open_water(self, head: str, time: np.datetime64) -> NDArray[np.bool_] | None:
        """Return where (360, 720) no ice hides waves, which is the same every year; None for the other heads."""
        return ~ice(half_degree(), sample_day(time)) if head == "waves" else None

    def waves(self, time: np.datetime64) -> Batch:
        """Return significant wave height of any day on the half-degree grid, missing on land and under ice."""
        return Batch({"swh": self._waves.height(sample_day(time))}, half_degree(), time)

    def biogeochemistry(self, time: np.datetime64) -> Batch:
        """Return the eight fields of biogeochemistry of a day of the run on the 1-degree grid of the open ocean.

        Raises InputError for a day that the run can neither read nor reach from a stored one.
        """
        return Batch(self._biogeochemistry.fields(sample_day(time)), one_degree(), time)

    def kuroshio(self, time: np.datetime64) -> Batch:
        """Return the surface of a nested day at 1/12 degree in the Kuroshio box; raises InputError for one not stored."""
        fields = nested_surface(self.run, sample_day(time))
        return Batch({name: field if name == "zos" else field[None] for name, field in fields.items()}, kuroshio_grid(), time)

    @cached_property
    def _waves(self) -> RunWaves:
        return RunWaves(self.run)

    @cached_property
    def _biogeochemistry(self) -> RunBiogeochemistry:
        return run_biogeochemistry(self.run)

    def _on_grid(self, field: Array) -> Array:
        return field if self._mean is None else self._mean(field).astype(np.float32)


def run_biogeochemistry(run: Run) -> RunBiogeochemistry:
    """Return the biogeochemistry of a run, driven by its own states on the 1-degree grid."""
    coarse = SampleSource(folder=run.folder, grid=coarsened(4))
    return RunBiogeochemistry(run, lambda day: coarse.state(sample_date(day)))


@lru_cache(maxsize=64)
def _pressure_anomaly(seed: int, day: int) -> Array:
    return weather_anomaly(seed, day, coarsened(4))[0]


def weather_height(seed: int, day: int) -> Array:
    """Return the sea level (180, 360) in m that follows the weather within days without moving the thermocline."""
    response = FastResponse(coarsened(4))
    for earlier in range(day - MEMORY_DAYS, day + 1):
        response.advance(_pressure_anomaly(seed, earlier))
    return response.value
