"""The fast response of sea level to the weather: sea level falls under a lasting high and rises under a low.

It replaces the barotropic response, so that sea level changes within days with the weather. Illustrative; set by hand.
"""

import numpy as np

from engine.schema.constants import GRAVITY, WATER_DENSITY
from engine.schema.grid import Grid

DENSITY_GRAVITY = WATER_DENSITY * GRAVITY
SHARE = 0.3
"""Metres of sea level per metre of water that the pressure anomaly weighs."""

DELAY_DAYS = 1.0
MEMORY_DAYS = 9
"""Days after which earlier pressure no longer counts: exp(-9) is 0.1 per mille."""


class FastResponse:
    """Sea level (h, w) in metres that follows pressure anomalies with a delay; `value` is that of the present day."""

    def __init__(self, grid: Grid) -> None:
        latitude = np.abs(grid.lat)[:, None]
        self._share = (SHARE / DENSITY_GRAVITY * np.clip((latitude - 5) / 10, 0, 1)).astype(np.float32)
        self._area = np.where(grid.wet_surface, grid.cell_area, 0)
        self.value = np.zeros(grid.shape, np.float32)

    def advance(self, pressure_anomaly: np.ndarray) -> None:
        """Advance by one day under the new day's pressure anomaly (h, w) in Pa."""
        target = -self._share * np.nan_to_num(pressure_anomaly)
        target -= np.float32((target * self._area).sum() / self._area.sum())
        kept = np.float32(np.exp(-1 / DELAY_DAYS))
        self.value = kept * self.value + (1 - kept) * target
