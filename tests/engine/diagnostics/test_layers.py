"""Depths of layers in columns whose answer is known."""

import numpy as np
import pytest

from engine.diagnostics.layers import (
    MIXED_LAYER_STEP,
    cyclone_heat_potential,
    equal_density,
    heat_content,
    isopycnal_depth,
    isotherm_depth,
    mixed_layer_depth,
    potential_density,
    squared_buoyancy_frequency,
)
from engine.physics.water_columns import density_step
from engine.schema.constants import ABSOLUTE_SALINITY
from engine.schema.variables import DEPTHS

DEPTH = np.array(DEPTHS, dtype=float)


def columns(*profiles: np.ndarray) -> np.ndarray:
    return np.stack(profiles, axis=1).astype(np.float32)


def test_the_isotherm_of_a_linear_profile_is_found_exactly() -> None:
    found = isotherm_depth(columns(28 - 0.1 * DEPTH, 22 - 0.01 * DEPTH), DEPTH)
    np.testing.assert_allclose(found, [80, 200], rtol=1e-5)


def test_water_too_cold_or_warm_to_the_bottom_has_no_isotherm_instead_of_one_at_the_surface() -> None:
    warm_below = 15 + 0.02 * np.where(DEPTH < 300, DEPTH, 600 - DEPTH) + 2 * (np.abs(DEPTH - 250) < 60)
    found = isotherm_depth(columns(15 - 0.01 * DEPTH, 25 - 0.001 * DEPTH, warm_below), DEPTH)
    assert np.isnan(found).all()


def test_the_isotherm_below_the_sea_floor_is_missing() -> None:
    profile = 28 - 0.1 * DEPTH
    profile[7:] = np.nan
    land = np.full(DEPTH.size, np.nan)
    assert np.isnan(isotherm_depth(columns(profile, land), DEPTH)).all()


def test_of_two_crossings_the_first_counts() -> None:
    profile = np.where(DEPTH <= 50, 21, 19.0)
    profile[9:11] = 21
    assert isotherm_depth(columns(profile), DEPTH)[0] == pytest.approx(60)


def test_the_mixed_layer_ends_where_the_water_is_denser_by_the_threshold_than_at_ten_metres() -> None:
    temperature = np.where(DEPTH <= 70, 20.0, 20.0 - 0.02 * (DEPTH - 70))
    salinity = np.full(DEPTH.size, 35.0)
    at_100 = density_step(20.0, 35.0, temperature[7], 35.0, 0.0)
    expected = 70 + 30 * MIXED_LAYER_STEP / at_100
    assert 70 < expected < 100
    found = mixed_layer_depth(columns(temperature), columns(salinity), DEPTH)
    assert found[0] == pytest.approx(expected, rel=1e-4)


def test_salt_alone_ends_a_mixed_layer_of_one_temperature() -> None:
    salinity = np.where(DEPTH <= 30, 34.0, 35.0)
    found = mixed_layer_depth(columns(np.full(DEPTH.size, 10.0)), columns(salinity), DEPTH)
    assert 30 < found[0] < 32


def test_a_column_mixed_to_the_bottom_has_no_mixed_layer_depth() -> None:
    same, shallow = np.full(DEPTH.size, 10.0), np.full(DEPTH.size, 10.0)
    shallow[6:] = np.nan
    salinity = np.full((DEPTH.size, 2), 35.0, np.float32)
    assert np.isnan(mixed_layer_depth(columns(same, shallow), salinity, DEPTH)).all()


def test_density_is_that_of_the_equation_of_state() -> None:
    # Check value of TEOS-10 for absolute salinity 34.7118 and conservative temperature 28.8099.
    found = potential_density(np.array([28.7856]), np.array([34.7118 / ABSOLUTE_SALINITY]))
    assert found[0] == pytest.approx(21.797900819337656, abs=0.01)


def test_water_that_warms_upward_is_stable_and_cooled_from_above_is_not() -> None:
    salt = np.array([35.0, 35.0])
    stable = squared_buoyancy_frequency((np.array([20.0, 18.0]), salt), (np.array([18.0, 20.0]), salt), (50.0, 70.0))
    assert stable[0] == pytest.approx(1e5 * 9.81 * 2.5e-4 * 2 / 20, rel=0.05)
    assert stable[1] < 0


def test_heat_counts_down_to_500_metres_and_shallow_seas_have_none() -> None:
    uniform = np.full(DEPTH.size, 10.0)
    shelf = np.where(DEPTH <= 200, 10.0, np.nan)
    found = heat_content(columns(uniform, 25 - 0.05 * DEPTH, shelf), DEPTH)
    assert found[0] == pytest.approx(1025 * 3990 * 10 * 500 / 1e9, rel=1e-4)
    assert found[1] == pytest.approx(1025 * 3990 * 12.5 * 500 / 1e9, rel=1e-4)
    assert np.isnan(found[2])


def test_cyclone_heat_counts_water_above_26_degrees() -> None:
    wedge = 28 - 0.025 * DEPTH
    shelf = np.where(DEPTH <= 50, 27.0, np.nan)
    cool, land = np.full(DEPTH.size, 25.0), np.full(DEPTH.size, np.nan)
    found = cyclone_heat_potential(columns(wedge, shelf, cool, land), DEPTH)
    assert found[0] == pytest.approx(1025 * 3990 * 0.5 * 2 * 80 / 1e7, rel=1e-4)
    assert found[1] == pytest.approx(1025 * 3990 * 50 / 1e7, rel=1e-4)
    assert found[2] == 0 and np.isnan(found[3])


def test_warm_water_below_a_cold_layer_does_not_count() -> None:
    inverted = np.where(DEPTH <= 20, 25.0, 28.0)
    assert cyclone_heat_potential(columns(inverted), DEPTH)[0] == 0


def test_the_depth_of_a_density_is_found_between_levels_and_missing_where_no_water_is_as_heavy() -> None:
    found = isopycnal_depth(columns(22 + 0.01 * DEPTH, 27 + 0.001 * DEPTH), DEPTH, 24.5)
    assert found[0] == pytest.approx(250, rel=1e-5) and np.isnan(found[1])


def test_water_on_a_line_of_equal_density_has_that_density() -> None:
    temperature, salinity = np.linspace(0, 30, 31), np.linspace(30, 40, 201)
    levels = np.array([22.0, 25.0, 28.0])
    salt = equal_density(temperature, salinity, levels)
    for level, line in zip(levels, salt, strict=True):
        inside = np.isfinite(line)
        assert inside.sum() > 5
        np.testing.assert_allclose(potential_density(temperature[inside], line[inside]), level, atol=1e-3)
    assert np.isnan(salt[2][temperature > 28]).all(), "no such water within the range of salinity"
