"""Training sequences: a few consecutive days of full states and weather, packed so that any window is read quickly."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

import numpy as np
import torch

from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ResourceError
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import TIME_STEP, Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, Channel, channel_mask, to_array
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation
from engine.schema.variables import VARIABLES
from engine.sources import Source

CHANNELS = PROGNOSTIC_CHANNELS + FORCING_CHANNELS
STEPS = 60000
"""Steps of the valid range of a channel, set by hand: 0.7 mK, 0.2 mm of sea level, 0.2 mm/s, finer than a daily change."""

MANY = 8
"""Sequences of a source from which one is held back for validation; set by hand."""


def _packing(channels: Sequence[Channel]) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.array([VARIABLES[channel.variable].valid_range for channel in channels], dtype=np.float64).T
    return ((high - low) / STEPS).astype(np.float32), ((high + low) / 2).astype(np.float32)


SCALE, OFFSET = _packing(CHANNELS)


def pack(batch: Batch, forcing: Batch) -> np.ndarray:
    """Return (66, h, w) int16 of a state and its weather; missing cells become the middle of the range."""
    packed = np.zeros((len(CHANNELS), *batch.grid.shape), dtype=np.int16)
    for number, channel in enumerate(CHANNELS):
        values = to_array(batch if number < len(PROGNOSTIC_CHANNELS) else forcing, [channel])[0]
        steps = np.nan_to_num((values - OFFSET[number]) / SCALE[number], copy=False)
        packed[number] = np.rint(np.clip(steps, -32000, 32000, out=steps), out=steps)
    return packed


def unpack(numbers: torch.Tensor, first: int = 0) -> torch.Tensor:
    """Return float32 in physical units of packed channels (..., c, h, w), the first of which is number `first`."""
    chosen = slice(first, first + numbers.shape[-3])
    scale, offset = (torch.from_numpy(values[chosen]).to(numbers.device).view(-1, 1, 1) for values in (SCALE, OFFSET))
    return torch.addcmul(offset, numbers.to(torch.float32), scale)


@dataclass(frozen=True, eq=False)
class Sequences:
    """Packed sequences in a folder, each (t, 66, h, w) int16 of consecutive days of one source; `lengths` are their t."""

    folder: Path
    paths: tuple[Path, ...]
    lengths: tuple[int, ...]

    @staticmethod
    def open(folder: Path, grid: Grid, sources: Collection[str] | None = None) -> "Sequences":
        """Return the sequences in `folder` of all or some sources; raises InputError where there is none or the grid is
        another."""
        try:
            shape = tuple(json.loads((folder / "sequences.json").read_text())["shape"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise InputError(f"{folder} holds no training sequences ({error}); make them with `goms train`") from None
        if shape != grid.shape:
            raise InputError(f"training sequences in {folder} have the grid {shape}; expected {grid.shape}")
        paths = [path for path in sorted(folder.glob("*.npy")) if sources is None or _source(path) in sources]
        if not paths:
            raise InputError(f"{folder} holds no training sequence yet; make them with `goms train`")
        return Sequences(folder, tuple(paths), tuple(map(_length, paths)))

    def hold_back(self) -> tuple["Sequences", "Sequences | None"]:
        """Return the training sequences, and the last one of every source with many; None where there is no such source."""
        names = self.source_names()
        last = {number for number, name in enumerate(names) if name not in names[number + 1 :] and names.count(name) >= MANY}
        if not last:
            return self, None
        return self._of([n for n in range(len(names)) if n not in last]), self._of(sorted(last))

    def _of(self, numbers: list[int]) -> "Sequences":
        return Sequences(self.folder, tuple(self.paths[n] for n in numbers), tuple(self.lengths[n] for n in numbers))

    def read(self, number: int) -> torch.Tensor:
        """Return a sequence (t, 66, h, w) int16, mapped from disk: only the used parts are read."""
        # Copy-on-write, because torch warns about read-only arrays.
        return torch.from_numpy(np.load(self.paths[number], mmap_mode="c"))

    def first_day(self, number: int) -> np.datetime64:
        """Return the date of a sequence's first state."""
        return np.datetime64(self.paths[number].stem.rpartition("__")[2], "D")

    def source_names(self) -> list[str]:
        """Return the name of the source of each sequence."""
        return [_source(path) for path in self.paths]

    def days(self) -> list[str]:
        """Return the name of each sequence: source and first day."""
        return [path.stem for path in self.paths]


