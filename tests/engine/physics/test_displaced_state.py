"""The displaced ocean: identity, no folding, stability, observed ranges, geostrophy, mask, mixed layer, Ekman flow."""

import gsw
import numpy as np
import pytest

from engine.physics.climatology import atlas, cubic_weights, interpolate, mean_sea_level, on_day
from engine.physics.displaced_state import (
    climatological_forcing,
    climatology,
    displaced_state,
    mixed_layer_depth,
    vertical_modes,
)
from engine.physics.ekman import ekman_surface
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.water_columns import FADE_DEPTH, displace_column, stabilise
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.schema.variables import PROGNOSTIC, VARIABLES

DAY = np.datetime64("2019-02-23")


@pytest.fixture(scope="module")
def grid() -> Grid:
    return coarsened(8)


@pytest.fixture(scope="module")
def mean_state(grid: Grid) -> Batch:
    return climatology(grid, DAY)


def test_the_mean_surface_of_a_grid_without_depths_is_that_of_the_whole_ocean(grid: Grid, mean_state: Batch) -> None:
    surface = climatology(Grid(grid.lat, grid.lon, grid.depth[:1], grid.wet[:1], grid.deptho), DAY)
    for name in ("thetao", "uo"):
        assert np.array_equal(surface[name], mean_state[name][:1], equal_nan=True)
    assert np.array_equal(surface["zos"], mean_state["zos"], equal_nan=True)


def eddies(grid: Grid, amplitude: float, seed: int = 3) -> np.ndarray:
    return (amplitude * np.random.default_rng(seed).uniform(-1, 1, grid.shape)).astype(np.float32)


def share_unstable(state: Batch) -> float:
    grid = state.grid
    pressure = gsw.p_from_z(-grid.depth, 0)[:, None, None]
    salinity = gsw.SA_from_SP(state["so"].astype(float), pressure, grid.lon, grid.lat[:, None])
    temperature = gsw.CT_from_pt(salinity, state["thetao"].astype(float))
    n2, _ = gsw.Nsquared(salinity, temperature, np.broadcast_to(pressure, salinity.shape), axis=0)
    return float((n2 < 0).sum() / np.isfinite(n2).sum())


def test_a_zero_anomaly_gives_the_climatology(grid: Grid, mean_state: Batch) -> None:
    state = displaced_state(grid, DAY, np.full(grid.shape, np.nan, dtype=np.float32), mean_state["thetao"][0])
    for name in PROGNOSTIC:
        np.testing.assert_allclose(state[name], mean_state[name], atol=2e-3, err_msg=name)


def test_no_profile_folds_for_any_anomaly_within_a_metre() -> None:
    source = atlas()
    rng = np.random.default_rng(0)
    marker = source.level.copy()
    moved, target = np.empty(len(marker)), np.empty(15)
    for _ in range(3000):
        j, i = rng.integers(0, 180), rng.integers(0, 360)
        displace_column(source.level, source.fields["D"][:, j, i], rng.uniform(-1, 1), marker, moved, target)
        assert np.all(np.diff(moved) > 0), "levels changed their order"
        assert np.all(np.diff(target) >= 0), "water of one depth lies at two depths"


def test_a_raised_sea_surface_lowers_the_thermocline(grid: Grid, mean_state: Batch) -> None:
    warm = displaced_state(grid, DAY, np.full(grid.shape, 0.2, dtype=np.float32))
    subtropics = grid.wet[12] & ((np.abs(grid.lat) > 15) & (np.abs(grid.lat) < 35))[:, None]
    change = warm["thetao"][12][subtropics] - mean_state["thetao"][12][subtropics]
    assert 0.3 < np.median(change) < 3.0
    np.testing.assert_allclose(warm["thetao"][0], mean_state["thetao"][0], atol=1e-4)


@pytest.mark.parametrize("amplitude", [0.0, 0.3, 1.0])
def test_columns_are_stable_in_999_of_1000_cells(grid: Grid, amplitude: float) -> None:
    assert share_unstable(displaced_state(grid, DAY, eddies(grid, amplitude))) < 1e-3


