"""Build runs of the sample ocean, resume them after a kill, and start its dynamics from any stored day."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.runtime.atomic import write_atomically
from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid, quarter_degree
from sample_data.ocean.sample_ocean import SampleOcean, Surface
from sample_data.runs.run import Run

CHECKPOINT_EVERY = 10


def build(days: int, seed: int, folder: Path | None = None, progress: Progress = no_progress, grid: Grid | None = None) -> Run:
    """Simulate sample days 0 to `days` of `seed` into `folder` (default: seed-K among the user's runs) and return the run.

    Stored days are kept: a killed build resumes from its last checkpoint and gives the same arrays. Raises InputError for a
    folder that holds another run.
    """
    if days < 0 or seed < 0:
        raise InputError(f"sample build was asked for {days} days of seed {seed}; expected numbers from 0")
    run = Run.create(folder or runs_folder() / f"seed-{seed}", seed, grid or quarter_degree())
    if len(run.days) > days:
        return run
    ocean = SampleOcean(run.grid, seed)
    saved = run.folder / "checkpoint.npz"
    if saved.exists():
        with np.load(saved) as state:
            ocean.restore(state)
    while True:
        run.append(ocean.day, dict(zip(("zos", "surface_temperature", "surface_salinity"), ocean.surface, strict=True)))
        progress(min(ocean.day / max(days, 1), 1.0), f"sample day {ocean.day}")
        if ocean.day % CHECKPOINT_EVERY == 0 or ocean.day >= days:
            _save(saved, ocean)
        if ocean.day >= days:
            return run
        ocean.step()


def _save(path: Path, ocean: SampleOcean) -> None:
    write_atomically(path, lambda file: np.savez(file, **ocean.checkpoint()))  # type: ignore[arg-type]


def floor_run(run: Run, start_day: int, days: int) -> Iterator[Surface]:
    """Yield zos, surface temperature and salinity (h, w), NaN on land, of `days` days after `start_day` without future noise.

    The sample's dynamics and weather from the stored start: the least error that a forecast of the run can have.
    """
    ocean = SampleOcean(run.grid, run.seed, noise=0)
    fields = run.zos(start_day), run.surface_temperature(start_day), run.surface_salinity(start_day)
    ocean.start_from(start_day, fields)
    land = ~run.grid.wet_surface
    for _ in range(days):
        ocean.step()
        zos, temperature, salinity = (np.where(land, np.float32(np.nan), field) for field in ocean.surface)
        yield zos, temperature, salinity
