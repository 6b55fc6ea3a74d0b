"""The held-out runs and days of the sample ocean, and those for training."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from engine.runtime.progress import Progress
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date, sample_day
from engine.sources import DaySeries, States
from sample_data.fingerprint import fingerprint
from sample_data.predictability_floor import floor_source
from sample_data.runs.run import Run
from sample_data.source import FIRST_TRAINING_DAY, SHIPPED, SampleSource

HELD_OUT_SEED = 1
FIRST_HELD_OUT_START, START_INTERVAL = 240, 30
"""Sample days. All runs share day 0: on the same day their sea level still correlates by 0.27 on day 120, 0.09 on day 240."""

DAMPING_STARTS = 4
"""Starts of training runs to which damped persistence is fitted; set by hand."""


@dataclass(frozen=True, eq=False)
class SampleHeldOut:
    """The held-out days of one run of the sample ocean, scored on its own grid or a coarser one."""

    run: Run
    grid: Grid

    @staticmethod
    def open(folder: Path | None = None, grid: Grid | None = None) -> "SampleHeldOut":
        """Return the run in `folder`, by default as `held_out_run` finds it, on its own grid unless another is given."""
        run = held_out_run(folder)
        return SampleHeldOut(run, grid or run.grid)

    @property
    def name(self) -> str:
        """Return the name of the run's folder."""
        return self.run.folder.name

    @cached_property
    def source(self) -> SampleSource:
        """Return the run on the grid of the scores."""
        return SampleSource(folder=self.run.folder, grid=self.grid)

    def starts(self, count: int, longest: int) -> list[np.datetime64]:
        """Return the dates of `held_out_days`."""
        return [sample_date(day) for day in held_out_days(self.run, count, longest)]

    @property
    def first_independent(self) -> np.datetime64:
        """Return the first day that is independent of the common day 0 of all runs, to a correlation of 0.09."""
        return sample_date(FIRST_HELD_OUT_START)

    def day(self, time: np.datetime64) -> int:
        """Return the sample day of a date."""
        return sample_day(time)

    def fingerprint(self, time: np.datetime64, longest: int) -> str:
        """Return a hash of everything that the states of `longest` days from a start depend on."""
        return fingerprint(self.run, self.grid, sample_day(time), longest)

    def floor(self, time: np.datetime64, longest: int, folder: Path, progress: Progress) -> States:
        """Return the run of the sample's dynamics from a start without future noise, stored in `folder`."""
        day = sample_day(time)
        name = f"floor-{day}-{self.fingerprint(time, 0)}"
        return floor_source(self.run, day, longest, folder / name, self.grid, progress)

    def training_starts(self, longest: int) -> list[tuple[str, States, np.datetime64]]:
        """Return some starts of other runs on the same grid, each with a name, and `longest` days after each."""
        runs = [Run.open(card.parent) for card in sorted(runs_folder().glob("seed-*/run.json"))]
        others = [run for run in runs if run.seed != self.run.seed and run.grid.shape == self.run.grid.shape]
        found: list[tuple[str, States, np.datetime64]] = [
            (f"{run.folder.name} day {day}", SampleSource(folder=run.folder, grid=self.grid), sample_date(day))
            for day in range(FIRST_TRAINING_DAY, FIRST_TRAINING_DAY + 10 * START_INTERVAL, 2 * START_INTERVAL)
            for run in others
            if run.days and run.days.start <= day and day + longest < run.days.stop
        ]
        return found[:DAMPING_STARTS]

    def training_series(self) -> list[DaySeries]:
        """Return the user's training runs."""
        return list(training_series())


def held_out_run(folder: Path | None = None) -> Run:
    """Return the run in `folder`, by default that of seed 1 among the user's runs, else the shipped, shorter one."""
    if folder is None:
        built = runs_folder() / f"seed-{HELD_OUT_SEED}"
        folder = built if (built / "run.json").exists() else SHIPPED
    return Run.open(folder)


def held_out_days(run: Run, starts: int, longest: int) -> list[int]:
    """Return up to `starts` sample days that have `longest` days of reference after them in `run`.

    They lie 30 days apart, closer only where all of them fit no other way. Raises InputError where not one fits.
    """
    days = run.days
    late = FIRST_HELD_OUT_START in days and days[-1] >= FIRST_HELD_OUT_START + longest
    begin = FIRST_HELD_OUT_START if late else days.start
    room = days.stop - 1 - longest - begin
    if not days or room < 0:
        raise InputError(
            f"run {run.folder} holds {len(days)} days; a start needs {longest} days of reference after it: build more with "
            "`goms sample build`"
        )
    apart = START_INTERVAL
    if late and (starts - 1) * apart > room:
        apart = max(room // max(starts - 1, 1), START_INTERVAL * 2 // 3)
    return list(range(begin, begin + room + 1, apart))[:starts]


def training_series(grid: Grid | None = None) -> list[SampleSource]:
    """Return the user's runs but the held-out one, by seed, on their own grid unless another is given."""
    runs = [Run.open(folder) for folder in sorted(runs_folder().glob("seed-*"))]
    return [SampleSource(folder=run.folder, grid=grid) for run in runs if run.seed != HELD_OUT_SEED]
