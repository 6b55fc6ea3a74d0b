"""Area-weighted means and vertical interpolation."""

import numpy as np
import pytest

from engine.readers.regrid import AreaMean, LevelInterpolation
from engine.runtime.errors import InputError
from engine.schema.grid import cell_edges, coarsened


def fine_axes(step: float) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(-90 + step / 2, 90, step), np.arange(step / 2, 360, step)


def test_a_constant_field_stays_constant_and_the_global_mean_is_conserved() -> None:
    lat, lon = fine_axes(0.8)
    grid = coarsened(8)
    mean = AreaMean(lat, lon, grid.lat, grid.lon)
    values = np.sin(np.deg2rad(lat))[:, None] ** 2 + 0.3 * np.cos(np.deg2rad(3 * lon))
    fine_area = np.cos(np.deg2rad(lat))[:, None] * np.ones(lon.size)
    np.testing.assert_allclose(mean(np.full((lat.size, lon.size), 7, np.float32)), 7, rtol=1e-6)
    coarse = mean(values.astype(np.float32))
    assert np.average(coarse, weights=grid.cell_area) == pytest.approx(np.average(values, weights=fine_area), abs=1e-4)


def test_dry_cells_have_no_weight_so_that_a_coast_keeps_the_value_of_its_water() -> None:
    lat, lon = fine_axes(1.0)
    grid = coarsened(8)
    values = np.full((lat.size, lon.size), 5.0, np.float32)
    values[:, ::2] = np.nan
    np.testing.assert_allclose(AreaMean(lat, lon, grid.lat, grid.lon)(values), 5.0, rtol=1e-6)


def test_a_target_cell_without_any_water_is_missing() -> None:
    lat, lon = fine_axes(1.0)
    grid = coarsened(8)
    values = np.full((lat.size, lon.size), np.nan, np.float32)
    values[90:] = 1
    out = AreaMean(lat, lon, grid.lat, grid.lon)(values)
    assert np.isnan(out[:45]).all()
    assert np.isfinite(out[45:]).all()


def test_cells_on_the_prime_meridian_fall_into_the_cells_on_both_sides() -> None:
    lat, _ = fine_axes(2.0)
    grid = coarsened(8)
    shifted = np.arange(0, 360, 2.0)
    values = np.zeros((lat.size, shifted.size), np.float32)
    values[:, 0] = 1  # the cell from -1 to 1 degrees
    out = AreaMean(lat, shifted, grid.lat, grid.lon)(values)
    np.testing.assert_allclose(out[:, [0, -1]], 0.5, atol=1e-6)
    np.testing.assert_allclose(out[:, 1:-1], 0, atol=1e-6)


def test_a_coarser_source_is_refused() -> None:
    grid = coarsened(8)
    with pytest.raises(InputError, match="steps of 4 degrees; expected 2 or finer"):
        AreaMean(*fine_axes(4.0), grid.lat, grid.lon)


def levels(values: np.ndarray) -> list[np.ndarray]:
    return [np.full((1, 1), value, np.float32) for value in values]


def test_a_linear_profile_is_reproduced_and_levels_that_agree_are_copied() -> None:
    depth = np.array([0.0, 5.0, 10.0, 40.0])
    profile = levels(20 - 0.1 * depth)
    interpolation = LevelInterpolation(depth, np.array([0.0, 6.0, 10.0, 20.0, 50.0]))
    assert interpolation.reached == (0, 1, 2, 3)
    np.testing.assert_allclose(interpolation(profile.__getitem__)[:, 0, 0], [20, 19.4, 19, 18], rtol=1e-6)


def test_the_sea_floor_stays_missing_between_the_last_wet_level_and_the_next() -> None:
    interpolation = LevelInterpolation(np.array([0.0, 10.0, 20.0]), np.array([10.0, 15.0]))
    out = interpolation(levels(np.array([1.0, 2.0, np.nan])).__getitem__)[:, 0, 0]
    assert out[0] == 2
    assert np.isnan(out[1])


def test_the_first_level_of_glorys_serves_as_the_surface_but_a_deep_first_level_does_not() -> None:
    assert LevelInterpolation(np.array([0.494, 1.54]), np.array([0.0, 6.0])).reached == (0,)
    assert LevelInterpolation(np.array([5.0, 10.0]), np.array([0.0, 6.0])).reached == (1,)


def test_each_level_is_asked_for_once_so_that_a_global_file_is_read_once() -> None:
    asked: list[int] = []

    def level(number: int) -> np.ndarray:
        asked.append(number)
        return np.zeros((1, 1), np.float32)

    LevelInterpolation(np.array([0.0, 10.0, 20.0, 30.0]), np.array([2.0, 6.0, 12.0, 30.0]))(level)
    assert asked == [0, 1, 2, 3]


def test_means_over_rows_of_uneven_height_are_exact_to_a_millionth_and_keep_the_integral_over_the_wet_cells() -> None:
    lat = np.concatenate([np.arange(38.04, 40, 0.08), np.arange(40.02, 42, 0.04)])
    lon, target_lat, target_lon = np.arange(0.04, 8, 0.08), np.arange(38.125, 42, 0.25), np.arange(0.125, 8, 0.25)
    random = np.random.default_rng(3)
    values = (15 + 10 * np.cos(np.deg2rad(3 * lat))[:, None] * np.sin(lon) + random.standard_normal((lat.size, lon.size))).astype(
        "f4"
    )
    values[random.random(values.shape) < 0.3] = np.nan
    values[:20, :20] = np.nan
    wet = np.isfinite(values)
    mean = AreaMean(lat, lon, target_lat, target_lon)
    found = mean(values)
    edges = [cell_edges(each) for each in (lat, lon, target_lat, target_lon)]
    rows, columns, target_rows, target_columns = np.sin(np.deg2rad(edges[0])), edges[1], np.sin(np.deg2rad(edges[2])), edges[3]
    heights = np.minimum(rows[1:], target_rows[1:, None]) - np.maximum(rows[:-1], target_rows[:-1, None])
    widths = np.minimum(columns[1:], target_columns[1:, None]) - np.maximum(columns[:-1], target_columns[:-1, None])
    for row, height in enumerate(heights.clip(0)):
        for column, width in enumerate(widths.clip(0)):
            area = np.where(wet, np.outer(height, width), 0)
            if area.sum() == 0:
                assert np.isnan(found[row, column])
            else:
                exact = (np.where(wet, values, 0).astype(np.float64) * area).sum() / area.sum()
                assert found[row, column] == pytest.approx(exact, rel=1e-6)
    own = np.where(wet, np.outer(np.diff(rows), np.diff(columns)), 0)
    kept = np.nansum(found.astype(np.float64) * mean.weight(wet))
    assert kept == pytest.approx((np.where(wet, values, 0) * own).sum(), rel=1e-6)