def _source(path: Path) -> str:
    return path.stem.rpartition("__")[0]


def _length(path: Path) -> int:
    try:
        return int(np.load(path, mmap_mode="r").shape[0])
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


def write_sequences(
    source: Source,
    starts: Iterable[np.datetime64],
    length: int,
    folder: Path,
    grid: Grid,
    progress: Progress = no_progress,
) -> None:
    """Write one packed sequence of `length` days from each start; existing ones of that length stay.

    A killed run leaves no partial file. Raises ResourceError where the disk has no room for all of them.
    """
    if lacking := source.provenance.get("filled_from_climatology"):
        raise InputError(
            f"{source.label} has {', '.join(lacking)} from climatology alone; a network learns from complete states: choose "
            "another source"
        )
    folder.mkdir(parents=True, exist_ok=True)
    card = folder / "sequences.json"
    if not card.exists():
        card.write_text(json.dumps({"shape": list(grid.shape), "channels": [c.label for c in CHANNELS]}))
    paths = {start: folder / f"{source.name}__{str(start)[:10]}.npy" for start in starts}
    missing = [start for start, path in paths.items() if not (path.exists() and _length(path) >= length)]
    _require_room(folder, len(missing) * length * len(CHANNELS) * grid.wet_surface.size * np.dtype(np.int16).itemsize)
    for number, start in enumerate(missing):
        path = paths[start]
        progress(number / len(missing), f"training days from {start}")
        with replacing(path, shared=True) as temporary:
            array = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.int16, shape=(length, len(CHANNELS), *grid.shape))
            for step in range(length):
                time = start + step * TIME_STEP
                array[step] = pack(source.state(time), source.forcing(time))
            array.flush()
            del array
    progress(1.0, "training days")


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and deviation of the 66 channels and the typical change of the 61 prognostic ones in a day."""

    normalisation: Normalisation
    tendency: np.ndarray


def statistics(sequences: Sequences, grid: Grid, most: int = 12) -> Statistics:
    """Return statistics over wet cells of up to `most` sequences, weighted by area."""
    mask = torch.from_numpy(channel_mask(grid, CHANNELS))
    area = torch.from_numpy(grid.cell_area / grid.cell_area.mean()).to(torch.float32)
    weight = (mask * area).flatten(1)
    total = weight.sum(1).clamp_min(1e-6).double()
    sums = torch.zeros(3, len(CHANNELS), dtype=torch.float64)
    chosen = np.unique(np.linspace(0, len(sequences.paths) - 1, most).astype(int))
    for number in chosen:
        sequence = sequences.read(int(number))
        for channel in range(len(CHANNELS)):
            first, second = unpack(sequence[:2, channel : channel + 1], channel).flatten(1)
            first, second = first - OFFSET[channel], second - OFFSET[channel]
            w = weight[channel]
            for row, values in enumerate((first, first**2, (second - first) ** 2)):
                sums[row, channel] += (values * w).sum().double()
    mean, square, change = (part.numpy() for part in sums / total / len(chosen))
    std = np.sqrt(np.maximum(square - mean**2, 0))
    std = np.where(std < 1e-6, 1.0, std)
    normalisation = Normalisation(
        tuple(channel.label for channel in CHANNELS), (mean + OFFSET).astype(np.float32), std.astype(np.float32)
    )
    change = np.sqrt(change[: len(PROGNOSTIC_CHANNELS)])
    return Statistics(normalisation, np.where(change < 1e-7, 1.0, change).astype(np.float32))
