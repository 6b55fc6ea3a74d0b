"""Features of a frozen backbone for the days of a series, computed once and stored for the training of heads."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.models.forecaster import Forecaster
from engine.runtime.atomic import replacing
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import TIME_STEP
from engine.sources import DaySeries, day_name, initial_state


class FeatureStore:
    """Features (d, h / 8, w / 8) float16 by series and day in `folder`, which belongs to one set of backbone weights.

    Those of a day are computed for its forecast: from the state of the day before and the day's weather.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, series: str, time: np.datetime64) -> Path:
        """Return the file of a day of the series of that name."""
        return self.folder / f"{series}__{time.astype('datetime64[D]')}.npy"

    def __call__(self, series: str, time: np.datetime64) -> np.ndarray:
        """Return the features of a day; raises FileNotFoundError where they were not computed."""
        return np.load(self.path(series, time))

    def fill(
        self, series: DaySeries, times: Iterable[np.datetime64], model: Forecaster, progress: Progress = no_progress
    ) -> None:
        """Compute the missing `times` of a series; raises InputError where the day before is not in it."""
        source = series.on_grid(model.grid)
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [time for time in times if not self.path(series.name, time).exists()]
        for number, target in enumerate(missing):
            time = target - TIME_STEP
            state = model.prepare(initial_state(source, time))
            _, features = model.step(state, source.forcing(time), source.forcing(target), time)
            with replacing(self.path(series.name, target)) as temporary, temporary.open("wb") as file:
                np.save(file, features.float().cpu().numpy().astype(np.float16))
            progress((number + 1) / len(missing), f"features of {series.name}, {day_name(series, target)}")
