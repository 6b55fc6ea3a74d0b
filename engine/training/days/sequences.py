"""Packed sequences: consecutive days of a computed source in one file, packed so that any window is read quickly."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

import numpy as np
import torch

from engine.models.layers.window import Window
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ResourceError
from engine.runtime.progress import Progress, no_progress
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.sources import Source
from engine.training.days.identity import day_contents, require_complete
from engine.training.days.packing import CHANNELS, pack
from engine.training.days.runs import Run


@dataclass(frozen=True)
class PackedDays:
    """The days of one file (t, 66, h, w) int16, from `first` on; it is mapped, so that only the used parts are read."""

    path: Path
    name: str
    first: np.datetime64
    shape: tuple[int, int]

    def read(self, day: np.datetime64, channels: slice, window: Window, reach: int) -> torch.Tensor:
        """Return packed channels (c, H, W) int16 of a day on a window and `reach` cells around it, as `Window.cut` does."""
        # Copy-on-write, because torch warns about read-only arrays.
        whole = torch.from_numpy(np.load(self.path, mmap_mode="c")[int((day - self.first) / DAY), channels])
        return window.cut(whole, reach).clone()


def write_sequences(
    source: Source,
    starts: Iterable[np.datetime64],
    length: int,
    folder: Path,
    grid: Grid,
    progress: Progress = no_progress,
    share: slice = slice(None),
) -> tuple[Run, ...]:
    """Write the missing ones of packed sequences of `length` days from each start, or a `share` of them, and return all.

    The content of the days is part of a file's name, so that days of another source of the same name never take their place. A
    killed run leaves no partial file. Raises ResourceError where the disk has no room, InputError for a source that lacks
    whole fields and for a damaged file.
    """
    require_complete(source)
    folder.mkdir(parents=True, exist_ok=True)
    runs = tuple(_sequence(source, start.astype("datetime64[D]"), length, folder, grid) for start in starts)
    missing = [run for run in runs if not _is_written(_file(run), length)]
    _require_room(folder, len(missing) * length * len(CHANNELS) * grid.wet_surface.size * np.dtype(np.int16).itemsize)
    mine = [run for run in runs[share] if run in missing]
    for number, run in enumerate(mine):
        progress(number / len(mine), f"training days from {run.first}")
        with replacing(_file(run), shared=True) as temporary:
            array = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.int16, shape=(length, len(CHANNELS), *grid.shape))
            for step, day in enumerate(run.days):
                array[step] = pack(source.state(day), source.forcing(day))
            array.flush()
            del array
    progress(1.0, "training days")
    return runs


def _sequence(source: Source, start: np.datetime64, length: int, folder: Path, grid: Grid) -> Run:
    contents = day_contents(source, start + np.arange(length) * DAY, grid)
    content = hashlib.sha256("".join(contents).encode()).hexdigest()[:12]
    path = folder / f"{source.name}-{content}__{start}.npy"
    return Run(PackedDays(path, source.name, start, grid.shape), start, contents)


def _file(run: Run) -> Path:
    assert isinstance(run.reader, PackedDays)
    return run.reader.path


def _is_written(path: Path, length: int) -> bool:
    if not path.exists():
        return False
    try:
        return int(np.load(path, mmap_mode="r").shape[0]) == length
    except (ValueError, EOFError, IndexError) as error:
        raise InputError(f"training sequence {path} is damaged ({error}); delete it, `goms train` makes it again") from error


def _require_room(folder: Path, needed: int) -> None:
    """Refuse data that the disk cannot hold: writing past its end through a memory map kills the process without an error."""
    free = disk_usage(folder).free
    if needed > free:
        raise ResourceError(
            f"the packed training days need {needed / 1e9:.1f} GB in {folder}, which has {free / 1e9:.1f} GB free: "
            "free space (`goms stores` shows sizes) or choose a folder on a larger disk with --home"
        )
