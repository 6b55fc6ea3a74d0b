"""Grids, masks, areas and regions."""

import numpy as np
import pytest

from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.schema.regions import REGIONS


def test_cell_areas_add_up_to_the_sphere_and_both_hemispheres_to_half() -> None:
    area = quarter_degree().cell_area
    assert area.sum() == pytest.approx(4 * np.pi * EARTH_RADIUS**2, rel=1e-9)
    assert (area * np.sign(quarter_degree().lat)[:, None]).sum() == pytest.approx(0, abs=1e6)


@pytest.mark.parametrize(
    ("place", "lat", "lon", "is_ocean"),
    [
        ("Caspian Sea", 42, 51, False),
        ("Dead Sea", 31.5, 35.4, False),
        ("Death Valley", 36.2, 243.2, False),
        ("Sahara", 23, 10, False),
        ("Strait of Gibraltar", 35.9, 354.4, True),
        ("Black Sea", 43, 34, True),
        ("Baltic Sea", 58, 20, True),
        ("Mariana Trench", 11.4, 142.4, True),
        ("North Pole", 89.9, 0, True),
    ],
)
def test_ocean_cells_connect_with_the_open_ocean(place: str, lat: float, lon: float, is_ocean: bool) -> None:
    grid = quarter_degree()
    assert grid.wet_surface[grid.nearest(lat, lon)] == is_ocean, place


def test_the_ocean_covers_71_percent_of_the_earth_and_shrinks_with_depth() -> None:
    grid = quarter_degree()
    share = (grid.cell_area * grid.wet).sum(axis=(1, 2)) / grid.cell_area.sum()
    assert share[0] == pytest.approx(0.71, abs=0.01)
    assert np.all(np.diff(share) <= 0)


def test_a_level_is_wet_only_above_the_sea_floor() -> None:
    grid = quarter_degree()
    deepest = np.where(grid.wet, grid.depth[:, None, None], -1).max(axis=0)
    assert np.all(deepest[grid.wet_surface] < grid.deptho[grid.wet_surface])
    assert np.isnan(grid.deptho[~grid.wet_surface]).all()


def test_a_coarse_grid_keeps_the_ocean_area() -> None:
    fine, coarse = quarter_degree(), coarsened(8)
    assert coarse.shape == (90, 180)
    fine_area, coarse_area = ((g.cell_area * g.wet_surface).sum() for g in (fine, coarse))
    assert coarse_area == pytest.approx(fine_area, rel=0.01)


def test_a_region_across_the_prime_meridian_runs_from_west_to_east() -> None:
    grid = coarsened(8)
    rows, columns = grid.rows_and_columns(REGIONS["mediterranean"])
    east = (grid.lon[columns] - REGIONS["mediterranean"].lon_min) % 360
    assert np.all(np.diff(east) > 0) and east[-1] <= 43
    assert grid.lat[rows].min() >= 30 and grid.lat[rows].max() <= 46


def test_the_global_region_takes_every_column_once() -> None:
    grid = coarsened(8)
    _, columns = grid.rows_and_columns(REGIONS["global"])
    assert sorted(columns) == list(range(180))


@pytest.mark.parametrize("fault", ["descending latitude", "negative longitude", "mask of another shape", "missing latitude"])
def test_a_contradictory_grid_is_refused(fault: str) -> None:
    grid = coarsened(8)
    lat, lon, wet = grid.lat, grid.lon, grid.wet
    if fault == "descending latitude":
        lat = lat[::-1]
    elif fault == "negative longitude":
        lon = lon - 180
    elif fault == "missing latitude":
        lat = np.where(lat > 80, np.nan, lat)
    else:
        wet = wet[:, 1:]
    with pytest.raises(InputError):
        Grid(lat, lon, grid.depth, wet, grid.deptho)


def test_a_factor_that_does_not_divide_the_grid_is_refused() -> None:
    with pytest.raises(InputError, match="divisor"):
        coarsened(7)
