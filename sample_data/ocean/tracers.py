"""Surface temperature and salinity as tracers: semi-Lagrangian advection, mixing, relaxation and heat exchange with the air.

Constants without a source are set by hand.
"""

import numba
import numpy as np
from scipy import ndimage

from engine.schema.constants import EARTH_RADIUS, HEAT_CAPACITY, SECONDS_PER_DAY
from engine.schema.grid import Grid
from sample_data.ocean.surface_climatology import SurfaceClimatology

STEPS_A_DAY = 4
MIXING = 350.0
RELAXATION_DAYS = 60.0
HEAT_EXCHANGE = 35.0
"""W m-2 K-1 between the mixed layer and the air above it (Haney 1971, doi 10.1175/1520-0485(1971)001<0241:STBCFO>2.0.CO;2)."""

FREEZING = -1.85
COAST_RINGS = 4
"""Rings of land cells that hold values continued from the sea, so that interpolation beside a coast never reads land."""


class SurfaceTracers:
    """Temperature (degC) and salinity of the mixed layer, (h, w) each, computed a day at a time on `grid`.

    A finer grid needs more `steps_a_day` and less `mixing` (m2/s).
    """

    def __init__(
        self, grid: Grid, climatology: SurfaceClimatology, steps_a_day: int = STEPS_A_DAY, mixing: float = MIXING
    ) -> None:
        self.grid, self.climatology, self.steps_a_day = grid, climatology, steps_a_day
        spacing = EARTH_RADIUS * np.deg2rad(grid.lat[1] - grid.lat[0])
        width = spacing * np.cos(np.deg2rad(grid.lat)) * (grid.lon[1] - grid.lon[0]) / (grid.lat[1] - grid.lat[0])
        self._step = SECONDS_PER_DAY / steps_a_day
        self._cells_east = (self._step / width).astype(np.float32)[:, None]
        self._cells_north = np.float32(self._step / spacing)
        self._mix_east = np.minimum(mixing * self._step / width**2, 0.1).astype(np.float32)
        self._mix_north = min(mixing * self._step / spacing**2, 0.1)
        self.wet = np.ascontiguousarray(grid.wet_surface)
        self._rings = coast_rings(self.wet)
        self.set(climatology.temperature(0), climatology.salinity())

    def set(self, temperature: np.ndarray, salinity: np.ndarray) -> None:
        """Start from given fields (h, w); values on land are ignored."""
        self.temperature = np.where(self.wet, temperature, 0).astype(np.float32)
        self.salinity = np.where(self.wet, salinity, 0).astype(np.float32)
        self._continue_over_land()

    def _continue_over_land(self) -> None:
        for field in (self.temperature, self.salinity):
            extend_to_coast(field, self._rings)

    def step_day(
        self, day: int, before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray], warmth: np.ndarray | None
    ) -> None:
        """Move from `day` to the next under the flow (east, north), m/s, of both days.

        `warmth` (h, w) is air temperature less its climatological value in K (None: no anomaly).
        """
        for part in range(self.steps_a_day):
            share = np.float32((part + 0.5) / self.steps_a_day)
            east, north = (a * (1 - share) + b * share for a, b in zip(before, after, strict=True))
            self.step_part(day, part, east, north, warmth)

    def step_part(self, day: int, part: int, east: np.ndarray, north: np.ndarray, warmth: np.ndarray | None) -> None:
        """Make step number `part` after `day` under a flow (h, w) in m/s; `warmth` as for `step_day`."""
        fields = np.stack([self.temperature, self.salinity])
        east, north = east * self._cells_east, north * self._cells_north
        moved = transport(fields, east.astype(np.float32), north.astype(np.float32), self.wet)
        mixed = mix(moved, self.wet, self._mix_east, self._mix_north)
        self._exchange(mixed, day, part, warmth)
        self._continue_over_land()

    def _exchange(self, fields: np.ndarray, day: int, part: int, warmth: np.ndarray | None) -> None:
        before = self.climatology.temperature(day + part / self.steps_a_day)
        after = self.climatology.temperature(day + (part + 1) / self.steps_a_day)
        pull = np.float32(1 / (RELAXATION_DAYS * self.steps_a_day))
        exchange = np.float32(HEAT_EXCHANGE * self._step / HEAT_CAPACITY) / self.climatology.mixed_layer(day)
        anomaly = fields[0] - before
        air = np.float32(0) if warmth is None else warmth
        change = after - before - pull * anomaly + np.minimum(exchange, np.float32(0.2)) * (air - anomaly)
        self.temperature = np.maximum(fields[0] + change, np.float32(FREEZING))
        self.salinity = fields[1] + pull * (self.climatology.salinity() - fields[1])


