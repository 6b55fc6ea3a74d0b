"""Features of a frozen backbone for the days of a run, computed once and kept for the training of heads."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.models.forecaster import Forecaster
from engine.runtime.atomic import replacing
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import TIME_STEP
from engine.schema.sample_calendar import sample_date
from engine.sources import initial_state
from sample_data.runs.run import Run
from sample_data.source import SampleSource


class FeatureStore:
    """Features (d, h / 8, w / 8) float16 by seed and day in `folder`, which belongs to one set of backbone weights.

    Those of a day are what the backbone sees when it forecasts that day: the state of the day before and the day's weather.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, seed: int, day: int) -> Path:
        """Return the file of a day."""
        return self.folder / f"seed-{seed}-{day:04d}.npy"

    def __call__(self, seed: int, day: int) -> np.ndarray:
        """Return the features of a day; raises FileNotFoundError where they were not computed."""
        return np.load(self.path(seed, day))

    def fill(self, run: Run, days: Iterable[int], model: Forecaster, progress: Progress = no_progress) -> None:
        """Compute what is missing of `days` of a run; raises InputError where the day before is not in the run."""
        source = SampleSource(folder=run.folder, grid=model.grid)
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [day for day in days if not self.path(run.seed, day).exists()]
        for number, day in enumerate(missing):
            time = sample_date(day) - TIME_STEP
            state = model.prepare(initial_state(source, time))
            _, features = model.step(state, source.forcing(time), source.forcing(time + TIME_STEP), time)
            with replacing(self.path(run.seed, day)) as temporary, temporary.open("wb") as file:
                np.save(file, features.float().cpu().numpy().astype(np.float16))
            progress((number + 1) / len(missing), f"features of seed {run.seed}, sample day {day}")
