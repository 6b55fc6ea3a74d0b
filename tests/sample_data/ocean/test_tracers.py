"""Surface temperature and salinity as tracers, tropical waves and the weather's sea level."""

import numpy as np
import pytest

from engine.schema.grid import coarsened
from sample_data.ocean.fast_response import DENSITY_GRAVITY, SHARE, FastResponse
from sample_data.ocean.surface_climatology import SurfaceClimatology
from sample_data.ocean.tracers import SurfaceTracers, mix, transport
from sample_data.ocean.tropics import KELVIN_SPEED, TropicalWaves

ROWS, COLUMNS = 40, 60


def _wet_with_wall() -> np.ndarray:
    wet = np.ones((ROWS, COLUMNS), bool)
    wet[:, 28:32] = False
    return wet


def _flow(east: float, north: float, wet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.where(wet, np.float32(v), np.float32(0)) for v in (east, north))  # type: ignore[return-value]


def test_a_uniform_field_stays_uniform_under_any_flow() -> None:
    wet = _wet_with_wall()
    rough = np.random.default_rng(0).standard_normal((2, ROWS, COLUMNS)).astype(np.float32)
    moved = transport(np.full((1, ROWS, COLUMNS), 7, np.float32), rough[0], rough[1], wet)
    np.testing.assert_allclose(moved, 7, rtol=1e-6)


def test_transport_by_whole_cells_is_a_shift_and_crosses_the_seam() -> None:
    wet = np.ones((ROWS, COLUMNS), bool)
    field = np.random.default_rng(1).standard_normal((1, ROWS, COLUMNS)).astype(np.float32)
    moved = transport(field, *_flow(2, 0, wet), wet)
    inside = slice(5, -5)
    np.testing.assert_allclose(moved[0, inside], np.roll(field[0], 2, axis=1)[inside], atol=1e-5)


def test_transport_makes_no_new_extremes() -> None:
    wet = _wet_with_wall()
    random = np.random.default_rng(2)
    field = random.uniform(3, 5, (1, ROWS, COLUMNS)).astype(np.float32)
    moved = transport(field, *(random.uniform(-1.5, 1.5, (2, ROWS, COLUMNS)).astype(np.float32)), wet)
    assert moved.min() >= field.min() and moved.max() <= field.max()


def test_water_pressed_against_a_wall_does_not_come_out_behind_it() -> None:
    wet = _wet_with_wall()
    field = np.zeros((1, ROWS, COLUMNS), np.float32)
    field[:, :, 10:28] = 1
    east, north = _flow(0.8, 0, wet)
    strength = np.full(ROWS, 0.1, np.float32)
    for _ in range(10):
        field = mix(transport(field, east, north, wet), wet, strength, 0.1)
    assert np.all(field[0, 5:-5, 32:36] == 0)


def test_mixing_keeps_the_amount_in_a_row_and_smooths() -> None:
    wet = _wet_with_wall()
    field = np.zeros((1, ROWS, COLUMNS), np.float32)
    field[0, 20, 5] = 1
    mixed = mix(field, wet, np.full(ROWS, 0.1, np.float32), 0.1)
    assert mixed.sum() == pytest.approx(1, abs=1e-5)
    assert mixed.max() == pytest.approx(0.6, abs=1e-5)


def test_warm_air_warms_the_sea_and_still_water_keeps_its_season() -> None:
    grid = coarsened(8)
    still = (np.zeros(grid.shape, np.float32),) * 2
    usual, warm = (SurfaceTracers(grid, SurfaceClimatology(grid)) for _ in range(2))
    usual.step_day(0, still, still, None)
    warm.step_day(0, still, still, np.full(grid.shape, 5, np.float32))
    wet = grid.wet_surface & (np.abs(grid.lat) < 50)[:, None]
    expected = SurfaceClimatology(grid).temperature(1)
    assert np.abs(usual.temperature - expected)[wet].mean() < 0.05
    assert np.all((warm.temperature - usual.temperature)[wet] > 0)


def test_kelvin_pulses_run_east_at_their_speed() -> None:
    grid = coarsened(2)
    waves = TropicalWaves(grid, 4, np.zeros(grid.shape, np.float32))
    row = int(np.argmin(np.abs(grid.lat)))
    lag, pacific = 8, (grid.lon > 155) & (grid.lon < 265)
    series = np.array([waves.height(day)[row, pacific] for day in range(40, 160)])
    shifts = np.arange(0, 61)
    match = [np.mean(series[:-lag, :-60] * np.roll(series[lag:], -shift, axis=1)[:, :-60]) for shift in shifts]
    degrees_a_day = shifts[int(np.argmax(match))] * 0.5 / lag
    assert degrees_a_day == pytest.approx(KELVIN_SPEED * 86400 / 111195, abs=0.3)


def test_sea_level_rises_under_a_lasting_low_and_its_mean_does_not_change() -> None:
    grid = coarsened(8)
    pressure = np.where((np.abs(grid.lat - 45) < 6)[:, None], -1000.0, 0.0)
    fast = FastResponse(grid)
    for _ in range(10):
        fast.advance(pressure)
    area = np.where(grid.wet_surface, grid.cell_area, 0)
    assert (fast.value * area).sum() / area.sum() == pytest.approx(0, abs=1e-6)
    row = int(np.argmin(np.abs(grid.lat - 45)))
    assert fast.value[row].max() == pytest.approx(SHARE * 1000 / DENSITY_GRAVITY, rel=0.15)