def test_a_cold_salty_surface_sinks_without_leaving_an_inversion(grid: Grid, mean_state: Batch) -> None:
    cold = mean_state["thetao"][0] - 3.0
    state = displaced_state(grid, DAY, eddies(grid, 0.2), cold, mean_state["so"][0] + 0.3)
    assert share_unstable(state) < 1e-3
    at_surface = np.maximum(cold, -0.0575 * (mean_state["so"][0] + 0.3))
    np.testing.assert_allclose(state["thetao"][0], at_surface, atol=2e-3)


def test_surface_values_fill_the_mixed_layer_and_end_below_it(grid: Grid, mean_state: Batch) -> None:
    warm = displaced_state(grid, DAY, np.zeros(grid.shape, dtype=np.float32), mean_state["thetao"][0] + 1.0)
    change = warm["thetao"] - mean_state["thetao"]
    depth, open_water = mixed_layer_depth(grid, DAY), mean_state["thetao"][0] > 5
    end = depth + np.maximum(FADE_DEPTH, 0.5 * depth)
    for level in range(15):
        inside = grid.wet[level] & (grid.depth[level] <= depth) & open_water
        beyond = grid.wet[level] & (grid.depth[level] > end) & open_water
        if inside.any():
            assert np.percentile(np.abs(change[level][inside] - 1.0), 95) < 0.2
        if beyond.any():
            assert np.percentile(np.abs(change[level][beyond]), 95) < 0.05


def test_everything_lies_in_observed_ranges_and_is_missing_exactly_where_dry(grid: Grid) -> None:
    state = displaced_state(grid, DAY, eddies(grid, 0.5), wind=(np.full(grid.shape, 20.0), np.full(grid.shape, -20.0)))
    for name in PROGNOSTIC:
        wet = grid.wet if VARIABLES[name].depths else grid.wet_surface
        np.testing.assert_array_equal(np.isfinite(state[name]), wet, err_msg=name)
    assert np.nanmin(state["thetao"]) > -2.4 and np.nanmax(state["thetao"]) < 34
    assert np.nanmin(state["so"]) > 2 and np.nanmax(state["so"]) < 41.5
    assert np.nanmax(np.hypot(state["uo"], state["vo"])) < 3.5


def test_surface_flow_is_geostrophic_outside_the_tropics(grid: Grid) -> None:
    state = displaced_state(grid, DAY, eddies(grid, 0.03))
    u, v = geostrophic_velocity(state["zos"], grid.lat, grid.lon, grid.wet_surface)
    away = grid.wet_surface & ((np.abs(grid.lat) > 14) & (np.abs(grid.lat) < 64))[:, None]
    for ours, exact in ((state["uo"][0], u), (state["vo"][0], v)):
        np.testing.assert_allclose(ours[away], exact[away], atol=1e-3)


def test_flow_anomalies_weaken_downward_as_the_mode_does(grid: Grid, mean_state: Batch) -> None:
    state = displaced_state(grid, DAY, eddies(grid, 0.05))
    shape = vertical_modes(grid).F
    anomaly = state["uo"] - mean_state["uo"]
    wet = grid.wet[10]
    np.testing.assert_allclose(anomaly[10][wet], (anomaly[0] * shape[10])[wet], atol=5e-3)
    assert 0.2 < np.median(shape[14][wet]) < 0.7


def test_given_surface_currents_replace_geostrophy_where_they_are_known(grid: Grid) -> None:
    given = np.full(grid.shape, 0.25)
    given[:, :90] = np.nan
    state = displaced_state(grid, DAY, np.zeros(grid.shape, dtype=np.float32), surface_currents=(given, given))
    east = grid.wet_surface.copy()
    east[:, :90] = False
    np.testing.assert_allclose(state["uo"][0][east], 0.25, atol=1e-6)
    assert np.isfinite(state["uo"][0][grid.wet_surface]).all()


def test_weather_part_of_sea_level_leaves_the_thermocline_in_place(grid: Grid, mean_state: Batch) -> None:
    lift = np.full(grid.shape, 0.1, dtype=np.float32)
    state = displaced_state(grid, DAY, lift, thermocline_anomaly=np.zeros_like(lift))
    np.testing.assert_allclose(state["thetao"], mean_state["thetao"], atol=1e-5)
    np.testing.assert_allclose(state["zos"], mean_state["zos"] + 0.1, atol=1e-5)


