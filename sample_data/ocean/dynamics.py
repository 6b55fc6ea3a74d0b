"""Sea surface height of the sample ocean: one active layer of quasi-geostrophic eddies over a steady flow.

After Ubelmann et al. 2015 (doi 10.1175/JTECH-D-14-00152.1). Only relative vorticity is advected: the flow follows the
height contours, so it does not advect stretching. Constants without a source are set by hand.
"""

import numba
import numpy as np
from scipy import ndimage

from engine.physics.geostrophy import beta, coriolis
from engine.schema.constants import EARTH_RADIUS, GRAVITY, SECONDS_PER_DAY
from engine.schema.grid import Grid
from sample_data.ocean.day_zero import DayZero, day_zero, masked_smooth
from sample_data.ocean.inversion import HelmholtzSolver
from sample_data.ocean.kernels import HALO, Basin, advance, pad_fields
from sample_data.ocean.stochastic import MEMORY, SmoothNoise

STEPS_A_DAY = 12
EDGE = 75.0
"""Degrees; poleward of it there are no eddies."""

WAVE_SPEED_LATITUDES = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 90)
WAVE_SPEEDS = (2.9, 2.85, 2.7, 2.6, 2.55, 2.45, 2.3, 2.1, 1.85, 1.6, 1.4, 1.25, 1.15, 1.1, 1.1, 1.1)
"""Zonal mean speed of the first baroclinic mode, m/s, against latitude (Chelton et al. 1998)."""

STEERING = 0.35
"""Share of the steady surface flow that reaches to depth and advects whole eddies (Klocker and Marshall 2014)."""

FRICTION_DAYS = 600.0
COAST_DAYS = 3.0
EXCESS_DAYS = 20.0
"""Time scale in days in which eddy energy above its day-0 level is damped."""

FORCING = 0.25
"""Share of the local eddy amplitude that the random forcing would add in `MEMORY` days."""


def wave_speed(lat: np.ndarray) -> np.ndarray:
    """Return the first-mode speed c (m/s) at latitudes in degrees."""
    return np.interp(np.abs(lat), WAVE_SPEED_LATITUDES, WAVE_SPEEDS)


def coriolis_off_equator(lat: np.ndarray) -> np.ndarray:
    """Return the Coriolis parameter (1/s), never nearer to zero than at 1 degree."""
    value, least = coriolis(lat), coriolis(np.array(1.0))
    return np.where(np.abs(value) < least, np.where(value < 0, -least, least), value)


def eddy_weight(lat: np.ndarray) -> np.ndarray:
    """Return the share (0 to 1) of quasi-geostrophic dynamics: none within 5 degrees or beyond 74, all of 9 to 68 degrees."""

    def ramp(start: float, end: float) -> np.ndarray:
        position = np.clip((np.abs(lat) - start) / (end - start), 0, 1)
        return position * position * (3 - 2 * position)

    return ramp(5, 9) * (1 - ramp(68, 74))


