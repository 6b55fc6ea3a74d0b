"""The high-pass: against its definition, closed forms, coasts and finer grids."""

import numpy as np
import pytest
from scipy.special import j1

from engine.diagnostics.eddies.highpass import high_pass
from tests.engine.diagnostics.eddies.bumps import axes, distance

LENGTH = 700e3


def _by_definition(field: np.ndarray, lat: np.ndarray, lon: np.ndarray, row: int, column: int) -> float:
    ratio = np.maximum(distance(lat, lon, lat[row], lon[column]) / LENGTH, 1e-9)
    kernel = np.where(ratio < 1, np.sinc(ratio) * j1(2 * np.pi * ratio) / ratio, 0.0) * np.cos(np.deg2rad(lat))[:, None]
    wet = np.isfinite(field)
    return float(field[row, column] - np.sum(kernel[wet] * field[wet]) / np.sum(kernel[wet]))


@pytest.mark.parametrize(("lat_min", "lat_max", "lon_max"), [(60, 90, 360), (-20, 20, 360), (30, 60, 37)])
def test_it_is_the_normalised_sum_over_the_sphere_at_the_pole_the_seam_and_the_edge(
    lat_min: float, lat_max: float, lon_max: float
) -> None:
    lat, lon = axes(lat_min, lat_max, 0, lon_max, 1.0)
    field = np.random.default_rng(1).normal(size=(lat.size, lon.size))
    field[3:9, :14] = np.nan
    filtered = high_pass(field, lat, lon, LENGTH, lon_max == 360)
    for row, column in ((0, 0), (9, 0), (lat.size - 1, 5), (15, lon.size - 1), (10, 20)):
        assert filtered[row, column] == pytest.approx(_by_definition(field, lat, lon, row, column), abs=1e-9)


def test_a_constant_field_becomes_zero_up_to_the_coast() -> None:
    lat, lon = axes(20, 60, 0, 360, 1.0)
    field = np.full((lat.size, lon.size), 3.0)
    field[10:20, 50:80] = np.nan
    filtered = high_pass(field, lat, lon, LENGTH, True)
    assert np.array_equal(np.isnan(filtered), np.isnan(field))
    assert np.nanmax(np.abs(filtered)) < 1e-9


@pytest.mark.parametrize(("length", "kept"), [(200e3, (0.95, 1.05)), (2500e3, (-0.05, 0.15))])
def test_the_filter_keeps_short_waves_and_removes_long_ones(length: float, kept: tuple[float, float]) -> None:
    lat, lon = axes(-25, 25, 100, 200, 0.25)
    wave = np.broadcast_to(np.cos(2 * np.pi * np.deg2rad(lat) * 6.371e6 / length)[:, None], (lat.size, lon.size))
    filtered = high_pass(wave, lat, lon, LENGTH, False)
    inner = (slice(50, -50), slice(50, -50))
    share = np.sum(filtered[inner] * wave[inner]) / np.sum(wave[inner] ** 2)
    assert kept[0] < share < kept[1]


def test_a_grid_of_a_twelfth_of_a_degree_is_filtered_as_one_of_a_quarter() -> None:
    fine_lat, fine_lon = axes(30, 45, 140, 160, 1 / 12)
    coarse_lat, coarse_lon = axes(30, 45, 140, 160, 1 / 4)

    def sea(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        return np.cos(np.deg2rad(lat * 20))[:, None] + np.sin(np.deg2rad(lon * 40))

    fine = high_pass(sea(fine_lat, fine_lon), fine_lat, fine_lon, LENGTH, False)[1::3, 1::3]
    coarse = high_pass(sea(coarse_lat, coarse_lon), coarse_lat, coarse_lon, LENGTH, False)
    np.testing.assert_allclose(fine, coarse, atol=0.02)
