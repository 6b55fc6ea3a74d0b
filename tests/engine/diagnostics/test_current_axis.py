"""The axis of the Kuroshio, against a jet of a closed form."""

import numpy as np
import pytest

from engine.diagnostics.current_axis import core_height, current_axis, mean_latitude
from engine.schema.grid import Grid, from_sea_floor

ZERO = 0.4
"""Metres of sea surface height in the middle of the jet: the zero of a product is its own."""


@pytest.fixture
def grid() -> Grid:
    lat, lon = np.arange(20.125, 50, 0.25), np.arange(122.625, 180, 0.25)
    return from_sea_floor(lat, lon, np.full((lat.size, lon.size), 4000, np.float32))


def middle(lon: np.ndarray, amplitude: float = 1.0) -> np.ndarray:
    """Return a meander of two periods from 141E to 153E about 35.3N."""
    return 35.3 + amplitude * np.sin(2 * np.pi * (lon - 141) / 6)


def jet(grid: Grid, amplitude: float = 1.0, width: float = 0.8) -> np.ndarray:
    across = (grid.lat[:, None] - middle(grid.lon, amplitude)[None]) / width
    return (ZERO - 0.5 * np.tanh(across)).astype(np.float32)


def test_the_axis_follows_the_middle_of_a_meandering_jet(grid: Grid) -> None:
    axis = current_axis(jet(grid), grid, ZERO)
    assert axis[0, 1] < 123 and axis[-1, 1] > 179, "from west to east"
    assert axis[:, 0] == pytest.approx(middle(axis[:, 1]), abs=0.02)


def test_the_mean_latitude_of_whole_meanders_is_that_of_the_straight_jet(grid: Grid) -> None:
    straight, meandering = (current_axis(jet(grid, amplitude), grid, ZERO) for amplitude in (0.0, 1.0))
    assert mean_latitude(straight) == pytest.approx(35.3, abs=2e-3)
    assert mean_latitude(meandering) == pytest.approx(35.3, abs=0.02)


def test_the_height_of_the_core_is_where_the_sea_falls_steepest_whatever_its_zero(grid: Grid) -> None:
    assert core_height(jet(grid, 0.2), grid) == pytest.approx(ZERO, abs=0.01)
    assert core_height(jet(grid, 0.0) + 3, grid) == pytest.approx(ZERO + 3, abs=0.01)


def test_a_ring_that_left_the_current_is_not_its_axis(grid: Grid) -> None:
    ring = np.hypot(grid.lat[:, None] - 40.5, grid.lon[None] - 147)
    field = jet(grid, 0.2) + np.exp(-((ring / 1.2) ** 2))
    axis = current_axis(field, grid, ZERO)
    assert axis[:, 0].max() < 37 and axis[-1, 1] > 179
    assert mean_latitude(axis) == pytest.approx(35.3, abs=0.02)


def test_a_meander_that_folds_back_counts_once_by_longitude() -> None:
    folded = np.array([[34.0, 140.0], [34.0, 148.0], [36.0, 147.0], [38.0, 148.0], [38.0, 154.0]])
    assert mean_latitude(folded) == pytest.approx(np.mean([34.0] * 24 + [36.0] * 4 + [38.0] * 21), abs=0.1)


def test_where_the_current_is_not_there_is_no_axis(grid: Grid) -> None:
    flat = np.zeros(grid.shape, np.float32)
    assert current_axis(flat, grid, ZERO).shape == (0, 2)
    assert np.isnan(mean_latitude(np.empty((0, 2))))
    assert np.isnan(core_height(np.full(grid.shape, np.nan), grid))
    assert current_axis(flat, grid, float("nan")).shape == (0, 2)