class EddyModel:
    """Eddy sea surface height h' (h, w) on a global grid, computed a day at a time.

    `seed` chooses the random forcing, `forcing` its strength (0: none, as for the predictability floor); `start` is the steady
    flow and the first eddies (default: the satellite's day).
    """

    def __init__(self, grid: Grid, seed: int, forcing: float = FORCING, start: DayZero | None = None) -> None:
        inside = np.flatnonzero(np.abs(grid.lat) <= EDGE)
        self.active_rows = slice(int(inside[0]), int(inside[-1]) + 1)
        self.grid, self.forcing_strength = grid, forcing
        lat = grid.lat[self.active_rows]
        self.lat, self.columns = lat, grid.lon.size
        self.wet = grid.wet_surface[self.active_rows]
        f, speed = coriolis_off_equator(lat), wave_speed(lat)
        spacing = EARTH_RADIUS * np.deg2rad(lat[1] - lat[0])
        self._f = f.astype(np.float32)
        self._beta = beta(lat).astype(np.float32)
        self._per_dy = np.float32(1 / spacing)
        self._per_dx = (1 / (spacing * np.cos(np.deg2rad(lat)))).astype(np.float32)
        self._screening = ((f / speed) ** 2).astype(np.float32)
        self._steering = (STEERING * (f / speed) ** 2).astype(np.float32)
        self.solver = HelmholtzSolver(lat, self.columns, self._screening, np.abs(lat) < 4.5)
        weight = eddy_weight(lat)[:, None].astype(np.float32)
        self._weight = weight
        self._active = np.where(self.wet, weight, 0).astype(np.float32)
        self._height_to_psi = (GRAVITY / f).astype(np.float32)[:, None]
        start = start or day_zero(grid)
        self._set_mean(start.mean[self.active_rows])
        self._set_amplitude(start.anomaly)
        self._coast_damping = self._near_coast() / COAST_DAYS
        self.noise = SmoothNoise(lat, self.columns, speed / np.abs(f), seed)
        self.q = np.zeros_like(self._active)
        self.set_height(start.anomaly * eddy_weight(grid.lat)[:, None])
        self._zeta = np.zeros((lat.size, self.columns + 2 * HALO), np.float32)
        self._psi = np.zeros_like(self._zeta)

    def _set_mean(self, mean: np.ndarray) -> None:
        per_x, per_y = self._per_dx[:, None] / 2, self._per_dy / 2
        slope_x = (np.roll(mean, -1, 1) - np.roll(mean, 1, 1)) * per_x
        slope_y = np.gradient(mean, axis=0) * self._per_dy
        east, north = -self._height_to_psi * slope_y, self._height_to_psi * slope_x
        cosine = np.cos(np.deg2rad(self.lat))[:, None]
        vorticity = (np.roll(north, -1, 1) - np.roll(north, 1, 1)) * per_x
        vorticity = vorticity - np.gradient(east * cosine, axis=0) * self._per_dy / cosine
        gradient_x = (np.roll(vorticity, -1, 1) - np.roll(vorticity, 1, 1)) * per_x
        gradient_y = np.gradient(vorticity, axis=0) * 2 * per_y
        flow = (np.stack([east, north]) * self._active).astype(np.float32)
        gradient = (np.stack([gradient_x, gradient_y]) * self._active).astype(np.float32)
        self._basin = Basin(flow, gradient, self._active, self._f, self._beta, self._steering, self._per_dx, self._per_dy)

    def _set_amplitude(self, anomaly: np.ndarray) -> None:
        known = self.grid.wet_surface & (anomaly != 0)
        variance, weight = masked_smooth(anomaly.astype(np.float64) ** 2, known, self.grid.lat, 4.0)
        variance = np.where(weight > 0.05, variance, 1e-4)[self.active_rows]
        self.amplitude = np.sqrt(np.maximum(variance, 1e-4)).astype(np.float32)

    def _near_coast(self) -> np.ndarray:
        land = np.pad(~self.wet, ((0, 0), (2, 2)), mode="wrap")
        near = ndimage.binary_dilation(land, iterations=2)[:, 2:-2]
        nearest = ndimage.binary_dilation(land, iterations=1)[:, 2:-2]
        return (0.5 * near + 0.5 * nearest).astype(np.float32)

    def set_height(self, height: np.ndarray) -> None:
        """Start from h' (720, 1440), metres, on wet cells; potential vorticity is recomputed, values on land continue those of
        the ocean smoothly."""
        psi = np.where(self.wet, height[self.active_rows] * self._height_to_psi, 0).astype(np.float32)
        south, north = (a.astype(np.float32) for a in (self.solver.south, self.solver.north))
        extend_over_land(psi, self.wet, south, north, self.solver.zonal.astype(np.float32), self._screening)
        self.q = np.where(self.wet, self.solver.apply(psi), 0).astype(np.float32)

    def height(self) -> np.ndarray:
        """Return h' on the whole grid (h, w) float32 metres, 0 poleward of the eddies; values on land continue those of the
        ocean."""
        result = np.zeros(self.grid.shape, np.float32)
        result[self.active_rows] = self.solver.invert(self.q) / self._height_to_psi
        return result

    def energy_ratio(self, height: np.ndarray) -> np.ndarray:
        """Return local eddy variance over its level on day 0 (rows with eddies, w), in 8 degree neighbourhoods."""
        return local_ratio(height[self.active_rows] ** 2, (self._weight * self.amplitude) ** 2, self.wet)

    def step_day(self, day: int) -> np.ndarray:
        """Compute the next day, `day`, and return h' (h, w) of the day before."""
        height = self.height()
        ratio = self.energy_ratio(height)
        damping = 1 / FRICTION_DAYS + np.maximum(ratio - 1, 0) / EXCESS_DAYS + self._coast_damping
        damping += (1 - self._weight) / 4
        keep = np.exp(-damping / STEPS_A_DAY).astype(np.float32)
        forcing = self._forcing(ratio, day)
        step = np.float32(SECONDS_PER_DAY / STEPS_A_DAY)
        out = np.zeros_like(self.q)
        for _ in range(STEPS_A_DAY):
            current = self.q
            for part in (3, 2, 1):
                psi = self.solver.invert(current)
                pad_fields(current, psi, self._screening, self._zeta, self._psi)
                target = out if part != 2 else np.zeros_like(out)
                advance(self.q, target, step / np.float32(part), self._zeta, self._psi, forcing, self._basin)
                current = target
            self.q = current * keep
        return height

    def _forcing(self, ratio: np.ndarray, day: int) -> np.ndarray:
        if self.forcing_strength == 0:
            return np.zeros_like(self.q)
        self.noise.advance(day)
        gain = np.sqrt(np.clip(2 - ratio, 0, 2)) * self.forcing_strength / (MEMORY * SECONDS_PER_DAY)
        psi = self._height_to_psi * self.amplitude * self._weight * self.noise.value * gain
        return self.solver.apply(psi.astype(np.float32)) * self._active


