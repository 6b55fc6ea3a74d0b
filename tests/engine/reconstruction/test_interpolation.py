"""Optimal interpolation: exact where everything is known, honest where nothing is, and closed to land."""

import numpy as np
import pytest

from engine.reconstruction.covariances import Covariance
from engine.reconstruction.interpolation import Sparse, interpolate
from engine.schema.grid import Grid, from_sea_floor


def _sea(land: np.ndarray | None = None) -> Grid:
    """Return a sea of 20 x 72 cells of 5 degrees all round the globe, dry where `land` says."""
    lat, lon = np.arange(-47.5, 50, 5.0), np.arange(2.5, 360, 5.0)
    floor = np.full((lat.size, lon.size), 4000.0, dtype=np.float32)
    if land is not None:
        floor[land] = np.nan
    return from_sea_floor(lat, lon, floor)


def _usual(grid: Grid, length: float = 1500.0, spread: float = 0.1) -> Covariance:
    rows = np.ones(grid.lat.size)
    return Covariance(np.full(grid.shape, spread, np.float32), length * rows, length * rows, 10 * rows, 0 * rows)


def _one(row: int, column: int, value: float = 0.1, noise: float = 0.0, day: float = 0.0) -> Sparse:
    return Sparse(np.array([row]), np.array([column]), np.array([day]), np.array([[value]]), np.array([noise]))


def test_without_observations_the_estimate_is_zero_and_the_error_is_the_spread() -> None:
    grid = _sea()
    nothing = Sparse(*(np.empty(0, dtype=int) for _ in range(3)), np.empty((0, 1)), np.empty(0))
    found = interpolate(nothing, grid, _usual(grid))
    assert np.all(found.values == 0)
    np.testing.assert_allclose(found.error, 0.1)


def test_full_coverage_without_noise_returns_what_was_seen() -> None:
    grid = _sea()
    values = 0.1 * np.random.default_rng(0).standard_normal(grid.shape)
    rows, columns = np.indices(grid.shape).reshape(2, -1)
    seen = Sparse(rows, columns, np.zeros(rows.size), values.reshape(-1, 1), np.zeros(rows.size))
    found = interpolate(seen, grid, _usual(grid))
    np.testing.assert_allclose(found.values[0], values, atol=1e-3)
    assert found.error.max() < 1e-3


def test_a_single_observation_agrees_with_the_formula_and_fades_with_distance_and_time() -> None:
    grid = _sea()
    seasonal_mean = _usual(grid)
    found = interpolate(_one(10, 30, noise=0.01), grid, seasonal_mean)
    # Half signal, half noise: half the value and half the variance are left.
    assert found.values[0, 10, 30] == pytest.approx(0.05, rel=1e-3)
    assert found.error[10, 30] == pytest.approx(0.1 * np.sqrt(0.5), rel=1e-3)
    assert np.all(np.diff(found.values[0, 10, 30:45]) <= 0)
    assert found.values[0, 10, 60] == 0
    later = interpolate(_one(10, 30, noise=0.01, day=5.0), grid, seasonal_mean)
    assert 0 < later.values[0, 10, 30] < found.values[0, 10, 30]


def test_the_error_never_exceeds_the_spread() -> None:
    grid = _sea()
    generator = np.random.default_rng(1)
    places = generator.integers(0, [[20], [72]], (2, 300))
    seen = Sparse(*places, generator.uniform(-5, 5, 300), generator.standard_normal((300, 1)), generator.uniform(0, 0.02, 300))
    found = interpolate(seen, grid, _usual(grid))
    assert np.all(found.error <= 0.1 + 1e-6)
    assert np.all(np.isfinite(found.values))


def test_a_wall_of_land_hides_what_lies_behind_it() -> None:
    land = np.zeros((20, 72), dtype=bool)
    land[:, 33] = land[:, 60] = True
    grid = _sea(land)
    found = interpolate(_one(10, 31), grid, _usual(grid))
    assert found.values[0, 10, 32] > 0.05
    assert np.all(found.values[0, :, 34:60] == 0)
    assert np.isnan(found.values[0, 10, 33])


def test_a_gap_in_the_wall_lets_the_observation_through() -> None:
    land = np.zeros((20, 72), dtype=bool)
    land[:, 33] = True
    land[10, 33] = False
    assert interpolate(_one(10, 31), _sea(land), _usual(_sea(land))).values[0, 10, 35] > 0.02


def test_the_prime_meridian_is_no_seam() -> None:
    grid = _sea()
    there = interpolate(_one(10, 36), grid, _usual(grid)).values
    here = interpolate(_one(10, 0), grid, _usual(grid)).values
    np.testing.assert_allclose(np.roll(there, -36, axis=2), here, atol=1e-6)


def test_a_pattern_that_drifts_west_is_found_where_it_has_gone() -> None:
    grid = _sea()
    rows = np.ones(grid.lat.size)
    seasonal_mean = Covariance(np.full(grid.shape, 0.1, np.float32), 1500 * rows, 1500 * rows, 50 * rows, 200 * rows)
    seen_before = interpolate(_one(10, 30, day=-5.0), grid, seasonal_mean).values[0, 10]
    assert np.argmax(seen_before) == 28
