"""The sample ocean's atmosphere: the observed monthly mean plus travelling weather. A simulation, not a record.

Any day of any seed is computed directly, without the days before it: the weather of a day is the sum of the lows that formed in
the days before, each drawn from a generator seeded by (seed, day of formation), and of slow pressure waves drawn every few days.
Constants without a source are set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.physics.climatology import atlas, interpolate, on_day, surface_pressure
from engine.physics.geostrophy import coriolis, gradient
from engine.schema.batch import Batch
from engine.schema.constants import DAY, SECONDS_PER_DAY
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date
from sample_data.weather.smoothing import smooth

Array = NDArray[np.floating]

COLDEST_DAY = np.datetime64("2019-01-20", "D")
AIR_DENSITY = 1.2
SURFACE_FRICTION = 4.5e-5
WIND_AT_10_M = 0.78
STRONGEST_WIND = 27.0
LOWS_PER_DAY = 5.0
LONGEST_LIFE = 9
WAVE_KNOT_DAYS = 4
WAVE_DRIFT = 4
CURVED_FLOW = 30.0
ADVECTION_DAYS = 0.6


@dataclass(frozen=True)
class Low:
    """One travelling low: position, depth and size on the day of formation, speeds and duration."""

    lat: float
    lon: float
    north_speed: float
    east_speed: float
    life: float
    depth: float
    radius: float


@lru_cache(maxsize=256)
def lows_of_day(seed: int, day: int) -> tuple[Low, ...]:
    """Return the lows that form on sample day `day`: more and deeper in the winter hemisphere (speeds in degrees a day)."""
    random = np.random.default_rng([20190223, seed, day + 100_000, 1])
    days_from_coldest = (sample_date(day) - COLDEST_DAY) / DAY
    phase = np.cos(2 * np.pi * days_from_coldest / 365.25)
    lows = []
    for _ in range(random.poisson(2 * LOWS_PER_DAY)):
        south = random.random() < 0.55
        winter = 0.5 + 0.5 * (-phase if south else phase)
        lat = random.uniform(-54.0, -36.0) if south else random.uniform(30.0, 52.0)
        speed = random.uniform(5.0, 12.0) * 86.4 / 111.2 / np.cos(np.deg2rad(lat))
        deepest = random.gamma(4.0, 6.0) * (0.8 + 0.3 * winter if south else 0.45 + 0.65 * winter)
        lows.append(
            Low(
                lat=lat,
                lon=random.uniform(0.0, 360.0),
                north_speed=random.uniform(0.0, 3.5) * (-1 if south else 1),
                east_speed=speed,
                life=random.uniform(3.5, LONGEST_LIFE),
                depth=min(deepest, 55.0),
                radius=random.uniform(450.0, 900.0),
            )
        )
    return tuple(lows)


def _low_pressure(seed: int, day: int, lat: Array, lon: Array) -> Array:
    """Pressure anomaly (h, w) in hPa of all present lows, each with the weaker highs around it."""
    total = np.zeros((lat.size, lon.size))
    for birth in range(day - LONGEST_LIFE, day + 1):
        for low in lows_of_day(seed, birth):
            age = day - birth + 0.5
            if age >= low.life:
                continue
            centre = low.lat + low.north_speed * age
            centre = np.sign(centre) * min(abs(centre), 72.0)
            rows = np.flatnonzero(np.abs(lat - centre) < low.radius * 3.2 / 111.2)
            north = (lat[rows] - centre) * 111.2
            east = (lon - low.lon - low.east_speed * age + 180.0) % 360.0 - 180.0
            east = east[None] * 111.2 * np.cos(np.deg2rad(np.clip(lat[rows], -75, 75)))[:, None] / 1.25
            square = (north[:, None] ** 2 + east**2) / low.radius**2
            strength = low.depth * np.sin(np.pi * age / low.life)
            total[rows] -= strength * (1.0 - 0.32 * square) * np.exp(-0.5 * square)
    return total


@lru_cache(maxsize=16)
def _wave_knot(seed: int, knot: int) -> Array:
    """Smooth random pressure pattern (180, 360) in hPa, unit-like: 1 in the tropics to 5 hPa towards the poles."""
    random = np.random.default_rng([20190223, seed, knot + 100_000, 2])
    lat = atlas().lat
    coarse = smooth(random.standard_normal((60, 120)), 2.6)
    coarse /= coarse.std()
    fine = np.repeat(np.repeat(coarse, 3, axis=0), 3, axis=1)
    size = 0.9 + 4.5 * np.clip((np.abs(lat) - 12.0) / 40.0, 0.0, 1.0)
    pattern = smooth(fine, 2.0) * size[:, None]
    polar = np.clip((np.abs(lat) - 75.0) / 12.0, 0.0, 1.0)[:, None]
    return pattern * (1 - polar) + pattern.mean(axis=1, keepdims=True) * polar


def _wave_pressure(seed: int, day: int, lat: Array) -> Array:
    """Slow pressure waves in hPa: knots blended with constant variance, drifting east outside the tropics, west inside.

    Between 21 and 29 degrees the two drifts are blended; a jump of drift at one latitude would cause a line of strong wind.
    """
    knot, part = divmod(day, WAVE_KNOT_DAYS)
    angle = 0.5 * np.pi * part / WAVE_KNOT_DAYS
    outside = np.clip((np.abs(lat) - 21.0) / 8.0, 0.0, 1.0)
    outside = (outside**2 * (3.0 - 2.0 * outside))[:, None]
    result = np.zeros((lat.size, 360))
    for k, weight in ((knot, np.cos(angle)), (knot + 1, np.sin(angle))):
        shift = WAVE_DRIFT * (day - k * WAVE_KNOT_DAYS)
        pattern = _wave_knot(seed, k)
        result += weight * (outside * np.roll(pattern, shift, axis=1) + (1.0 - outside) * np.roll(pattern, -shift, axis=1))
    return smooth(result, 1.0)


def wind_from_pressure(pressure: Array, lat: Array, lon: Array) -> tuple[Array, Array]:
    """Wind at 10 m (u, v) in m s-1 that balances `pressure` (h, w) in Pa, Coriolis force and linear friction.

    Outside the tropics this is the geostrophic wind, weakened and turned some 25 degrees towards low pressure; at the
    equator, where Coriolis force vanishes, air flows down the slope.
    """
    east, north = gradient(pressure, lat, lon, np.ones(pressure.shape, dtype=bool))
    f = coriolis(lat)[:, None]
    scale = WIND_AT_10_M / AIR_DENSITY / (SURFACE_FRICTION**2 + f**2)
    return -scale * (SURFACE_FRICTION * east + f * north), scale * (f * east - SURFACE_FRICTION * north)


@lru_cache(maxsize=8)
def _weather(seed: int, day: int) -> tuple[Array, Array, Array, Array]:
    """Wind (u, v), air temperature and pressure (Pa) of one day on the atlas grid."""
    source, time = atlas(), sample_date(day)
    lat, lon = source.lat, source.lon
    anomaly = 100.0 * (_low_pressure(seed, day, lat, lon) + _wave_pressure(seed, day, lat))
    anomaly -= anomaly.mean(axis=1, keepdims=True) * 0.5
    gust_u, gust_v = wind_from_pressure(anomaly, lat, lon)
    # Around a low the centrifugal force balances part of the pressure force: strong winds are below geostrophic ones.
    held_back = 1.0 / np.sqrt(1.0 + (gust_u**2 + gust_v**2) / CURVED_FLOW**2)
    gust_u, gust_v = gust_u * held_back, gust_v * held_back
    polar = np.clip((89.0 - np.abs(lat)) / 8.0, 0.0, 1.0)[:, None]
    u = on_day("u10", time) + gust_u * polar
    v = on_day("v10", time) + gust_v * polar
    speed = np.hypot(u, v)
    limit = STRONGEST_WIND * np.tanh(speed / STRONGEST_WIND) / np.maximum(speed, 1e-6)
    limit = np.where(speed > 12.0, limit + (1 - limit) * np.clip((20.0 - speed) / 8.0, 0.0, 1.0), 1.0)
    mean = on_day("t2m", time)
    east, north = gradient(mean, lat, lon, np.ones(mean.shape, dtype=bool))
    advected = -ADVECTION_DAYS * SECONDS_PER_DAY * (gust_u * east + gust_v * north) * polar
    t2m = mean + 10.0 * np.tanh(smooth(advected, 1.0) / 10.0)
    msl = 1e5 + 100.0 * on_day("msl", time) + anomaly
    fields = (u * limit, v * limit, t2m, np.clip(msl, 93_500.0, 105_500.0))
    return tuple(field.astype(np.float32) for field in fields)  # type: ignore[return-value]


def forcing(seed: int, day: int, grid: Grid) -> Batch:
    """Return u10, v10 (m s-1), t2m (degC), msl and sp (Pa) of sample day `day` of run `seed` on `grid`, land included.

    The same (seed, day) always gives the same weather, independent of earlier calls; consecutive days are continuous.
    """
    names = ("u10", "v10", "t2m", "msl")
    fields = {name: interpolate(field, grid) for name, field in zip(names, _weather(seed, day), strict=True)}
    elevation = np.maximum(interpolate(atlas().fields["elevation"], grid), 0)
    fields["sp"] = surface_pressure(fields["msl"], fields["t2m"], elevation)
    return Batch(fields, grid, sample_date(day))
