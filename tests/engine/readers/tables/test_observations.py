"""Observations of a state, and what is made of them: means by cell, profiles."""

import numpy as np
import pytest

from engine.readers.tables.observations import Observations
from engine.reconstruction.superobservations import at_surface, profiles
from engine.schema.grid import Grid
from tests.engine.observed_states import observations_of
from tests.engine.toy import toy_batch

TIME = np.datetime64("2019-02-23T12:00:00")


def test_means_by_cell_weigh_by_error_and_skip_land(small_grid: Grid) -> None:
    row, column = 40, 100
    assert small_grid.wet_surface[row, column]
    lat, lon = small_grid.lat[row], small_grid.lon[column]
    land = np.argwhere(~small_grid.wet_surface)[0]
    seen = Observations(
        np.zeros(3),
        np.array([lat, lat + 0.2, small_grid.lat[land[0]]]),
        np.array([lon, lon + 0.2, small_grid.lon[land[1]]]),
        np.zeros(3),
        np.full(3, "zos"),
        np.array([0.1, 0.4, 9.0]),
        np.array([0.01, 0.02, 0.01]),
    )
    found = at_surface(seen, small_grid, np.zeros(small_grid.shape))
    assert (found.rows.tolist(), found.columns.tolist()) == ([row], [column])
    assert found.values[0, 0] == pytest.approx((0.1 * 4 + 0.4) / 5)
    assert found.noise[0] == pytest.approx(1 / (1e4 + 2500))


def test_a_profile_is_linear_between_its_depths_and_not_continued(small_grid: Grid) -> None:
    lat, lon = small_grid.lat[40], small_grid.lon[100]
    depth = np.array([4.0, 14.0, 60.0])
    seen = Observations(
        np.zeros(3), np.full(3, lat), np.full(3, lon), depth, np.full(3, "thetao"), 20 - depth / 10, np.full(3, 0.02)
    )
    spots, found = profiles(seen, small_grid)
    assert len(spots) == 1
    expected = np.where((small_grid.depth >= 4) & (small_grid.depth <= 60), 20 - small_grid.depth / 10, np.nan)
    np.testing.assert_allclose(found["thetao"][0], expected)


def test_a_state_on_a_grid_becomes_one_observation_a_value(small_grid: Grid) -> None:
    batch = toy_batch(small_grid, TIME)
    seen = observations_of(batch)
    assert len(seen) == sum(int(np.isfinite(field).sum()) for field in batch.fields.values())
    spots, found = profiles(seen, small_grid)
    np.testing.assert_array_equal(found["so"].T, batch["so"][:, spots.rows, spots.columns].astype(np.float64))
