"""The predictability floor: the sample's dynamics from a stored start, without the noise of the following days."""

from pathlib import Path
from shutil import rmtree

from engine.runtime.progress import Progress
from engine.schema.grid import Grid
from sample_data.runs.build import floor_run
from sample_data.runs.field_archive import KEY_EVERY
from sample_data.runs.run import Run
from sample_data.source import SampleSource

FIELDS = ("zos", "surface_temperature", "surface_salinity")


def floor_source(stored: Run, day: int, longest: int, folder: Path, grid: Grid, progress: Progress) -> SampleSource:
    """Return `longest` days from `day` without future noise as a run in `folder`, computed once and read like any other."""
    if not folder.exists() or day + longest not in Run.open(folder).days:
        rmtree(folder, ignore_errors=True)
        run = Run.create(folder, stored.seed, stored.grid)
        for earlier in range(day - day % KEY_EVERY, day + 1):
            run.append(earlier, {name: getattr(stored, name)(earlier) for name in FIELDS})
        for lead, surface in enumerate(floor_run(stored, day, longest), start=1):
            run.append(day + lead, dict(zip(FIELDS, surface, strict=True)))
            progress(lead / longest, f"floor, day {lead}")
    return SampleSource(folder=folder, grid=grid)
