"""The climatological ocean by time and level, as derived fields ask for it."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from engine.diagnostics.fields import Levels
from engine.physics.displaced_state import climatology
from engine.schema.grid import Grid


def usual_ocean(grid: Grid) -> Callable[[np.datetime64], Levels]:
    """Return what gives the mean ocean of a time on `grid`: a stored variable at a level number (h, w); the last two are kept."""
    day = lru_cache(maxsize=2)(lambda time: climatology(grid, time))

    def at(time: np.datetime64) -> Levels:
        def read(name: str, level: int) -> np.ndarray:
            field = day(time)[name]
            return field[level] if field.ndim == 3 else field

        return read

    return at
