"""Sea surface height of the equatorial belt: instability waves, Rossby waves and Kelvin pulses as travelling patterns.

Within 9 degrees of the equator the eddy model has no dynamics; patterns of known speed and scale replace them. Constants
without a source are set by hand.
"""

from dataclasses import dataclass

import numpy as np

from engine.schema.constants import EARTH_RADIUS, SECONDS_PER_DAY
from engine.schema.grid import Grid

BELT = 14.0
DEGREE = np.deg2rad(1.0) * EARTH_RADIUS


@dataclass(frozen=True)
class WaveFamily:
    """Westward waves: wavelength (m), speed (m/s), total amplitude (m), stretch of longitudes and crests' latitudes."""

    wavelength: float
    speed: float
    amplitude: float
    west: float
    east: float
    crests: tuple[tuple[float, float], ...]
    modes: int = 6
    season: float = 0.0


FAMILIES = (
    # Tropical instability waves: 1000-1200 km, about 0.45 m/s, stronger north of the equator and in the second half of the year.
    WaveFamily(1.1e6, 0.45, 0.040, 200.0, 276.0, ((5.0, 1.0), (-5.0, -0.45)), season=0.35),
    WaveFamily(0.95e6, 0.40, 0.025, 322.0, 357.0, ((4.5, 1.0), (-4.5, -0.4)), season=0.35),
    # First meridional Rossby mode: a third of the Kelvin speed, two lobes.
    WaveFamily(4.0e6, 0.85, 0.025, 140.0, 278.0, ((4.5, 1.0), (-4.5, 1.0))),
    WaveFamily(3.0e6, 0.80, 0.025, 45.0, 100.0, ((4.5, 1.0), (-4.5, 1.0))),
)

KELVIN_SPEED = 2.6
KELVIN_WIDTH = 3.0
"""Equatorial radius of deformation, degrees: sqrt(c / beta)."""

KELVIN_BASINS = ((142.0, 279.0, 0.035), (43.0, 99.0, 0.03), (314.0, 369.0, 0.02))
PULSE_SPACING = 30.0
PULSE_LENGTH = 12.0
MEMORY_OF_FIRST_DAY = 40.0
REMNANT_SPEED = 0.5


class TropicalWaves:
    """Height (h, w) in metres of the equatorial belt for any day of a run; `seed` sets phases and pulses.

    `remnant` (h, w) is the height of day 0 there less that of the eddy model; it drifts west and decays within months.
    """

    def __init__(self, grid: Grid, seed: int, remnant: np.ndarray) -> None:
        self.grid, self.seed = grid, seed
        self.rows = np.flatnonzero(np.abs(grid.lat) <= BELT)
        self.lat = grid.lat[self.rows]
        self.wet = grid.wet_surface[self.rows]
        self._remnant = np.fft.rfft(remnant[self.rows] * np.exp(-((self.lat[:, None] / 11) ** 4)), axis=1)

    def height(self, day: float) -> np.ndarray:
        """Return the height (h, w) float32 on sample day `day`, 0 on land and beyond the belt."""
        total = self._remnant_height(day)
        for number, family in enumerate(FAMILIES):
            total += self._waves(family, number, day)
        for number, basin in enumerate(KELVIN_BASINS):
            total += self._kelvin(basin, number, day)
        result = np.zeros(self.grid.shape, np.float32)
        result[self.rows] = np.where(self.wet, total, 0)
        return result

    def _remnant_height(self, day: float) -> np.ndarray:
        shift = REMNANT_SPEED * SECONDS_PER_DAY * day / DEGREE
        wavenumber = np.arange(self._remnant.shape[1])
        turned = self._remnant * np.exp(1j * np.deg2rad(wavenumber * shift))
        return np.fft.irfft(turned, n=self.grid.lon.size, axis=1) * np.exp(-day / MEMORY_OF_FIRST_DAY)

    def _waves(self, family: WaveFamily, number: int, day: float) -> np.ndarray:
        random = np.random.default_rng([self.seed, 71, number])
        per_metre = 2 * np.pi / (family.wavelength * random.uniform(0.8, 1.25, family.modes))
        speed = family.speed * random.uniform(0.9, 1.1, family.modes)
        phase = random.uniform(0, 2 * np.pi, family.modes)
        east = (self.grid.lon - family.west) % 360 * DEGREE
        angle = per_metre[:, None] * (east[None] + (speed * day * SECONDS_PER_DAY)[:, None]) + phase[:, None]
        along = np.cos(angle).sum(axis=0) / np.sqrt(family.modes / 2) / np.sqrt(2)
        across = sum(share * np.exp(-(((self.lat - crest) / 2.2) ** 2)) for crest, share in family.crests)
        season = 1 + family.season * np.cos(2 * np.pi * (day + 54 - 290) / 365.25)
        envelope = _basin(self.grid.lon, family.west, family.east, 6.0)
        return np.sqrt(2) * family.amplitude * season * np.outer(across, along * envelope)

    def _kelvin(self, basin: tuple[float, float, float], number: int, day: float) -> np.ndarray:
        west, east, amplitude = basin
        position = (self.grid.lon - west) % 360
        speed = KELVIN_SPEED * SECONDS_PER_DAY / DEGREE
        along = np.zeros(self.grid.lon.size)
        reach = (east - west + 3 * PULSE_LENGTH) / speed
        for pulse in range(int((day - reach) // PULSE_SPACING) - 1, int(day // PULSE_SPACING) + 2):
            random = np.random.default_rng([self.seed, 72, number, pulse + 1000])
            start = pulse * PULSE_SPACING + random.uniform(0, PULSE_SPACING)
            centre = speed * (day - start) - 2 * PULSE_LENGTH
            along += amplitude * random.standard_normal() * np.exp(-(((position - centre) / PULSE_LENGTH) ** 2))
        across = np.exp(-((self.lat / KELVIN_WIDTH) ** 2) / 2)
        return np.outer(across, along * _basin(self.grid.lon, west, east, 4.0))


def _basin(lon: np.ndarray, west: float, east: float, edge: float) -> np.ndarray:
    position = (lon - west) % 360
    inside = position <= east - west
    ramp = np.clip(np.minimum(position, east - west - position) / edge, 0, 1)
    return np.where(inside, ramp * ramp * (3 - 2 * ramp), 0)