@numba.njit(cache=True)
def extend_over_land(
    psi: np.ndarray, wet: np.ndarray, south: np.ndarray, north: np.ndarray, zonal: np.ndarray, screening: np.ndarray
) -> None:
    """Relax `psi` (h, w) on land, in place, to the state without potential vorticity that continues the ocean."""
    rows, columns = psi.shape
    for _ in range(60):
        for row in range(1, rows - 1):
            total = south[row] + north[row] + 2 * zonal[row] + screening[row]
            for column in range(columns):
                if not wet[row, column]:
                    beside = psi[row, column - 1] + psi[row, (column + 1) % columns]
                    vertical = south[row] * psi[row - 1, column] + north[row] * psi[row + 1, column]
                    psi[row, column] = (vertical + zonal[row] * beside) / total


def local_ratio(square: np.ndarray, level: np.ndarray, wet: np.ndarray) -> np.ndarray:
    """Return the ratio (h, w) of neighbourhood means of `square` and `level` over wet cells, 1 where there is no water."""
    rows, columns = square.shape
    block = max(1, 4 * rows // 300)
    block = max(b for b in range(1, block + 1) if rows % b == 0 and columns % b == 0)

    def coarse(field: np.ndarray) -> np.ndarray:
        means = np.where(wet, field, 0).reshape(rows // block, block, columns // block, block).mean(axis=(1, 3))
        width = 4 * 150 / (rows // block)
        return ndimage.gaussian_filter(means, (width / 2, width / 2), mode=("nearest", "wrap"))

    above, below = coarse(square), coarse(level)
    ratio = np.where(below > 1e-7, above / np.maximum(below, 1e-7), 1)
    return ndimage.zoom(np.minimum(ratio, 9), block, order=1, mode="nearest", grid_mode=True).astype(np.float32)
