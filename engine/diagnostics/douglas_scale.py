"""The Douglas sea scale: names of sea states by significant wave height (WMO code table 3700)."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SeaState:
    """A degree of the scale: heights from `low` up to `high`, in metres."""

    degree: int
    name: str
    low: float
    high: float

    def holds(self, height: np.ndarray) -> np.ndarray:
        """Return where significant wave height (h, w) in m is of this degree; False where it is missing."""
        return (height >= self.low) & (height < self.high)


_NAMES = ("glassy", "rippled", "smooth", "slight", "moderate", "rough", "very rough", "high", "very high", "phenomenal")
_LIMITS = (0.0, 0.001, 0.1, 0.5, 1.25, 2.5, 4.0, 6.0, 9.0, 14.0, float("inf"))

DOUGLAS: tuple[SeaState, ...] = tuple(
    SeaState(degree, name, low, high) for degree, (name, low, high) in enumerate(zip(_NAMES, _LIMITS, _LIMITS[1:], strict=False))
)
"""All ten degrees, ascending."""


def shares(height: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return the share (10,) of each degree in the area where significant wave height (h, w) in m is known, weighted by `area`.

    All NaN where it is known nowhere.
    """
    total = area[np.isfinite(height)].sum()
    if not total > 0:
        return np.full(len(DOUGLAS), np.nan)
    return np.array([area[degree.holds(height)].sum() for degree in DOUGLAS]) / total
