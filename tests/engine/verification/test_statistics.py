"""Statistics and aggregation by closed form."""

import numpy as np
import pytest

from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from engine.schema.regions import REGIONS, Region
from engine.schema.variables import DEPTHS
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights, mean_of_means, region_weights, weighted_means
from engine.verification.baselines import damped_persistence, damping, damping_factor
from engine.verification.energy import classes_of, eddy_kinetic_energy, zonal_spectrum
from engine.verification.statistics import cell_statistics, metrics


def water_planet(h: int = 90, w: int = 180) -> Grid:
    lat, lon = -90 + (np.arange(h) + 0.5) * 180 / h, (np.arange(w) + 0.5) * 360 / w
    return Grid(lat, lon, np.array(DEPTHS, float), np.ones((15, h, w), bool), np.full((h, w), 4000, np.float32))


GRID = water_planet()
EVERYWHERE = GRID.cell_area


def scored(prediction: np.ndarray, target: np.ndarray, climatology: np.ndarray | None = None) -> dict[str, float | None]:
    return metrics(weighted_means(cell_statistics(prediction, target, climatology), EVERYWHERE))


def test_a_perfect_forecast_scores_zero_error_and_correlation_one() -> None:
    field = np.random.default_rng(1).normal(size=GRID.shape)
    assert scored(field, field, np.zeros(GRID.shape)) == {"rmse": 0.0, "bias": 0.0, "acc": pytest.approx(1)}


def test_a_hemisphere_field_has_area_mean_zero_although_more_rows_lie_near_the_poles() -> None:
    sign = np.sign(GRID.lat)[:, None] * np.abs(np.sin(np.deg2rad(GRID.lat)))[:, None] * np.ones(GRID.shape)
    assert scored(sign, np.zeros(GRID.shape))["bias"] == pytest.approx(0, abs=1e-12)


def test_the_mean_of_sine_squared_of_latitude_is_one_third_by_area() -> None:
    sine = np.sin(np.deg2rad(GRID.lat))[:, None] * np.ones(GRID.shape)
    rmse = scored(sine, np.zeros(GRID.shape))["rmse"]
    assert rmse is not None
    assert rmse**2 == pytest.approx(1 / 3, rel=1e-3)


def test_the_root_is_taken_after_the_mean_over_starts() -> None:
    zero = np.zeros(GRID.shape)
    starts = [weighted_means(cell_statistics(np.full(GRID.shape, error), zero), EVERYWHERE) for error in (0.0, 2.0)]
    assert metrics(mean_of_means(starts))["rmse"] == pytest.approx(np.sqrt(2))


def test_land_changes_no_score() -> None:
    generator = np.random.default_rng(2)
    prediction, target = generator.normal(size=(2, *GRID.shape))
    wet = generator.random(GRID.shape) > 0.4
    area = np.where(wet, GRID.cell_area, 0)
    dry = [np.where(wet, field, np.nan) for field in (prediction, target)]
    zeroed = [np.where(wet, field, 0) for field in (prediction, target)]
    assert weighted_means(cell_statistics(*dry), area) == weighted_means(cell_statistics(*zeroed), area)


def test_a_cell_missing_in_the_target_is_left_out_of_every_statistic() -> None:
    prediction, target = np.ones(GRID.shape), np.zeros(GRID.shape)
    target[:45] = np.nan
    prediction[:45] = 1e6
    assert scored(prediction, target) == {"rmse": 1.0, "bias": 1.0, "acc": None}


def test_nothing_to_compare_gives_nan_and_not_zero() -> None:
    assert np.isnan(
        metrics(weighted_means(cell_statistics(np.full(GRID.shape, np.nan), np.ones(GRID.shape)), EVERYWHERE))["rmse"]
    )


def test_correlation_ignores_amplitude_and_sees_sign() -> None:
    field = np.random.default_rng(3).normal(size=GRID.shape)
    seasonal_mean = np.full(GRID.shape, 10.0)
    assert scored(seasonal_mean + 0.3 * field, seasonal_mean + field, seasonal_mean)["acc"] == pytest.approx(1)
    assert scored(seasonal_mean - field, seasonal_mean + field, seasonal_mean)["acc"] == pytest.approx(-1)


