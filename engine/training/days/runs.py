"""Runs of consecutive training days, each day with a fingerprint of its content; none bridges a missing day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch

from engine.models.layers.window import Window
from engine.schema.constants import DAY

SEQUENCE_DAYS = 7
"""Length of a packed sequence, and of the days that are held back for validation without a split by date."""

MANY = 8
"""Lengths of a sequence of which a source has one held back for validation; set by hand."""


class DayReader(Protocol):
    """Days of channels on the training grid."""

    @property
    def name(self) -> str:
        """Return the name of the source of the days."""
        ...

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns of the grid."""
        ...

    def read(self, day: np.datetime64, channels: slice, window: Window, reach: int) -> torch.Tensor:
        """Return packed channels (c, H, W) int16 of a day on a window and `reach` cells around it, as `Window.cut` does."""
        ...


@dataclass(frozen=True)
class Run:
    """Consecutive days from `first` (datetime64[D]) of one reader; `contents` are fingerprints of what is read of each."""

    reader: DayReader
    first: np.datetime64
    contents: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.contents)

    @property
    def name(self) -> str:
        """Return the name of the source and the first day, such as `hycom__2000-01-01`."""
        return f"{self.reader.name}__{self.first}"

    @property
    def days(self) -> np.ndarray:
        """Return the dates, datetime64[D]."""
        return self.first + np.arange(len(self)) * DAY

    def part(self, begin: int, end: int) -> "Run":
        """Return days [begin, end), counted from 0."""
        return replace(self, first=self.first + begin * DAY, contents=self.contents[begin:end])

    def read(self, number: int, channels: slice, window: Window, reach: int = 0) -> torch.Tensor:
        """Return packed channels (c, H, W) int16 of day `number`, counted from 0, on a window and `reach` cells around it."""
        if not 0 <= number < len(self):
            raise IndexError(f"run {self.name} has {len(self)} days and no day {number}")
        return self.reader.read(self.first + number * DAY, channels, window, reach)

    def whole(self, number: int, channels: slice = slice(None)) -> torch.Tensor:
        """Return packed channels (c, h, w) int16 of day `number` on the whole grid."""
        return self.read(number, channels, Window(0, self.reader.shape[0], 0, self.reader.shape[1]))


def runs_of(reader: DayReader, contents: Mapping[np.datetime64, str]) -> tuple[Run, ...]:
    """Return the runs of consecutive days among the dates of `contents`."""
    days = np.array(sorted(contents), dtype="datetime64[D]")
    pieces = np.split(days, np.flatnonzero(np.diff(days) != DAY) + 1)
    return tuple(Run(reader, piece[0], tuple(contents[day] for day in piece)) for piece in pieces if piece.size)


def within(runs: Iterable[Run], first: np.datetime64, last: np.datetime64) -> tuple[Run, ...]:
    """Return the parts of runs from `first` to `last`, both included."""
    found = []
    for run in runs:
        begin, end = (int(min(max((day - run.first) / DAY, 0), len(run))) for day in (first, last + DAY))
        if begin < end:
            found.append(run.part(begin, end))
    return tuple(found)


def hold_back(runs: Sequence[Run], gap: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return the runs for training, and the last days of every source with many days for validation.

    Where these are the end of a longer run, `gap` days before them are left out.
    """
    kept, held = list(runs), []
    for name in {run.reader.name for run in runs}:
        own = [run for run in kept if run.reader.name == name]
        last = own[-1]
        length = min(len(last), SEQUENCE_DAYS)
        if sum(map(len, own)) < MANY * length:
            continue
        held.append(last.part(len(last) - length, len(last)))
        place, left = kept.index(last), len(last) - length - gap
        kept[place : place + 1] = [last.part(0, left)] if left > 0 else []
    return tuple(kept), tuple(sorted(held, key=lambda run: run.name))
