"""The climatology by time and level on a store's grid, for anomalies and derived fields."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from engine.diagnostics.fields import Levels
from engine.physics.displaced_state import climatology
from engine.schema.grid import Grid


def climatology_reader(grid: Grid) -> Callable[[np.datetime64], Levels]:
    """Return a function of time that gives a reader of the climatology on `grid`, by variable and level number (h, w).

    It keeps the last two days in memory.
    """
    day = lru_cache(maxsize=2)(lambda time: climatology(grid, time))

    def at(time: np.datetime64) -> Levels:
        def read(name: str, level: int) -> np.ndarray:
            field = day(time)[name]
            return field[level] if field.ndim == 3 else field

        return read

    return at