def test_the_bands_do_not_overlap_and_leave_polar_seas_out() -> None:
    grid = coarsened(8)
    main, tropics = (belt_weights(grid, LATITUDE_BELTS[name]) > 0 for name in ("14-64", "tropics"))
    assert not (main & tropics).any()
    assert not (main | tropics)[np.abs(grid.lat) > 64].any()
    assert not (main | tropics)[~grid.wet_surface].any()


def test_a_region_across_the_prime_meridian_holds_both_sides_and_no_land() -> None:
    grid = coarsened(8)
    (rows, columns), area = region_weights(grid, REGIONS["mediterranean"])
    lon = grid.lon[columns]
    assert (lon > 350).any()
    assert (lon < 40).any()
    assert not ((lon > 40) & (lon < 350)).any()
    np.testing.assert_array_equal(area > 0, grid.wet_surface[rows][:, columns])


def test_the_damping_factor_recovers_the_decay_of_a_red_process() -> None:
    generator = np.random.default_rng(4)
    now = generator.normal(size=(8, *GRID.shape))
    later = 0.7 * now + 0.5 * generator.normal(size=now.shape)
    assert damping_factor([damping(a, b, EVERYWHERE) for a, b in zip(now, later, strict=True)]) == pytest.approx(0.7, abs=0.01)
    assert damping_factor([(-1.0, 2.0)]) == 0
    assert damping_factor([]) == 0


def test_no_other_factor_gives_damped_persistence_a_lower_error() -> None:
    generator = np.random.default_rng(5)
    seasonal_mean, target_mean = np.full(GRID.shape, 3.0, np.float32), np.full(GRID.shape, 4.0, np.float32)
    now = generator.normal(size=GRID.shape)
    target = target_mean + 0.6 * now + 0.3 * generator.normal(size=GRID.shape)
    best = damping_factor([damping(now, target - target_mean, EVERYWHERE)])
    errors = [
        scored(damped_persistence(seasonal_mean + now, seasonal_mean, target_mean, best + d), target)["rmse"]
        for d in (-0.1, 0, 0.1)
    ]
    assert errors[1] == min(errors)  # type: ignore[type-var]


def test_energy_counts_departures_from_the_mean_flow_alone() -> None:
    zero, one = np.zeros(GRID.shape), np.ones(GRID.shape)
    assert eddy_kinetic_energy(one, zero, one, zero, EVERYWHERE) == 0
    assert eddy_kinetic_energy(3 * one, 2 * one, one, 2 * one, EVERYWHERE) == pytest.approx(2)


def test_a_spectrum_adds_up_to_the_variance_and_peaks_at_the_wave_it_was_given() -> None:
    region = Region("box", "box", -10, 10, 100, 300)
    wave = np.sin(2 * np.pi * GRID.lon / 20)[None] * np.ones(GRID.shape)
    wavenumber, power = zonal_spectrum(wave, GRID, region)
    peak = wavenumber[np.argmax(power)]
    assert 1 / peak == pytest.approx(20 * 111.2 * np.cos(np.deg2rad(0)), rel=0.05)
    assert power.sum() * wavenumber[1] == pytest.approx(0.5, rel=0.05)


def test_smoothing_shows_in_the_spectrum_at_short_waves_only() -> None:
    field = np.random.default_rng(6).normal(size=GRID.shape)
    smooth = (field + np.roll(field, 1, axis=1)) / 2
    region = Region("box", "box", -30, 30, 20, 340)
    _, rough_power = zonal_spectrum(field, GRID, region)
    _, smooth_power = zonal_spectrum(smooth, GRID, region)
    share = smooth_power / rough_power
    assert share[2:10].mean() > 0.9
    assert share[-10:].mean() < 0.1


def test_classes_of_wavelengths_find_the_wave_in_its_class_and_leaves_out_what_the_grid_cannot_hold() -> None:
    region = Region("box", "box", -10, 10, 100, 300)
    wave = np.sin(2 * np.pi * GRID.lon / 20)[None] * np.ones(GRID.shape)
    classes = classes_of(*zonal_spectrum(wave, GRID, region), ((100, 200), (500, 1500), (1500, 3000)))
    assert list(classes) == ["500-1500 km", "1500-3000 km"]
    assert classes["1500-3000 km"] == pytest.approx(0.5, rel=0.05)
    assert classes["500-1500 km"] < 0.01


def test_a_spectrum_over_land_is_refused() -> None:
    field = np.full(GRID.shape, np.nan)
    with pytest.raises(InputError, match=r"0 rows of .* cells without land"):
        zonal_spectrum(field, GRID, REGIONS["kuroshio"])
