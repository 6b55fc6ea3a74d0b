"""The eddies of the sample ocean."""

import numpy as np
import pytest

from engine.physics import geostrophy
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid, coarsened
from sample_data.ocean.day_zero import DayZero, day_zero
from sample_data.ocean.dynamics import EddyModel, coriolis_off_equator, eddy_weight, wave_speed
from sample_data.ocean.stochastic import SmoothNoise


def _aqua_planet(rows: int = 180, columns: int = 360) -> Grid:
    lat = (np.arange(rows) + 0.5) * 180 / rows - 90
    lon = (np.arange(columns) + 0.5) * 360 / columns
    depth = np.array([0.0])
    return Grid(lat, lon, depth, np.ones((1, rows, columns), bool), np.full((rows, columns), 4000, np.float32))


def test_a_long_rossby_wave_moves_west_at_the_speed_of_theory() -> None:
    grid, number, days = _aqua_planet(), 12, 20
    wave = 1e-3 * np.cos(number * np.deg2rad(grid.lon))[None] * np.exp(-(((grid.lat - 30) / 8) ** 2))[:, None]
    model = EddyModel(grid, 0, 0.0, DayZero(np.zeros(grid.shape, np.float32), wave.astype(np.float32)))
    for day in range(days):
        model.step_day(day + 1)
    row = int(np.argmin(np.abs(grid.lat - 30)))
    phases = [np.angle(np.fft.rfft(field[row])[number]) for field in (wave, model.height())]
    lat = grid.lat[row]
    k = number / (EARTH_RADIUS * np.cos(np.deg2rad(lat)))
    screening = (coriolis_off_equator(lat) / wave_speed(lat)) ** 2
    beta = geostrophy.beta(lat)
    expected = beta * k / (k**2 + screening) * days * 86400
    assert phases[1] - phases[0] == pytest.approx(expected, rel=0.08)


def test_still_water_stays_still() -> None:
    grid = _aqua_planet(90, 180)
    model = EddyModel(grid, 0, 0.0, DayZero(np.zeros(grid.shape, np.float32), np.zeros(grid.shape, np.float32)))
    model.step_day(1)
    assert np.all(model.height() == 0)


def test_land_never_holds_potential_vorticity() -> None:
    model = EddyModel(coarsened(8), 1)
    for day in range(3):
        model.step_day(day + 1)
    assert np.all(model.q[~model.wet] == 0)
    assert np.all(np.isfinite(model.q))


def test_restarting_from_a_height_gives_the_height_back_on_wet_cells() -> None:
    grid = coarsened(8)
    model = EddyModel(grid, 1)
    model.step_day(1)
    height = model.height()
    other = EddyModel(grid, 2, 0.0)
    other.set_height(height)
    inside = grid.wet_surface & (eddy_weight(grid.lat)[:, None] > 0)
    np.testing.assert_allclose(other.height()[inside], height[inside], atol=2e-3)


def test_seeds_make_different_oceans_and_one_seed_always_the_same() -> None:
    grid = coarsened(8)
    heights = []
    for seed in (1, 1, 2):
        model = EddyModel(grid, seed)
        for day in range(3):
            model.step_day(day + 1)
        heights.append(model.height())
    np.testing.assert_array_equal(heights[0], heights[1])
    assert np.abs(heights[0] - heights[2]).max() > 1e-3


def test_noise_has_unit_variance_and_forgets_in_ten_days() -> None:
    lat = np.arange(-60.0, 61.0)
    noise = SmoothNoise(lat, 360, np.full(lat.size, 50e3), 5)
    first = noise.value.copy()
    assert first.std() == pytest.approx(1, abs=0.1)
    for day in range(10):
        noise.advance(day + 1)
    assert noise.value.std() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(first.ravel(), noise.value.ravel())[0, 1] == pytest.approx(np.exp(-1), abs=0.06)


def test_day_zero_is_the_satellite_height_where_it_was_seen() -> None:
    start, grid = day_zero(coarsened(1)), coarsened(1)
    seen = start.anomaly != 0
    total = (start.mean + start.anomaly)[seen]
    assert -1.7 < total.min() < -1.2 and 1.5 < total.max() < 2.1
    assert np.all(np.isfinite(start.mean))
    assert (seen & grid.wet_surface).sum() > 0.84 * grid.wet_surface.sum()
