"""Waves and biogeochemistry beside a run: built, stored in its folder, read back or computed for a day that is not stored."""

from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import coarsened
from engine.schema.head_grids import one_degree
from engine.schema.variables import Packing
from sample_data.biogeochemistry.cycle import (
    KEY_EVERY,
    PACKINGS,
    TRACERS,
    Biogeochemistry,
    Columns,
    advance,
    begin,
    with_total,
)
from sample_data.runs.day_archive import DayArchive
from sample_data.runs.run import Run
from sample_data.waves.wave_model import WaveModel, at_half_degree, wave_model

Array = NDArray[np.floating]

FIRST_DAY = 90
"""First stored day, set by hand: earlier eddies still resemble the day that all runs share."""

START = Path(str(files("sample_data") / "biogeochemistry_start"))
"""Day 0 of all runs: the third year of the model under the climatology."""


class RunWaves:
    """Significant wave height of the days of a run; stored days are 1-degree fields in its folder `waves`, to 1 cm."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.archive = DayArchive(run.folder / "waves", coarsened(4).wet_surface, {"swh": Packing(0.01)})
        self._model: WaveModel | None = None

    def height(self, day: int) -> Array:
        """Return significant wave height (360, 720) in m: as stored, else computed from the weather of the days before."""
        coarse = self.archive.read(day)["swh"] if self.archive.holds(day) else self._moved_to(day).height()
        return at_half_degree(coarse, day)

    def build(self, last: int, first: int = FIRST_DAY, progress: Progress = no_progress) -> None:
        """Store days `first` to `last`; those that are stored stay."""
        for day in range(first, last + 1):
            if not self.archive.holds(day):
                self.archive.write(day, {"swh": self._moved_to(day).height()})
                progress((day - first + 1) / (last - first + 1), f"waves of sample day {day}")

    def _moved_to(self, day: int) -> WaveModel:
        if self._model is None or not 0 <= day - self._model.day <= 10:
            self._model = wave_model(self.run.seed, day)
        while self._model.day < day:
            self._model.step()
        return self._model


class RunBiogeochemistry:
    """The eight fields of biogeochemistry of the days of a run, stored in its folder `biogeochemistry`.

    `columns` gives the state of a sample day on the 1-degree grid. Every eighth day is an exact start, so that a run with
    only those days can compute all days after the first of them.
    """

    def __init__(self, run: Run, columns: Columns) -> None:
        self.run, self.columns = run, columns
        self.archive = DayArchive(run.folder / "biogeochemistry", one_degree().wet_surface, PACKINGS)
        self._model: Biogeochemistry | None = None

    def fields(self, day: int) -> dict[str, Array]:
        """Return the eight fields (180, 360): as stored, else computed from the last start before.

        Raises InputError where the run holds no start, or not the days since.
        """
        if self.archive.holds(day):
            return with_total(self.archive.read(day))
        return self._moved_to(day).fields()

    def build(self, last: int, first: int = FIRST_DAY, progress: Progress = no_progress) -> None:
        """Store days `first` to `last`, with the starts before; those that are stored stay."""
        for day in range(0, last + 1):
            wanted = day >= first or day % KEY_EVERY == 0
            if wanted and not self.archive.holds(day):
                self.archive.write(day, self._moved_to(day).fields())
                progress((day + 1) / (last + 1), f"biogeochemistry of sample day {day}")

    def _moved_to(self, day: int) -> Biogeochemistry:
        if self._model is None or not 0 <= day - self._model.day <= KEY_EVERY:
            self._model = self._started_before(day)
        while self._model.day < day:
            advance(self._model, self.run.seed, self.columns)
        return self._model

    def _started_before(self, day: int) -> Biogeochemistry:
        starts = [stored for stored in self.archive.days if stored <= day and stored % KEY_EVERY == 0]
        if not starts and 0 not in self.run.days:
            raise InputError(
                f"run {self.run.folder} holds no biogeochemistry from which sample day {day} can be reached; build it with "
                "`goms sample build --biogeochemistry`"
            )
        start = starts[-1] if starts else 0
        archive = self.archive if starts else DayArchive(START, self.archive.mask, {n: PACKINGS[n] for n in TRACERS})
        return begin(start, archive.read(start), self.run.seed, self.columns)
