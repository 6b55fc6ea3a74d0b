"""Eddies of the Kuroshio box at 1/12 degree, nested in the global run: their difference from its interpolation.

The dynamics are those of `sample_data.ocean.dynamics`. The state is the anomaly of potential vorticity from the interpolated
global run, so that the flow at the sides is the global one and only the anomaly is inverted, by sine transforms. Constants
without a source are set by hand.
"""

import numpy as np
from scipy import ndimage

from engine.schema.constants import GRAVITY, SECONDS_PER_DAY
from engine.schema.grid import Grid
from sample_data.kuroshio.box_inversion import BoxSolver
from sample_data.ocean.dynamics import STEERING, coriolis_off_equator, wave_speed
from sample_data.ocean.kernels import HALO, Basin, advance, pad_fields

STEPS_A_DAY = 72
"""Steps of 20 minutes: a current of 2.5 m/s then crosses half a cell at 50N."""

BORDER = 4
"""Outer cells with the values of the global run, since the stencils reach across the sides there."""

RELAXATION_CELLS = 24
RELAXATION_DAYS = 0.5
"""Width of the relaxation zone along the sides in cells, and its time scale at the outer end in days."""

COAST_DAYS = 3.0
NUDGING_DAYS = 10.0
NUDGING_LENGTH = 180e3
"""Wavelength in m above which the field relaxes to the global run in `NUDGING_DAYS`, so that both have the same eddies."""

NUDGINGS_A_DAY = 8


class NestedEddies:
    """Anomaly of the box's potential vorticity from the global run; `mean` (h + 2, w + 2) is the steady height in m."""

    def __init__(self, grid: Grid, mean: np.ndarray) -> None:
        lat = grid.lat
        f, speed = coriolis_off_equator(lat), wave_speed(lat)
        self.wet, self.height_to_psi = grid.wet_surface, (GRAVITY / f).astype(np.float32)[:, None]
        self.solver = BoxSolver(lat, grid.lon, (f / speed) ** 2)
        size_y, _ = self.solver.cell_size
        self._f = f.astype(np.float32)
        self._beta = np.gradient(f, size_y).astype(np.float32)
        self._per_dy = np.float32(1 / size_y)
        self._per_dx = np.sqrt(self.solver.zonal).astype(np.float32)
        self._screening = self.solver.screening.astype(np.float32)
        self._steering = (STEERING * self.solver.screening).astype(np.float32)
        inside = np.zeros(grid.shape, dtype=bool)
        inside[BORDER:-BORDER, BORDER:-BORDER] = True
        self._active = (self.wet & inside).astype(np.float32)
        self._keep = np.exp(-self._damping() / STEPS_A_DAY).astype(np.float32) * self._active
        self._set_mean(mean)
        self.anomaly = np.zeros(grid.shape, np.float32)
        self._zeta = np.zeros((lat.size, grid.lon.size + 2 * HALO), np.float32)
        self._psi = np.zeros_like(self._zeta)

    def _damping(self) -> np.ndarray:
        land = np.pad(~self.wet, 1, mode="edge")
        near = ndimage.binary_dilation(land, iterations=3)[1:-1, 1:-1] / COAST_DAYS
        return np.maximum(near, side_share(self.wet.shape) / RELAXATION_DAYS)

    def _set_mean(self, mean: np.ndarray) -> None:
        f = self._f.astype(np.float64)[:, None]
        north = (mean[1:-1, 2:] - mean[1:-1, :-2]) / 2 * self._per_dx[:, None] * GRAVITY / f
        east = -(mean[2:, 1:-1] - mean[:-2, 1:-1]) / 2 * self._per_dy * GRAVITY / f
        cosine = 1 / self._per_dx[:, None].astype(np.float64)
        vorticity = (
            np.gradient(north, axis=1) * self._per_dx[:, None] - np.gradient(east * cosine, axis=0) * self._per_dy / cosine
        )
        slopes = np.gradient(vorticity, axis=1) * self._per_dx[:, None], np.gradient(vorticity, axis=0) * self._per_dy
        flow = (np.stack([east, north]) * self._active).astype(np.float32)
        gradient = (np.stack(slopes) * self._active).astype(np.float32)
        self._basin = Basin(flow, gradient, self._active, self._f, self._beta, self._steering, self._per_dx, self._per_dy)

    def stream_function(self, psi: np.ndarray) -> np.ndarray:
        """Return the eddies' stream function (h, w) in m2/s over that of the global run on the box, `psi` (h, w)."""
        return psi + self.solver.invert(self.anomaly)

    def run(self, before: np.ndarray, after: np.ndarray, first: int, steps: int) -> None:
        """Compute `steps` of the 72 of a day from number `first`, `before` and `after` (h + 2, w + 2) the global psi at its
        ends."""
        change = (after - before) / np.float32(STEPS_A_DAY)
        source, step = self.solver.apply(change), np.float32(SECONDS_PER_DAY / STEPS_A_DAY)
        drift = -source * self._active / step
        psi = before + change * first
        vorticity = self.solver.apply(psi)
        inner = (slice(1, -1), slice(1, -1))
        psi, change = psi[inner].copy(), change[inner]
        out = np.zeros_like(self.anomaly)
        for _ in range(steps):
            current = self.anomaly
            for part, time in ((3, 0.0), (2, 1 / 3), (1, 0.5)):
                total_psi = psi + np.float32(time) * change + self.solver.invert(current)
                total = vorticity + np.float32(time) * source + current
                pad_fields(total, total_psi, self._screening, self._zeta, self._psi)
                target = out if part != 2 else np.zeros_like(out)
                advance(self.anomaly, target, step / np.float32(part), self._zeta, self._psi, drift, self._basin)
                current = target
            self.anomaly = current * self._keep
            psi += change
            vorticity += source

    def nudge(self) -> None:
        """Relax the large scales towards the global run, for an eighth of a day."""
        large = self.solver.low_pass(self.anomaly, NUDGING_LENGTH)
        self.anomaly -= np.float32(1 / (NUDGING_DAYS * NUDGINGS_A_DAY)) * large * self._active


def side_share(shape: tuple[int, int]) -> np.ndarray:
    """Return 1 in the border of the box (h, w), decreasing to 0 within the relaxation zone."""
    rows, columns = (np.minimum(np.arange(n), n - 1 - np.arange(n)) for n in shape)
    position = np.clip((RELAXATION_CELLS - np.minimum(rows[:, None], columns[None])) / (RELAXATION_CELLS - BORDER), 0, 1)
    return position**2
