import numpy as np
import pytest

from engine.physics.climatology import atlas, atlas_weights, interpolate
from engine.schema.grid import Grid, coarsened


@pytest.fixture(scope="module")
def grid() -> Grid:
    return coarsened(8)


def test_interpolation_is_the_cubic_sum_over_four_rows_and_columns_to_the_bit(grid: Grid) -> None:
    field = np.random.default_rng(0).standard_normal((2, 180, 360)).astype(np.float32)
    rows, row_weights, columns, column_weights = atlas_weights(grid)
    along = np.zeros((2, grid.shape[0], 360), np.float32)
    for m in range(4):
        along += field[:, rows[:, m]] * row_weights[:, m, None]
    expected = along[:, :, columns[:, 0]] * column_weights[:, 0]
    for m in range(1, 4):
        expected += along[:, :, columns[:, m]] * column_weights[:, m]
    assert np.array_equal(interpolate(field, grid), expected)


def test_interpolation_keeps_a_wave_across_the_prime_meridian(grid: Grid) -> None:
    def wave(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        return np.cos(np.deg2rad(lat))[:, None] * np.cos(np.deg2rad(4 * lon))[None]

    found = interpolate(wave(atlas().lat, atlas().lon).astype(np.float32), grid)
    inside = np.abs(grid.lat) < 85
    assert np.abs(found - wave(grid.lat, grid.lon))[inside].max() < 1e-4
