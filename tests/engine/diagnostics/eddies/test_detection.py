"""Eddies of made seas: where they are, how large, and what is none."""

import numpy as np
import pytest

from engine.diagnostics.eddies import Criteria, Eddies, detect
from engine.runtime.errors import InputError
from tests.engine.diagnostics.eddies.bumps import axes, bump

HEIGHT, SCALE = 0.3, 60e3


def _sorted(eddies: Eddies) -> Eddies:
    return eddies.select(np.lexsort((eddies.lat, eddies.lon)))


def _waves(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return a rough sea (h, w) that closes round the globe."""
    random = np.random.default_rng(3)
    sea = np.zeros((lat.size, lon.size))
    for k, m, phase, turn in zip(*random.integers(20, 90, (2, 12)), *random.uniform(0, 6, (2, 12)), strict=True):
        sea += 0.04 * np.sin(np.deg2rad(lat * k) + phase)[:, None] * np.sin(np.deg2rad(lon * m) + turn)
    return sea


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("at_lat", "at_lon"), [(35, 0.0), (35, 359.9), (35, 180.0), (35, 77.3), (-42.1, 0.05)])
def test_a_bump_is_found_with_its_place_height_and_sign_on_any_meridian(sign: int, at_lat: float, at_lon: float) -> None:
    lat, lon = axes(at_lat - 12, at_lat + 12, 0, 360, 0.25)
    eddies = detect(sign * bump(lat, lon, at_lat, at_lon, HEIGHT, SCALE), lat, lon)
    assert len(eddies) == 1
    assert eddies.rotation[0] == -sign
    assert eddies.lat[0] == pytest.approx(at_lat, abs=0.05)
    assert (eddies.lon[0] - at_lon + 180) % 360 - 180 == pytest.approx(0, abs=0.05)
    assert 0 <= eddies.lon[0] < 360
    assert eddies.amplitude[0] == pytest.approx(HEIGHT, rel=0.15)
    # The flow around a Gaussian is fastest at its scale, g H / (f s) exp(-1/2) there.
    assert eddies.speed_radius[0] == pytest.approx(SCALE, rel=0.1)
    f = 2 * 7.2921e-5 * np.sin(np.deg2rad(abs(at_lat)))
    assert eddies.speed[0] == pytest.approx(9.81 * HEIGHT / f / SCALE * np.exp(-0.5), rel=0.1)
    assert eddies.radius[0] > 1.5 * SCALE
    assert eddies.shape_error[0] < 0.05


def test_the_contour_closes_around_the_centre_also_across_the_prime_meridian() -> None:
    lat, lon = axes(20, 50, 0, 360, 0.25)
    eddies = detect(bump(lat, lon, 35, 0.2, HEIGHT, SCALE), lat, lon)
    x = (eddies.contour_lon[0] - eddies.lon[0]) * np.cos(np.deg2rad(35)) * 111.2e3
    y = (eddies.contour_lat[0] - eddies.lat[0]) * 111.2e3
    assert (x[0], y[0]) == (x[-1], y[-1])
    np.testing.assert_allclose(np.hypot(x, y), eddies.radius[0], rtol=0.1)


def test_a_shift_in_longitude_shifts_the_eddies_and_changes_nothing_else() -> None:
    lat, lon = axes(-55, -30, 0, 360, 0.5)
    sea = _waves(lat, lon)
    eddies, turned = detect(sea, lat, lon), detect(np.roll(sea, 250, axis=1), lat, lon)
    assert len(eddies) > 50
    place = np.argsort(turned.amplitude), np.argsort(eddies.amplitude)
    np.testing.assert_allclose(turned.amplitude[place[0]], eddies.amplitude[place[1]], atol=1e-9)
    np.testing.assert_allclose(np.sort(turned.lon), np.sort((eddies.lon + 125) % 360), atol=1e-6)
    np.testing.assert_allclose(np.sort(turned.radius), np.sort(eddies.radius), rtol=1e-6)


def test_negative_heights_give_the_same_eddies_with_opposite_rotation() -> None:
    lat, lon = axes(30, 55, 0, 360, 0.5)
    sea = _waves(lat, lon)
    eddies, mirrored = _sorted(detect(sea, lat, lon)), _sorted(detect(-sea, lat, lon))
    assert np.array_equal(eddies.rotation, -mirrored.rotation)
    np.testing.assert_allclose(eddies.amplitude, mirrored.amplitude, atol=1e-9)


@pytest.mark.parametrize("columns", [360, 40])
def test_a_slope_has_no_eddy_on_the_globe_or_in_a_box(columns: int) -> None:
    lat, lon = axes(20, 50, 0, columns, 0.5)
    slope = np.broadcast_to(0.05 * lat[:, None], (lat.size, lon.size))
    assert len(detect(slope, lat, lon)) == 0
    if columns < 360:
        assert len(detect(slope + 0.03 * lon, lat, lon)) == 0


def test_an_island_is_no_eddy_whatever_its_values() -> None:
    lat, lon = axes(20, 50, 130, 170, 0.25)
    slope = np.broadcast_to(0.01 * lat[:, None], (lat.size, lon.size))
    wet = bump(lat, lon, 35, 150, 1, 100e3) < 0.5
    for beneath in (np.nan, 0.0, 9.0, -1e20):
        assert len(detect(np.where(wet, slope, beneath), lat, lon, wet)) == 0


def test_values_on_land_never_reach_the_sea() -> None:
    lat, lon = axes(20, 50, 0, 360, 0.5)
    sea = _waves(lat, lon)
    wet = bump(lat, lon, 35, 150, 1, 600e3) < 0.5
    dry, full = detect(np.where(wet, sea, np.nan), lat, lon), detect(np.where(wet, sea, 1e3), lat, lon, wet)
    for column in ("lon", "amplitude", "speed", "contour_lat"):
        np.testing.assert_array_equal(getattr(dry, column), getattr(full, column))


def test_a_bump_cut_by_a_coast_shrinks_to_what_closes_before_it() -> None:
    lat, lon = axes(20, 50, 130, 170, 0.25)
    sea = bump(lat, lon, 35, 150, HEIGHT, SCALE)
    wet = np.broadcast_to(lon > 149, sea.shape)
    whole, cut = detect(sea, lat, lon), detect(sea, lat, lon, wet)
    assert len(cut) == 1
    assert cut.radius[0] < 0.8 * whole.radius[0]
    assert cut.contour_lon[0].min() > 149
    assert len(detect(sea, lat, lon, np.broadcast_to(lon > 150, sea.shape))) == 0


def test_two_bumps_are_two_eddies_and_never_share_a_contour() -> None:
    lat, lon = axes(20, 50, 130, 170, 0.25)
    sea = bump(lat, lon, 35, 148.6, HEIGHT, SCALE) + bump(lat, lon, 35, 151.4, 0.8 * HEIGHT, SCALE)
    eddies = detect(sea, lat, lon)
    highs = _sorted(eddies.select(eddies.rotation == -1))
    assert len(highs) == 2
    assert highs.contour_lon[0].max() < highs.contour_lon[1].min()


def test_a_second_peak_too_low_to_count_does_not_split_an_eddy() -> None:
    lat, lon = axes(20, 50, 130, 170, 0.25)
    sea = bump(lat, lon, 35, 150, HEIGHT, SCALE)
    row, column = np.argmin(np.abs(lat - 36.9)), np.argmin(np.abs(lon - 150))
    sea[row, column] += 0.01
    assert np.sum(detect(sea, lat, lon).rotation == -1) == 1


def test_a_ring_of_high_water_is_no_eddy_and_its_hollow_is_one() -> None:
    lat, lon = axes(20, 50, 130, 170, 0.25)
    ring = bump(lat, lon, 35, 150, 0.5, 120e3) - bump(lat, lon, 35, 150, 0.5, 60e3)
    ring += 1e-5 * lon  # one peak on the ring, so that only the hole can disqualify it
    eddies = detect(ring, lat, lon, criteria=Criteria(wavelength=5000e3))
    inner = eddies.select(np.hypot(eddies.lon - 150, eddies.lat - 35) < 0.3)
    assert inner.rotation.tolist() == [1]


@pytest.mark.parametrize(("criterion", "value"), [("amplitude", 0.4), ("fewest_pixels", 2000), ("largest_radius", 20e3)])
def test_each_criterion_can_rule_a_bump_out(criterion: str, value: float) -> None:
    lat, lon = axes(25, 45, 130, 170, 0.25)
    sea = bump(lat, lon, 35, 150, HEIGHT, SCALE)
    assert len(detect(sea, lat, lon)) == 1
    smaller = detect(sea, lat, lon, criteria=Criteria(**{criterion: value}))
    assert len(smaller) == 0 or smaller.radius[0] <= 20e3


def test_a_long_ridge_is_no_eddy_for_its_shape() -> None:
    lat, lon = axes(25, 45, 130, 170, 0.25)
    ridge = np.exp(-0.5 * ((lat[:, None] - 35) / 0.6) ** 2 - 0.5 * ((lon - 150) / 4) ** 2)
    assert len(detect(HEIGHT * ridge, lat, lon)) == 0


def test_a_box_of_a_twelfth_of_a_degree_shows_eddies_of_a_few_cells() -> None:
    lat, lon = axes(30, 40, 140, 155, 1 / 12)
    sea = bump(lat, lon, 35, 147, 0.2, 25e3) - bump(lat, lon, 33, 144, 0.1, 15e3)
    eddies = detect(sea, lat, lon)
    for rotation, place, scale in ((-1, (147, 35), 25e3), (1, (144, 33), 15e3)):
        found = eddies.select((eddies.rotation == rotation) & (np.hypot(eddies.lon - place[0], eddies.lat - place[1]) < 0.1))
        assert len(found) == 1
        assert found.speed_radius[0] == pytest.approx(scale, rel=0.15)


def test_a_box_cut_in_two_by_the_prime_meridian_is_joined() -> None:
    lat, lon = axes(25, 45, -10, 10, 0.25)
    sea = bump(lat, lon, 35, 0.1, HEIGHT, SCALE)
    order = np.argsort(lon % 360)
    whole, cut = detect(sea, lat, lon), detect(sea[:, order], lat, (lon % 360)[order])
    assert len(whole) == len(cut) == 1
    assert cut.lon[0] == pytest.approx(whole.lon[0], abs=1e-9)
    assert cut.amplitude[0] == pytest.approx(whole.amplitude[0], abs=1e-9)


def test_a_sea_without_water_or_without_waves_has_no_eddies() -> None:
    lat, lon = axes(25, 45, 130, 150, 0.5)
    for sea in (np.full((40, 40), np.nan), np.zeros((40, 40))):
        assert len(detect(sea, lat, lon)) == 0


def test_a_table_read_from_its_dataset_is_unchanged() -> None:
    lat, lon = axes(30, 55, 0, 360, 0.5)
    eddies = detect(_waves(lat, lon), lat, lon)
    again = Eddies.from_dataset(eddies.to_dataset())
    np.testing.assert_array_equal(again.contour_lon, eddies.contour_lon)
    assert again.rotation.dtype == np.int8
    with pytest.raises(InputError, match="lacks amplitude"):
        Eddies.from_dataset(eddies.to_dataset().drop_vars("amplitude"))


def test_invalid_axes_are_refused() -> None:
    lat, lon = axes(30, 40, 0, 20, 0.5)
    sea = np.zeros((lat.size, lon.size))
    with pytest.raises(InputError, match="ascending"):
        detect(sea, lat[::-1], lon)
    with pytest.raises(InputError, match="even ones"):
        detect(sea, lat, lon**1.1)
    with pytest.raises(InputError, match="shape"):
        detect(sea.T, lat, lon)
    with pytest.raises(InputError, match="wet mask"):
        detect(sea, lat, lon, np.ones((3, 3), dtype=bool))
    with pytest.raises(InputError, match="step is 0"):
        Criteria(step=0)


@pytest.mark.parametrize("value", [1e20, -1e20, 9999.0, np.inf, -np.inf])
def test_a_height_out_of_range_counts_as_missing(value: float) -> None:
    lat, lon = axes(20, 45, 0, 360, 0.25)
    sea = bump(lat, lon, 35, 180.0, HEIGHT, SCALE)
    sea[20:23, 100:104] = value
    eddies = detect(sea, lat, lon)
    assert len(eddies) == 1 and eddies.lat[0] == pytest.approx(35, abs=0.05)


@pytest.mark.parametrize("value", [1e20, 60.0])
def test_a_field_of_heights_out_of_range_is_refused(value: float) -> None:
    lat, lon = axes(20, 45, 0, 60, 0.25)
    with pytest.raises(InputError, match=r"sea surface height spans .* cells; expected -5 to 5 m: check its units"):
        detect(np.full((lat.size, lon.size), value), lat, lon)


@pytest.mark.parametrize("value", [0.0, 4.9, np.nan])
def test_a_constant_or_empty_sea_has_no_eddies(value: float) -> None:
    lat, lon = axes(20, 45, 0, 60, 0.25)
    assert len(detect(np.full((lat.size, lon.size), value), lat, lon)) == 0