def test_mean_sea_level_rises_across_the_kuroshio_and_falls_across_the_circumpolar_current() -> None:
    grid = quarter_degree()
    level = mean_sea_level(grid)
    south, north, polar = (level[grid.nearest(lat, lon)] for lat, lon in ((28, 145), (42, 145), (-62, 145)))
    assert south - north > 0.6
    assert level[grid.nearest(-40, 145)] - polar > 0.8


def test_mode_speed_and_displacement_match_published_magnitudes(grid: Grid) -> None:
    modes = vertical_modes(grid)
    tropics = grid.wet[14] & (np.abs(grid.lat) < 10)[:, None]
    assert 2.2 < np.median(modes.c1[tropics]) < 3.2
    mid = grid.wet[14] & ((np.abs(grid.lat) > 25) & (np.abs(grid.lat) < 45))[:, None]
    assert 90 < np.median(modes.D[7][mid]) < 180
    assert 350 < np.median(modes.D[14][mid]) < 700


def test_ekman_flow_is_to_the_right_of_the_wind_in_the_north_and_to_the_left_in_the_south() -> None:
    lat = np.array([-40.0, 0.0, 40.0])
    u, v, depth, _ = ekman_surface(lat, np.full((3, 1), 10.0), np.zeros((3, 1)))
    assert v[0, 0] > 0 > v[2, 0] and abs(v[1, 0]) < 1e-9
    assert np.all(u > 0.02) and np.all(u < 0.15) and np.all(depth > 5)


def test_stabilising_twice_changes_nothing_more() -> None:
    depth = np.array([0.0, 10.0, 20.0, 50.0, 100.0])
    temperature, salinity = np.array([10.0, 12.0, 9.0, 9.5, 4.0]), np.full(5, 35.0)
    stabilise(depth, temperature, salinity)
    once = temperature.copy(), salinity.copy()
    stabilise(depth, temperature, salinity)
    np.testing.assert_allclose(temperature, once[0])
    np.testing.assert_allclose(salinity, once[1], atol=1e-3)


def test_a_slight_change_of_sea_level_never_flips_a_cell(grid: Grid) -> None:
    anomaly = eddies(grid, 0.2)
    one, other = (displaced_state(grid, DAY, anomaly + shift) for shift in (0.0, 1e-4))
    assert np.nanmax(np.abs(one["thetao"] - other["thetao"])) < 0.1
    assert np.nanmax(np.abs(one["so"] - other["so"])) < 0.05


def test_the_year_closes_and_hemispheres_oppose(grid: Grid) -> None:
    start, end = (on_day("thetao", np.datetime64(day)) for day in ("2019-01-01", "2019-12-31T23:00"))
    assert np.abs(start - end).max() < 0.2
    february, august = (climatology(grid, np.datetime64(day))["thetao"][0] for day in ("2019-02-20", "2019-08-20"))
    north = (grid.lat > 30) & (grid.lat < 50)
    assert np.nanmean(august[north] - february[north]) > 5
    assert np.nanmean(august[np.flipud(north)] - february[np.flipud(north)]) < -2


def test_interpolation_returns_the_atlas_at_its_own_points_and_wraps_at_greenwich() -> None:
    index, weights = cubic_weights(np.array([0.0, 3.0, 358.5]), 360, True)
    np.testing.assert_allclose(weights[:2], [[0, 1, 0, 0]] * 2, atol=1e-6)
    assert set(index[2]) == {357, 358, 359, 0}
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)


def test_climatological_air_is_plausible_everywhere(grid: Grid) -> None:
    air = climatological_forcing(grid, DAY)
    assert air["msl"].min() > 95_000 and air["msl"].max() < 104_000
    assert air["t2m"].min() > -60 and air["t2m"].max() < 40
    assert np.all(air["sp"] <= air["msl"] + 1)
    westerlies = (grid.lat < -40) & (grid.lat > -55)
    assert air["u10"][westerlies].mean() > 4


def test_a_field_of_another_grid_is_refused(grid: Grid) -> None:
    with pytest.raises(InputError, match=r"\(4, 4\).*90, 180"):
        displaced_state(grid, DAY, np.zeros((4, 4)))


def test_interpolated_field_has_no_missing_value(grid: Grid) -> None:
    assert all(np.isfinite(interpolate(atlas().fields[name], grid)).all() for name in ("zos", "so", "F", "uo", "c1"))
