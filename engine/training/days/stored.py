"""Days of an analysis store read directly, without a copy: the chunks under a window, and the air of the source."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

import numpy as np
import torch

from engine.models.layers.window import Window
from engine.physics.climatology import day_of_year
from engine.physics.displaced_state import climatology
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS
from engine.schema.variables import FILL, PROGNOSTIC, VARIABLES
from engine.sources.analysis import AnalysisSource
from engine.stores.layout import CHUNK
from engine.training.days.identity import day_contents, require_complete
from engine.training.days.packing import CHANNELS, pack_field, stored_as_packed
from engine.training.days.runs import Run, runs_of

MOST_READ = 512 << 20
"""Bytes of read chunks that are kept: three days at 1/4 degree, since windows of an update lie on few days. Set by hand."""

MOST_FILLED = 256 << 20
"""Bytes of climatology that are kept for cells that the store lacks: a whole year where 1 % of the water is. Set by hand."""

FIRST = {name: number for number, name in reversed([(n, channel.variable) for n, channel in enumerate(CHANNELS)])}
"""Number of the first channel of a variable."""

Block = dict[str, np.ndarray]
Kept = TypeVar("Kept")


class StoredDays:
    """The finished days of a global analysis on the grid of its source, as a `DayReader`.

    What is read of a day is what `pack` makes of the source's state and air, to the last bit. Safe to use from several threads.
    Raises InputError for a store that lacks whole fields.
    """

    def __init__(self, source: AnalysisSource) -> None:
        require_complete(source)
        self.name, self._source, self._store, self._grid = source.name, source, source.store, source.grid
        self._leads = {self._store.valid_time(lead).astype("datetime64[D]"): lead for lead in self._store.leads}
        self.recent = Recent(MOST_READ)
        self._filled = Recent(MOST_FILLED)
        self._gaps: Block | None = None
        self._lock = Lock()

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns of the grid."""
        return self._grid.shape

    def runs(self) -> tuple[Run, ...]:
        """Return the runs of consecutive finished days with the fingerprints of the days."""
        days = list(self._leads)
        return runs_of(self, dict(zip(days, day_contents(self._source, days, self._grid), strict=True)))

    def read(self, day: np.datetime64, channels: slice, window: Window, reach: int) -> torch.Tensor:
        """Return packed channels (c, H, W) int16 of a day on a window and `reach` cells around it, as `Window.cut` does."""
        first, last, _ = channels.indices(len(CHANNELS))
        height, width = self.shape
        rows = slice(max(window.row - reach, 0), min(window.row + window.rows + reach, height))
        start, count, pieces = (window.column - reach) % width, window.columns + 2 * reach, []
        while count > 0:
            taken = min(count, width - start)
            pieces.append(self._rectangle(day, range(first, last), rows, slice(start, start + taken)))
            start, count = 0, count - taken
        # Rows beyond a pole repeat the last one.
        above = np.arange(window.row - reach, window.row + window.rows + reach).clip(0, height - 1) - rows.start
        values = np.concatenate(pieces, axis=-1)
        return torch.from_numpy(values if above.size == values.shape[1] else values[:, above])

    def _rectangle(self, day: np.datetime64, channels: range, rows: slice, columns: slice) -> np.ndarray:
        out = np.empty((len(channels), rows.stop - rows.start, columns.stop - columns.start), np.int16)
        for name in dict.fromkeys(CHANNELS[number].variable for number in channels):
            held = range(FIRST[name], FIRST[name] + max(1, len(VARIABLES[name].depths)))
            wanted = range(max(held.start, channels.start), min(held.stop, channels.stop))
            target = out[wanted.start - channels.start : wanted.stop - channels.start]
            levels = slice(wanted.start - held.start, wanted.stop - held.start)
            if name not in PROGNOSTIC:
                target[:] = self._air(day)[held.start - len(PROGNOSTIC_CHANNELS)][None, rows, columns]
                continue
            for row in range(rows.start // CHUNK[0], -(-rows.stop // CHUNK[0])):
                for column in range(columns.start // CHUNK[1], -(-columns.stop // CHUNK[1])):
                    ours, theirs = zip(
                        _overlap(rows, row, CHUNK[0]), _overlap(columns, column, CHUNK[1]), strict=True
                    )  # fmt: skip
                    target[(slice(None), *ours)] = self._chunk(day, name, row, column)[(levels, *theirs)]
        return out

    def _air(self, day: np.datetime64) -> np.ndarray:
        """Return the packed air (5, h, w) of a day."""

        def compute() -> np.ndarray:
            air = self._source.forcing(day)
            return np.stack([pack_field(air[channel.variable], FIRST[channel.variable]) for channel in FORCING_CHANNELS])

        return self.recent.get((day, "air"), compute)

    def _chunk(self, day: np.datetime64, name: str, row: int, column: int) -> np.ndarray:
        """Return packed levels (z, rows, columns) of a variable on a chunk of the map, complete over the water of the grid."""
        return self.recent.get((day, name, row, column), lambda: self._decoded(day, name, row, column))

    def _decoded(self, day: np.datetime64, name: str, row: int, column: int) -> np.ndarray:
        place = tuple(slice(n * size, (n + 1) * size) for n, size in zip((row, column), CHUNK, strict=True))
        numbers = self._store.packed(name, self._leads[day], *place)
        numbers = numbers if numbers.ndim == 3 else numbers[None]
        shift = self._source.zero_shift(day) if name == "zos" else 0.0
        values = stored_as_packed(name, shift)[numbers.view(np.uint16)]
        lacking = (numbers == FILL) & self._water(name)[(slice(None), *place)]
        if lacking.any():
            values[lacking] = self._climatology(day, name, lacking, place)
        return values

    def _water(self, name: str) -> np.ndarray:
        return self._grid.wet if VARIABLES[name].depths else self._grid.wet_surface[None]

    def _climatology(self, day: np.datetime64, name: str, lacking: np.ndarray, place: tuple[slice, ...]) -> np.ndarray:
        """Return the packed climatology of the `lacking` cells of a chunk at `place`."""
        z, y, x = np.nonzero(lacking)
        height, width = self.shape
        cells = (z * height + y + place[0].start) * width + x + place[1].start
        gaps = self._usual_gaps()[name]
        found = np.searchsorted(gaps, cells).clip(0, max(gaps.size - 1, 0))
        if gaps.size and np.array_equal(gaps[found], cells):
            return self._filling(day)[name][found]
        # Cells that are water on the day of `_usual_gaps`.
        return self._seasonal(day, {name: cells})[name]

    def _usual_gaps(self) -> Block:
        """Return the water that the first day lacks, as ascending numbers of cells by variable; the provider's coast differs."""
        with self._lock:
            if self._gaps is None:
                lead = next(iter(self._leads.values()))
                whole = slice(None), slice(None)
                self._gaps = {
                    name: np.flatnonzero((self._store.packed(name, lead, *whole) == FILL) & np.squeeze(self._water(name)))
                    for name in PROGNOSTIC
                }
            return self._gaps

    def _filling(self, day: np.datetime64) -> Block:
        # The climatology of a date is the same every year.
        time = self._store.valid_time(self._leads[day])
        return self._filled.get(round(day_of_year(time), 2), lambda: self._seasonal(day, self._usual_gaps()))

    def _seasonal(self, day: np.datetime64, cells: Block) -> Block:
        mean = climatology(self._grid, self._store.valid_time(self._leads[day]), self._source.mean)
        return {name: pack_field(mean[name].reshape(-1)[own], FIRST[name]) for name, own in cells.items()}


def _overlap(wanted: slice, number: int, size: int) -> tuple[slice, slice]:
    """Return where the chunk `number` along an axis lies in a wanted part, and which part of the chunk that is."""
    first, last = max(wanted.start, number * size), min(wanted.stop, (number + 1) * size)
    return slice(first - wanted.start, last - wanted.start), slice(first - number * size, last - number * size)


class Recent:
    """What was used last, up to so many bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes, self._lock = most, 0, Lock()
        self._held: OrderedDict[Hashable, object] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Kept]) -> Kept:
        """Return what is kept under `key`, computed where it is not."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]  # type: ignore[return-value]
        value = compute()
        with self._lock:
            if key not in self._held:
                self._held[key] = value
                self._bytes += _size(value)
            while self._bytes > self._most and len(self._held) > 1:
                self._bytes -= _size(self._held.popitem(last=False)[1])
        return value


def _size(value: object) -> int:
    arrays = value.values() if isinstance(value, dict) else [value]
    return sum(array.nbytes for array in arrays if isinstance(array, np.ndarray))
