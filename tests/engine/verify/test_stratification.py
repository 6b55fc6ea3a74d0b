"""Depths of layers in columns whose answer is known."""

import numpy as np
import pytest

from engine.columns import density_step
from engine.variables import DEPTHS
from engine.verify.stratification import MIXED_LAYER_STEP, isotherm_depth, mixed_layer_depth

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
