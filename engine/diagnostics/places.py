"""Derived fields at chosen cells: the whole column of each at many times, for points and sections."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from engine.diagnostics.display import DISPLAY_VARIABLES, Reader, derive
from engine.diagnostics.fields import Fields, Levels


class ColumnReader(Reader, Protocol):
    """The part of a store that cells need: stored columns (n, z, m) of n leads at m cells, and their depths."""

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray: ...

    def depths(self, variable: str) -> tuple[float, ...]: ...


def derive_at(
    reader: ColumnReader,
    name: str,
    rows: np.ndarray,
    columns: np.ndarray,
    leads: list[int],
    climatology: Callable[[np.datetime64], Levels] | None = None,
) -> np.ndarray:
    """Return a display variable (n, z, m) float32 of n leads at m cells; z is 1 for a field without levels.

    The values are those of `derive`. Fields with horizontal derivatives need maps of every level and take much longer.
    `climatology` is needed for eddies. Raises InputError for a variable or lead that is not stored.
    """
    shown = DISPLAY_VARIABLES[name]
    levels = reader.depths(shown.needs[0])
    chosen = range(max(1, len(shown.depths(levels))))
    if shown.of_neighbours:
        maps = ((derive(reader, name, lead, level) for level in chosen) for lead in leads)
        return np.array([[field[rows, columns] for field in column] for column in maps], np.float32)
    stored = {needed: reader.points(needed, rows, columns, leads) for needed in shown.needs}
    depth = np.asarray(levels or (0.0,))

    def mean_at(time: np.datetime64) -> Levels | None:
        if climatology is None:
            return None
        mean = climatology(time)
        return lambda needed, level: mean(needed, level)[rows, columns]

    values = np.empty((len(leads), len(chosen), len(rows)), np.float32)
    for number, lead in enumerate(leads):
        mean = mean_at(reader.valid_time(lead))
        for level in chosen:
            fields = Fields(lambda needed, at, number=number: stored[needed][number, at], level, depth, mean)  # type: ignore[misc]
            values[number, level] = shown.compute(fields, reader.grid)
    return values
