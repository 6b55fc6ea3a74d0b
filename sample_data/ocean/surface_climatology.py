"""Target of the relaxation of the mixed layer: observed surface temperature, salinity and mixed-layer depth of each day."""

from functools import lru_cache

import numpy as np

from engine.physics.climatology import atlas as observed_atlas
from engine.physics.climatology import interpolate, mixed_layer_depth, on_day
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date


class SurfaceClimatology:
    """Observed surface fields (h, w) of a grid by sample day, land included; fractions of a day are interpolated."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._salinity = interpolate(observed_atlas().fields["so"][0], grid)
        self._temperature = lru_cache(maxsize=3)(self._temperature_on)
        self.mixed_layer = lru_cache(maxsize=2)(self._mixed_layer_on)

    def _temperature_on(self, day: int) -> np.ndarray:
        return interpolate(on_day("thetao", sample_date(day))[0], self.grid)

    def _mixed_layer_on(self, day: int) -> np.ndarray:
        return mixed_layer_depth(self.grid, sample_date(day))

    def temperature(self, time: float) -> np.ndarray:
        """Return surface temperature (h, w) degC at `time` in sample days."""
        day = int(np.floor(time))
        share = np.float32(time - day)
        if share == 0:
            return self._temperature(day)
        return self._temperature(day) * (1 - share) + self._temperature(day + 1) * share

    def salinity(self) -> np.ndarray:
        """Return surface salinity (h, w), the same all year."""
        return self._salinity
