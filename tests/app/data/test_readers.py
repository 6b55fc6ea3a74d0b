"""Readers beside a store give what their names promise."""

import numpy as np
import pytest

from app.data.derived_readers import AlignedReader, ClimatologyReader, PersistenceReader
from app.data.matching import common_leads, mean_difference, onto
from app.data.readers import DisplayReader, field_name, split_field_name
from engine.runtime.paths import stores_folder
from engine.schema.grid import Grid, coarsened
from engine.stores import Store, open_store
from tests.app.made_stores import write_analysis, write_forecast


@pytest.fixture
def forecast(small_grid: Grid) -> Store:
    return open_store(stores_folder() / write_forecast(small_grid, days=4))


def no_climatology(grid: Grid, time: np.datetime64, variable: str, depth_index: int) -> np.ndarray:
    return np.full(grid.shape, 3.0, np.float32)


@pytest.mark.parametrize("name", ["thetao", "speed_anomaly", "zos_change", "vorticity"])
def test_a_field_name_is_taken_apart_as_it_was_made(name: str) -> None:
    assert field_name(*split_field_name(name)) == name


def test_persistence_is_the_first_day_at_every_lead(forecast: Store) -> None:
    reader = PersistenceReader(forecast)
    assert reader.leads == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(reader.read("zos", 4), forecast.read("zos", 0))
    cells = np.array([40, 50]), np.array([100, 20])
    np.testing.assert_array_equal(reader.points("thetao", *cells, [1, 3])[1], forecast.points("thetao", *cells, [0])[0])


def test_an_anomaly_is_the_field_minus_its_climatology(forecast: Store) -> None:
    reader = DisplayReader(forecast, no_climatology)
    np.testing.assert_allclose(reader.read("thetao_anomaly", 2, 1), forecast.read("thetao", 2, 1) - 3.0, rtol=1e-5)


def test_climatology_stands_on_the_grid_and_days_of_its_store(forecast: Store) -> None:
    reader = ClimatologyReader(forecast, no_climatology)
    assert reader.grid is forecast.grid
    assert reader.valid_time(3) == forecast.valid_time(3)
    assert reader.points("thetao", np.array([40]), np.array([100]), [1, 2]).shape == (2, 15, 1)


def test_stores_that_began_on_different_days_meet_on_equal_valid_days(forecast: Store, small_grid: Grid) -> None:
    analysis = open_store(stores_folder() / write_analysis(small_grid, days=5))
    assert common_leads(forecast, analysis) == [(2, 0), (3, 1), (4, 2)]
    assert common_leads(analysis, forecast) == [(0, 2), (1, 3), (2, 4)]


def test_aligning_two_products_takes_away_the_difference_of_their_zeros(forecast: Store, small_grid: Grid) -> None:
    analysis = open_store(stores_folder() / write_analysis(small_grid, offset=0.4))
    shift = mean_difference(forecast, analysis, common_leads(forecast, analysis))
    aligned = AlignedReader(analysis, forecast, shift)
    difference = forecast.read("zos", 2) - aligned.read("zos", 0)
    assert abs(np.nanmean(difference)) < 1e-3
    np.testing.assert_array_equal(aligned.read("thetao", 0), analysis.read("thetao", 0))


def test_a_field_taken_to_another_grid_is_missing_outside_the_area_it_covers() -> None:
    world = coarsened(8)
    rows, columns = np.flatnonzero((world.lat > 20) & (world.lat < 40)), np.flatnonzero((world.lon > 100) & (world.lon < 140))
    box = Grid(
        world.lat[rows], world.lon[columns], world.depth, world.wet[:, rows][:, :, columns], world.deptho[np.ix_(rows, columns)]
    )
    values = np.broadcast_to(box.lat[:, None], box.shape).astype(np.float32)
    moved = onto(box, world, values)
    assert np.isfinite(moved).sum() == values.size
    np.testing.assert_allclose(moved[np.ix_(rows, columns)], values)
