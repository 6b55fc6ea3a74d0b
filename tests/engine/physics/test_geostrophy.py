"""Geostrophic velocity: closed forms on the sphere, the equator, coasts and the seam at Greenwich."""

import numpy as np
import pytest

from engine.physics.geostrophy import coriolis, geostrophic_velocity, gradient
from engine.schema.constants import EARTH_RADIUS, GRAVITY

LAT = np.arange(-89.5, 90.0)
LON = np.arange(0.5, 360.0)
SEA = np.ones((180, 360), dtype=bool)


def test_flow_of_a_zonal_slope_is_g_over_f_times_the_slope_outside_the_tropics() -> None:
    height = np.repeat(np.sin(np.deg2rad(LAT))[:, None], 360, axis=1)
    u, v = geostrophic_velocity(height, LAT, LON, SEA)
    mid = (np.abs(LAT) > 14) & (np.abs(LAT) < 80)
    exact = -GRAVITY / coriolis(LAT) * np.cos(np.deg2rad(LAT)) / EARTH_RADIUS
    np.testing.assert_allclose(u[mid], np.repeat(exact[mid, None], 360, axis=1), rtol=2e-3)
    assert np.abs(v).max() < 1e-6


def test_a_high_turns_clockwise_in_the_north_and_anticlockwise_in_the_south() -> None:
    for lat, sign in ((40.5, 1), (-40.5, -1)):
        height = 0.3 * np.exp(-((LAT[:, None] - lat) ** 2 + (LON[None] - 180.5) ** 2) / 8)
        u, _ = geostrophic_velocity(height, LAT, LON, SEA)
        row, column = int(lat + 89.5) + 1, 180
        assert np.sign(u[row, column]) == sign, f"flow poleward or equatorward of the high at {lat} has the wrong sign"


def test_flow_stays_finite_and_smooth_across_the_equator() -> None:
    # A parabola about the equator has the same h_yy everywhere, so beta-plane and f-plane agree on one eastward jet.
    height = np.repeat(-0.05 * (LAT[:, None] / 5.0) ** 2, 360, axis=1)
    u, _ = geostrophic_velocity(height, LAT, LON, SEA)
    belt = np.abs(LAT) < 8
    expected = GRAVITY / 2.28e-11 * 2 * 0.05 / (5 * 111195.0) ** 2
    np.testing.assert_allclose(u[belt, 0], expected, rtol=0.05)


def test_a_coast_reads_no_land_and_land_stays_still() -> None:
    height = np.repeat(0.01 * LAT[:, None], 360, axis=1)
    height[:, 100:120] = np.nan
    wet = np.isfinite(height)
    u, v = geostrophic_velocity(height, LAT, LON, wet)
    assert np.isfinite(u).all() and np.isfinite(v).all()
    assert np.abs(v).max() < 1e-6, "the step to land was taken for a slope"
    assert not u[~wet].any()


def test_rolling_longitudes_rolls_the_flow() -> None:
    height = np.random.default_rng(1).standard_normal((180, 360)).astype(np.float32)
    u, v = geostrophic_velocity(height, LAT, LON, SEA)
    ru, rv = geostrophic_velocity(np.roll(height, 77, 1), LAT, LON, SEA)
    np.testing.assert_allclose(ru, np.roll(u, 77, 1), atol=2e-3)
    np.testing.assert_allclose(rv, np.roll(v, 77, 1), atol=2e-3)


def test_a_box_is_not_wrapped_around_the_globe() -> None:
    lat, lon = np.arange(20.5, 40), np.arange(120.5, 160)
    east, _ = gradient(np.repeat(lon[None], 20, axis=0), lat, lon, np.ones((20, 40), dtype=bool))
    metres = np.deg2rad(1) * EARTH_RADIUS * np.cos(np.deg2rad(lat))
    np.testing.assert_allclose(east, np.repeat(1 / metres[:, None], 40, axis=1), rtol=1e-4)


@pytest.mark.parametrize("degrees", [0.7, 1.3])
def test_smoothing_of_the_equatorial_belt_leaves_mid_latitudes_alone(degrees: float) -> None:
    height = np.random.default_rng(2).standard_normal((180, 360)).astype(np.float32)
    u, _ = geostrophic_velocity(height, LAT, LON, SEA, equatorial_smoothing=degrees)
    usual, _ = geostrophic_velocity(height, LAT, LON, SEA)
    far = np.abs(LAT) > 10
    np.testing.assert_array_equal(u[far], usual[far])
