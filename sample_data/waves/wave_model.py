"""Significant wave height of the sample ocean: wind sea of its weather, and swell. A simulation.

A small spectral model on the 1-degree grid of the weather. In five bands of period and 24 headings, energy grows towards the
fully developed sea 0.0246 U10^2 (Pierson and Moskowitz 1964, doi 10.1029/JZ069i024p05181), limited by duration (JONSWAP growth,
Hasselmann et al. 1973) and, since it travels meanwhile, by fetch. Energy above that of the local wind is swell: it travels
along great circles at group speed, is blocked by land and ice, and decays over thousands of kilometres. Constants without a
source are set by hand.
"""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from engine.schema.constants import EARTH_RADIUS, GRAVITY, SECONDS_PER_DAY
from engine.schema.grid import coarsened, quarter_degree
from engine.schema.head_grids import half_degree
from sample_data.waves.kernels import HALO, blow, travel, turn, wrap
from sample_data.weather.atmosphere import forcing
from sample_data.weather.ice import ALWAYS_ICE, ice
from sample_data.weather.smoothing import regrid

Array = NDArray[np.floating]

Wind = tuple[Array, Array, Array]
"""Wind east and north in m/s, and the speed that generates waves."""

SPIN_UP_DAYS = 20
HEADINGS = 24
STEPS_A_DAY = (4, 4, 8, 8, 8)
"""Steps a day by period band; the fastest waves cross little more than one cell in a step at the equator."""

TURNS_A_DAY = 2
PERIODS = (5.6, 7.7, 10.2, 13.0, 16.3)
"""Period in seconds at which each band travels."""

EDGES = (4.6, 6.6, 9.0, 11.6, 14.6, np.inf)
"""Periods in seconds that bound the bands; shorter waves are in equilibrium with the wind."""

DECAY_DAYS = (0.35, 1.1, 4.5, 11.0, 20.0)
"""Days in which energy without wind decays to 1/e, by period band."""

FULL_SEA = 0.0246
GUSTS = 4.2
"""Wind in m/s below the resolution of a daily field on a 1-degree grid, added in squares."""

STEADY = 0.9
"""Share of the sample's mean wind that counts: its southern westerlies are a tenth too strong."""

GROWTH = 0.6
PEAK_FREQUENCY = 0.13
BREAKING = 0.5
"""Largest ratio of significant wave height to depth."""


def full_sea_energy(speed: Array) -> Array:
    """Return m0 (band + 1, ...) in m2 of a fully developed sea under wind `speed` (...) in m/s; the last entry is the short
    waves.

    Pierson-Moskowitz integrated over each band: m0 exp(-1.25 (fp T)^4) between the periods T that bound it.
    """
    energy = (FULL_SEA * speed**2 / 4) ** 2
    peak = PEAK_FREQUENCY * GRAVITY / np.maximum(speed, 0.5)
    below = [np.exp(-1.25 * (peak * edge) ** 4) if np.isfinite(edge) else np.zeros_like(speed) for edge in EDGES]
    bands = [below[k] - below[k + 1] for k in range(len(PERIODS))]
    return np.stack([*bands, 1 - below[0]]) * energy


def growth_time(period: float, speed: Array) -> Array:
    """Return the seconds in which wind `speed` (...) in m/s generates waves of `period` s.

    JONSWAP: at fetch X the peak is f = 3.5 (g/U) x^(-1/3) with x = g X/U^2, reached after g t/U = 68.8 x^(2/3).
    """
    return 68.8 * 3.5**2 * GRAVITY * period**2 / np.maximum(speed, 1.0)


