"""From the nodes of a provider to the cells of the model: no half-cell shift, nothing lost on the way."""

import numpy as np
import pytest

from engine.readers.atmosphere.placement import Placement
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened, quarter_degree


def smooth(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    rows, columns = np.deg2rad(lat)[:, None], np.deg2rad(lon)[None, :]
    return np.sin(rows) + np.cos(rows) * np.cos(columns - 1)


def nodes(step: float) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(-90, 90 + step / 2, step), np.arange(0, 360, step)


def test_nodes_of_a_quarter_degree_come_to_the_cell_centres_without_a_shift() -> None:
    lat, lon = nodes(0.25)
    grid = quarter_degree()
    place = Placement(lat, lon, grid)
    # In the rows around the poles the mean of a cell, weighted by area, lies a sixth of a cell off its middle.
    rows = np.abs(grid.lat) < 80
    error = np.abs(place(smooth(lat, lon)) - smooth(grid.lat, grid.lon))[rows].max()
    shifted = np.abs(smooth(lat[:-1], lon) - smooth(grid.lat, grid.lon))[rows].max()
    assert place.is_whole and place.grid.shape == (720, 1440)
    assert error < 3e-5 < 2e-3 < shifted


@pytest.mark.parametrize(("step", "factor"), [(10.0, 40), (2.5, 40), (2.5, 4), (10.0, 8)])
def test_coarser_and_finer_files_come_to_the_same_places(step: float, factor: int) -> None:
    lat, lon = nodes(step)
    grid = coarsened(factor)
    placed = Placement(lat, lon, grid)(smooth(lat, lon))
    cell = max(step, 0.25 * factor)
    assert np.isfinite(placed).all()
    error = np.abs(placed - smooth(grid.lat, grid.lon))[np.abs(grid.lat) < 70]
    assert error.max() < 0.5 * np.deg2rad(cell) ** 2


def test_means_keep_the_mean_over_the_globe() -> None:
    lat, lon = nodes(2.5)
    grid = coarsened(40)
    values = np.random.default_rng(1).normal(size=(lat.size, lon.size))
    ends = np.clip(np.r_[lat[0], (lat[1:] + lat[:-1]) / 2, lat[-1]], -90, 90)
    weights = np.diff(np.sin(np.deg2rad(ends)))
    placed = Placement(lat, lon, grid)(values)
    assert np.average(placed, weights=grid.cell_area) == pytest.approx(np.average(values.mean(axis=1), weights=weights), abs=1e-6)


@pytest.mark.parametrize("west", [10.0, 340.0])
def test_a_box_covers_the_cells_that_lie_in_it_also_across_the_prime_meridian(west: float) -> None:
    east = np.sort((west + np.arange(0, 40.25, 0.25)) % 360)
    lat = np.arange(-60, -49.9, 0.25)
    place = Placement(lat, east, quarter_degree())
    assert place.grid.lat[0] == -59.875 and place.grid.lat[-1] == -50.125
    inside = np.sort((west + np.arange(0.125, 40, 0.25)) % 360)
    np.testing.assert_allclose(place.grid.lon, inside)
    np.testing.assert_allclose(place(smooth(lat, east)), smooth(place.grid.lat, place.grid.lon), atol=1e-5)


def test_a_fine_grid_within_a_box_is_covered_and_one_beyond_it_is_not() -> None:
    lat, lon = np.arange(20, 40.1, 0.25), np.arange(120, 150.1, 0.25)

    def fine(south: float) -> Grid:
        rows, columns = np.arange(south, south + 5, 1 / 12), np.arange(130, 135, 1 / 12)
        return Grid(rows, columns, np.zeros(1), np.ones((1, 60, 60), bool), np.full((60, 60), 100.0))

    inside = Placement(lat, lon, fine(25.0))
    assert inside.is_whole
    np.testing.assert_allclose(inside(smooth(lat, lon)), smooth(inside.grid.lat, inside.grid.lon), atol=1e-5)
    assert not Placement(lat, lon, fine(38.0)).is_whole
    with pytest.raises(InputError, match="cover 0 rows"):
        Placement(lat, lon, fine(60.0))
