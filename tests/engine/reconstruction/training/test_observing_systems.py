"""Observing systems see what they should: shares, tracks that cross the globe, one float a box."""

import numpy as np
import pytest

from engine.reconstruction.covariances import SURFACE, covariance, weather_spread
from engine.reconstruction.superobservations import cells_of
from engine.reconstruction.training.observing_systems import INCLINATIONS, floats, random_columns, track_positions, tracks
from engine.schema.grid import Grid
from tests.engine.toy import INIT_TIME, toy_batch


@pytest.mark.parametrize("share", [1.0, 0.1])
def test_random_columns_see_their_share_and_all_their_depths(small_grid: Grid, share: float) -> None:
    batch = toy_batch(small_grid, INIT_TIME)
    seen = random_columns(batch, share, np.random.default_rng(0))
    wet = small_grid.wet_surface.sum()
    assert len(seen.of("zos")) == round(share * wet)
    rows, columns = cells_of(seen.of("zos").lat, seen.of("zos").lon, small_grid)
    assert len(seen.of("thetao")) == small_grid.wet[:, rows, columns].sum()


def test_a_satellite_turns_back_at_its_inclination_and_moves_seven_kilometres_a_step() -> None:
    days, lat, lon = track_positions(0.0, 0)
    assert lat.max() == pytest.approx(INCLINATIONS[0], abs=0.1) and lat.min() == pytest.approx(-INCLINATIONS[0], abs=0.1)
    assert (days[0], days[-1]) == (0.0, pytest.approx(1, abs=1e-3))
    east = np.deg2rad((np.diff(lon) + 180) % 360 - 180) * np.cos(np.deg2rad(lat[1:]))
    step = 6371 * np.hypot(np.deg2rad(np.diff(lat)), east)
    assert step.min() > 6.0 and step.max() < 8.0


def test_altimeters_see_sea_level_with_their_noise_and_leave_gaps(small_grid: Grid) -> None:
    batch = toy_batch(small_grid, INIT_TIME)
    seen = tracks(lambda _: batch, np.random.default_rng(0), noise=0.03, satellites=1)
    rows, columns = cells_of(seen.lat, seen.lon, small_grid)
    difference = seen.value - batch["zos"][rows, columns]
    assert np.std(difference) == pytest.approx(0.03, rel=0.05)
    assert set(seen.variable) == {"zos"} and np.abs(seen.days).max() <= 5


def test_floats_see_a_profile_a_box_on_different_days(small_grid: Grid) -> None:
    days = set()

    def state(day: float) -> object:
        days.add(day)
        return toy_batch(small_grid, INIT_TIME)

    seen = floats(state, np.random.default_rng(0))  # type: ignore[arg-type]
    surface = seen.where((seen.depth == 0) & (seen.variable == "so"))
    assert 0.5 < len(surface) / (50 * 120) < 0.9
    assert len(days) == 11


def test_departures_are_known_everywhere_and_go_round_the_globe(small_grid: Grid) -> None:
    for name in SURFACE:
        usual = covariance(small_grid, name)
        assert usual.spread.shape == small_grid.shape and usual.spread.min() > 0
        seam = np.abs(usual.spread[:, 0] - usual.spread[:, -1])
        assert seam.mean() < 2 * np.abs(np.diff(usual.spread, axis=1)).mean()
        assert usual.east.min() > 20 and usual.days.min() > 3
    assert 0 < weather_spread(small_grid).max() < 0.1
