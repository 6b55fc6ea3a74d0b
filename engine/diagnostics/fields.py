"""What a derived field is made of: stored fields at the level that is looked at, of the whole column, of the usual ocean."""

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
        """Return a stored variable at the level that is looked at."""
        return self.read(name, self.index)

    def column(self, name: str) -> np.ndarray:
        """Return a stored variable at every level (z, ...)."""
        return np.stack([self.read(name, level) for level in range(self.depth.size)])

    def usual(self, name: str) -> np.ndarray:
        """Return the climatological mean at the level that is looked at; raises InputError where there is none."""
        if self.mean is None:
            raise InputError(f"the usual {name!r} is needed and no climatology is given; give one on the same grid")
        return self.mean(name, self.index)