def coast_rings(wet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return flat indices of land cells ring by ring, (n,), and of up to eight filled neighbours of each, (n, 8), -1 if none."""
    known = np.pad(wet, ((1, 1), (1, 1)), mode="wrap")
    known[0] = known[-1] = False
    index = np.pad(np.arange(wet.size).reshape(wet.shape), 1, mode="wrap")
    targets, sources = [], []
    for _ in range(COAST_RINGS):
        ring = ndimage.binary_dilation(known, np.ones((3, 3))) & ~known
        ring[0] = ring[-1] = ring[:, 0] = ring[:, -1] = False
        row, column = np.nonzero(ring)
        near = []
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if down or right:
                    usable = known[row + down, column + right]
                    near.append(np.where(usable, index[row + down, column + right], -1))
        targets.append(index[row, column])
        sources.append(np.stack(near, axis=1))
        known = known | ring
        known[:, 0], known[:, -1] = known[:, -2], known[:, 1]
    return np.concatenate(targets), np.concatenate(sources)


def extend_to_coast(field: np.ndarray, rings: tuple[np.ndarray, np.ndarray]) -> None:
    """Fill the land cells of `rings` in `field` (h, w), in place, with the mean of their filled neighbours."""
    _fill_rings(field.reshape(-1), *rings)


@numba.njit(cache=True)
def _fill_rings(field: np.ndarray, targets: np.ndarray, sources: np.ndarray) -> None:
    for n in range(targets.size):
        total, count = 0.0, 0
        for k in range(sources.shape[1]):
            if sources[n, k] >= 0:
                total += field[sources[n, k]]
                count += 1
        if count:
            field[targets[n]] = total / count


@numba.njit(inline="always")
def _cubic(t: float) -> tuple[float, float, float, float]:
    return (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )


@numba.njit(fastmath=True, cache=True)
def transport(fields: np.ndarray, east: np.ndarray, north: np.ndarray, wet: np.ndarray) -> np.ndarray:
    """Advect `fields` (n, h, w) one step along displacements `east`, `north` (h, w) in cells; land keeps its values.

    Semi-Lagrangian: the path back is found by two midpoint passes, the value by cubic interpolation clipped to the range of
    the four cells around the point of departure, which keeps new extremes out.
    """
    count, rows, columns = fields.shape
    out = fields.copy()
    for row in range(2, rows - 3):
        for column in range(columns):
            if not wet[row, column]:
                continue
            dx, dy = east[row, column], north[row, column]
            for _ in range(2):
                x, y = column - 0.5 * dx, row - 0.5 * dy
                x0, y0 = int(np.floor(x)), int(np.floor(y))
                y0 = min(max(y0, 0), rows - 2)
                a, b = x - x0, y - y0
                left, right = x0 % columns, (x0 + 1) % columns
                dx = (1 - b) * ((1 - a) * east[y0, left] + a * east[y0, right]) + b * (
                    (1 - a) * east[y0 + 1, left] + a * east[y0 + 1, right]
                )
                dy = (1 - b) * ((1 - a) * north[y0, left] + a * north[y0, right]) + b * (
                    (1 - a) * north[y0 + 1, left] + a * north[y0 + 1, right]
                )
            x, y = column - dx, row - dy
            x0, y0 = int(np.floor(x)), int(np.floor(y))
            y0 = min(max(y0, 1), rows - 3)
            wx, wy = _cubic(x - x0), _cubic(y - y0)
            c0, c1, c2, c3 = (x0 - 1) % columns, x0 % columns, (x0 + 1) % columns, (x0 + 2) % columns
            for n in range(count):
                total = 0.0
                for k in range(4):
                    line = fields[n, y0 - 1 + k]
                    total += wy[k] * (wx[0] * line[c0] + wx[1] * line[c1] + wx[2] * line[c2] + wx[3] * line[c3])
                p, q = fields[n, y0, c1], fields[n, y0, c2]
                r, s = fields[n, y0 + 1, c1], fields[n, y0 + 1, c2]
                out[n, row, column] = min(max(total, min(min(p, q), min(r, s))), max(max(p, q), max(r, s)))
    return out


@numba.njit(fastmath=True, cache=True)
def mix(fields: np.ndarray, wet: np.ndarray, mix_east: np.ndarray, mix_north: float) -> np.ndarray:
    """Return `fields` (n, h, w) after one step of Laplacian mixing between wet cells; without flux through coasts."""
    count, rows, columns = fields.shape
    out = fields.copy()
    for n in range(count):
        for row in range(1, rows - 1):
            for column in range(columns):
                if wet[row, column]:
                    left, right = column - 1 if column else columns - 1, column + 1 if column < columns - 1 else 0
                    here = fields[n, row, column]
                    along = wet[row, left] * (fields[n, row, left] - here) + wet[row, right] * (fields[n, row, right] - here)
                    across = wet[row - 1, column] * (fields[n, row - 1, column] - here)
                    across += wet[row + 1, column] * (fields[n, row + 1, column] - here)
                    out[n, row, column] = here + mix_east[row] * along + mix_north * across
    return out
