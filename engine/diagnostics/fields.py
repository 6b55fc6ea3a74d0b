"""Inputs of a derived field: stored fields at a level, of the whole column, and of the climatology."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.runtime.errors import InputError

Levels = Callable[[str, int], np.ndarray]
"""Gives a stored variable at a level number: a field (h, w), or a row of points (n,)."""


@dataclass(frozen=True)
class Fields:
    """Stored fields at one time: `fields(name)` is that of the level `index`; `depth` (z,) are the levels in metres."""

    read: Levels
    index: int
    depth: np.ndarray
    mean: Levels | None = None

    def __call__(self, name: str) -> np.ndarray:
        """Return a stored variable at the level `index`."""
        return self.read(name, self.index)

    def column(self, name: str) -> np.ndarray:
        """Return a stored variable at every level (z, ...)."""
        return np.stack([self.read(name, level) for level in range(self.depth.size)])

    def climatology(self, name: str) -> np.ndarray:
        """Return the climatology at the level `index`; raises InputError where there is none."""
        if self.mean is None:
            raise InputError(f"the climatology of {name!r} is not given; expected one on the same grid: pass `climatology`")
        return self.mean(name, self.index)