class WaveModel:
    """Wave energy of run `seed` at noon of `day`; it starts from rest, `step()` computes the next day."""

    def __init__(self, seed: int, day: int) -> None:
        self.seed, self.day = seed, day
        self.grid = coarsened(4)
        rows, columns = self.grid.shape
        self.energy = np.zeros((len(PERIODS), HEADINGS, rows, columns + 2 * HALO), np.float32)
        self._scratch = np.zeros_like(self.energy[0])

    def step(self) -> None:
        """Compute the next day, under winds interpolated from one noon to the next."""
        winds = _wind(self.seed, self.day), _wind(self.seed, self.day + 1)
        self.day += 1
        passage = _with_halo(_passage() * ~ice(self.grid, self.day))
        for parts in sorted(set(STEPS_A_DAY)):
            bands = [band for band, steps in enumerate(STEPS_A_DAY) if steps == parts]
            for part in range(parts):
                self._step_part(bands, part, parts, winds, passage)

    def _step_part(self, bands: list[int], part: int, parts: int, winds: tuple[Wind, Wind], passage: Array) -> None:
        share = np.float32((part + 0.5) / parts)
        u, v, speed = (_with_halo(a * (1 - share) + b * share) for a, b in zip(*winds, strict=True))
        size = np.maximum(np.hypot(u, v), np.float32(1e-3))
        full = full_sea_energy(speed) * (passage > 0)
        for band in bands:
            energy = self.energy[band]
            wrap(energy)
            travel(energy, self._scratch, *_rays(band), passage)
            if (part + 1) % (parts // TURNS_A_DAY) == 0:
                turn(self._scratch, energy, _turning(band))
            else:
                energy[:] = self._scratch
            growth = 1 - np.exp(-SECONDS_PER_DAY / parts / (GROWTH * growth_time(PERIODS[band], speed)))
            loss = np.full_like(speed, 1 - np.exp(-1 / (parts * DECAY_DAYS[band])))
            blow(energy, full[band], growth, loss, u / size, v / size, *_headings())

    def height(self) -> Array:
        """Return significant wave height 4 sqrt(m0) (180, 360) in m, float32; missing on land and under ice."""
        short = full_sea_energy(_wind(self.seed, self.day)[2])[-1]
        total = self.energy[..., HALO:-HALO].sum(axis=(0, 1)) + short
        missing = ~self.grid.wet_surface | ice(self.grid, self.day)
        return np.where(missing, np.nan, 4 * np.sqrt(total)).astype(np.float32)


def at_half_degree(height: Array, day: int) -> Array:
    """Return the wave height (360, 720) in m of `height` (180, 360): bilinear from water alone, missing on land and under ice.

    Over shallow water waves break at half the depth.
    """
    coarse, fine = coarsened(4), half_degree()
    known = np.isfinite(height)
    near = distance_transform_edt(~np.tile(known, 3), return_distances=False, return_indices=True)
    rows, columns = near[:, :, known.shape[1] : 2 * known.shape[1]]
    whole = height[rows, columns % known.shape[1]]
    result = np.minimum(regrid(whole, coarse.lat, coarse.lon, fine.lat, fine.lon), BREAKING * np.nan_to_num(fine.deptho))
    return np.where(~fine.wet_surface | ice(fine, day), np.nan, result).astype(np.float32)


def wave_model(seed: int, day: int) -> WaveModel:
    """Return the model of run `seed` at `day`, after 20 days of weather from rest."""
    model = WaveModel(seed, day - SPIN_UP_DAYS)
    while model.day < day:
        model.step()
    return model


@lru_cache(maxsize=4)
def _wind(seed: int, day: int) -> Wind:
    weather = forcing(seed, day, coarsened(4))
    u, v = weather["u10"], weather["v10"]
    return u, v, np.sqrt(np.float32(STEADY**2) * (u**2 + v**2) + np.float32(GUSTS**2))


def _with_halo(field: Array) -> Array:
    return np.pad(field, ((0, 0), (HALO, HALO)), mode="wrap").astype(np.float32)


def _angles() -> Array:
    # Half a bin off the axes: energy that went due north would never leave its column of cells.
    return 2 * np.pi * (np.arange(HEADINGS) + 0.5) / HEADINGS


def _headings() -> tuple[Array, Array]:
    return np.sin(_angles()).astype(np.float32), np.cos(_angles()).astype(np.float32)


def _group_speed(band: int) -> float:
    return GRAVITY * PERIODS[band] / (4 * np.pi)


@cache
def _passage() -> Array:
    """Share of a ray (h, w) that gets through each 1-degree cell in a step: 0 on land, less than 1 among islands."""
    grid = coarsened(4)
    share = quarter_degree().wet_surface.reshape(grid.shape[0], 4, grid.shape[1], 4).mean(axis=(1, 3))
    near_pole = np.abs(grid.lat)[:, None] > ALWAYS_ICE
    return np.where(grid.wet_surface & ~near_pole, np.sqrt(share), 0).astype(np.float32)


@cache
def _rays(band: int) -> tuple[NDArray[np.intp], Array, NDArray[np.intp], Array]:
    """Row and column offset (heading, h) a step back on the great circle of each heading, with their bilinear shares."""
    grid = coarsened(4)
    lat = np.deg2rad(np.clip(grid.lat, -ALWAYS_ICE - 2, ALWAYS_ICE + 2))[None]
    heading = _angles()[:, None]
    arc = _group_speed(band) * SECONDS_PER_DAY / STEPS_A_DAY[band] / EARTH_RADIUS
    back = np.arcsin(np.sin(lat) * np.cos(arc) - np.cos(lat) * np.sin(arc) * np.cos(heading))
    west = np.arctan2(np.sin(heading) * np.sin(arc) * np.cos(lat), np.cos(arc) - np.sin(lat) * np.sin(back))
    row = np.arange(grid.lat.size) + np.rad2deg(back - lat)
    row = np.clip(row, 0, grid.lat.size - 1.001)
    column = np.clip(-np.rad2deg(west), -HALO + 1, HALO - 2)
    south, left = np.floor(row).astype(np.intp), np.floor(column).astype(np.intp)
    return south, (row - south).astype(np.float32), left, (column - left).astype(np.float32)


@cache
def _turning(band: int) -> Array:
    """Share of a direction bin (heading, h) by which a great circle turns between two turns; clockwise is positive."""
    lat = np.clip(coarsened(4).lat, -ALWAYS_ICE, ALWAYS_ICE)
    angle = (
        _group_speed(band) * SECONDS_PER_DAY / TURNS_A_DAY / EARTH_RADIUS * np.sin(_angles())[:, None] * np.tan(np.deg2rad(lat))
    )
    return np.clip(angle / (2 * np.pi / HEADINGS), -1, 1).astype(np.float32)
