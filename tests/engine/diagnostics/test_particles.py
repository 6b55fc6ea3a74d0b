"""Drifting particles against paths that are known."""

import numpy as np
import pytest

from engine.diagnostics.particles import Currents, drift
from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid, from_sea_floor

DAY = 86400.0
LEADS = list(range(11))


@pytest.fixture(scope="module")
def ocean() -> Grid:
    """A globe of water with an island."""
    lat, lon = -89.5 + np.arange(180), 0.5 + np.arange(360)
    floor = np.full((180, 360), 4000, np.float32)
    floor[85:95, 60:70] = np.nan
    return from_sea_floor(lat, lon, floor)


def uniform(grid: Grid, east: float, north: float) -> Currents:
    dry = np.where(grid.wet_surface, 1.0, np.nan)
    return lambda lead: (east * dry, north * dry)


def test_in_a_uniform_current_a_particle_goes_as_far_as_the_water(ocean: Grid) -> None:
    path = drift(uniform(ocean, 0.0, 0.5), ocean, np.array([10.0]), np.array([200.0]), LEADS)
    assert path.days[-1] == 10 and path.lat.shape == (121, 1)
    assert path.lat[-1, 0] == pytest.approx(10 + np.rad2deg(0.5 * 10 * DAY / EARTH_RADIUS), rel=1e-6)
    assert path.lon[:, 0] == pytest.approx(200)


def test_degrees_are_shorter_in_high_latitudes(ocean: Grid) -> None:
    path = drift(uniform(ocean, 0.5, 0.0), ocean, np.array([0.0, 60.0]), np.array([200.0, 200.0]), LEADS)
    gone = path.lon[-1] - 200
    assert gone[1] == pytest.approx(2 * gone[0], rel=1e-6)


def test_around_an_eddy_a_particle_comes_back_to_where_it_was(ocean: Grid) -> None:
    east, north = np.meshgrid(np.deg2rad(ocean.lon - 200), np.deg2rad(ocean.lat))
    turn = 2 * np.pi / (10 * DAY)
    flow = -turn * north * EARTH_RADIUS, turn * east * EARTH_RADIUS * np.ones_like(north)
    path = drift(lambda lead: flow, ocean, np.array([1.0]), np.array([200.0]), LEADS)
    assert (path.lat[-1, 0], path.lon[-1, 0]) == pytest.approx((1.0, 200.0), abs=0.01)
    assert path.lat[60, 0] == pytest.approx(-1.0, abs=0.01)
    assert np.hypot(path.lat, path.lon - 200) == pytest.approx(1.0, abs=0.01)


def test_between_two_days_the_current_changes_evenly(ocean: Grid) -> None:
    path = drift(lambda lead: uniform(ocean, 0.1 * lead, 0.0)(lead), ocean, np.array([0.0]), np.array([200.0]), [0, 1, 2])
    gone = np.deg2rad(path.lon[[12, 24], 0] - 200) * EARTH_RADIUS / DAY
    assert gone == pytest.approx([0.05, 0.2], rel=1e-6)


def test_the_path_crosses_the_prime_meridian_without_a_jump(ocean: Grid) -> None:
    path = drift(uniform(ocean, 0.8, 0.0), ocean, np.array([30.0]), np.array([357.0]), LEADS)
    assert np.diff(path.lon[:, 0]).min() > 0 and path.lon[-1, 0] > 360
    assert np.isfinite(path.lat).all()


def test_a_particle_that_reaches_land_ends_and_others_continue(ocean: Grid) -> None:
    path = drift(uniform(ocean, 0.8, 0.0), ocean, np.array([0.0, 30.0]), np.array([58.0, 58.0]), LEADS)
    stranded = np.isnan(path.lon[:, 0])
    assert not stranded[0] and stranded[-1] and (np.diff(stranded.astype(int)) >= 0).all()
    assert path.lon[~stranded, 0].max() < 60.6
    assert np.isfinite(path.lon[:, 1]).all()


def test_a_regional_grid_ends_a_path_at_its_edge() -> None:
    lat, lon = np.arange(20.5, 40), np.arange(130.5, 160)
    box = from_sea_floor(lat, lon, np.full((lat.size, lon.size), 4000, np.float32))
    path = drift(uniform(box, 1.0, 0.0), box, np.array([30.0]), np.array([156.0]), LEADS)
    assert np.isnan(path.lon[-1, 0]) and 159 < np.nanmax(path.lon) <= 160.2


@pytest.mark.parametrize(
    ("lat", "lon", "leads", "words"),
    [(0.0, 65.0, LEADS, "on land"), (0.0, 200.0, [3], "two or more"), (0.0, 200.0, [2, 1], "ascending")],
)
def test_impossible_releases_are_refused(ocean: Grid, lat: float, lon: float, leads: list[int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        drift(uniform(ocean, 0.1, 0.0), ocean, np.array([lat]), np.array([lon]), leads)
