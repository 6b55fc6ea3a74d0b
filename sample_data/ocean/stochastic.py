"""Weak random forcing that sustains the eddies of the one-layer ocean: smooth in space, ten days' memory, seeded.

Its constants are set by hand.
"""

import numpy as np

from engine.schema.constants import EARTH_RADIUS
from sample_data.ocean.inversion import HelmholtzSolver

MEMORY = 10.0
"""Decorrelation time of the forcing in days."""

SCALE = 1.0
"""Filter length in deformation radii c / |f|; two passes make blobs of about twice that radius."""

LONGEST = 120e3


class SmoothNoise:
    """A Gaussian field of unit variance with ten days' memory; the same `seed` gives the same fields, day by day.

    `lat` (h,) degrees, `columns`, `radius` (h,) deformation radius in metres. `value` is the field (h, w) of the present day.
    """

    def __init__(self, lat: np.ndarray, columns: int, radius: np.ndarray, seed: int) -> None:
        spacing = EARTH_RADIUS * np.deg2rad(lat[1] - lat[0])
        length = np.clip(SCALE * radius, 1.2 * spacing, max(LONGEST, 1.2 * spacing))
        self.seed = seed
        self._length2 = (length**2).astype(np.float32)[:, None]
        self._solver = HelmholtzSolver(lat, columns, 1 / length**2)
        probes = [
            self._filter(np.random.default_rng(probe).standard_normal((lat.size, columns), np.float32)) for probe in range(4)
        ]
        spread = np.sqrt(np.mean([(probe**2).mean(axis=1) for probe in probes], axis=0))
        self._per_spread = (1 / spread).astype(np.float32)[:, None]
        self.value = self._fresh(0)

    def _filter(self, white: np.ndarray) -> np.ndarray:
        for _ in range(2):
            white = self._solver.invert(-white / self._length2)
        return white

    def _fresh(self, day: int) -> np.ndarray:
        shape = (self._length2.shape[0], self._solver.columns)
        generator = np.random.Generator(np.random.Philox(key=[self.seed, day]))
        return self._filter(generator.standard_normal(shape, np.float32)) * self._per_spread

    def advance(self, day: int) -> None:
        """Advance `value` to `day` (one day after the last)."""
        kept = np.float32(np.exp(-1 / MEMORY))
        self.value = kept * self.value + np.sqrt(1 - kept**2) * self._fresh(day)
