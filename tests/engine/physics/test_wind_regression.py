"""The wave height that wind alone tells."""

import numpy as np

from engine.physics.wind_regression import Winds, fit_wind_regression

LAT = np.arange(-87.5, 90, 5)


def _winds(seed: int) -> Winds:
    random = np.random.default_rng(seed)
    return Winds(*(8 * random.standard_normal((4, LAT.size, 12))))


def _height(winds: Winds) -> np.ndarray:
    north = (LAT > 0)[:, None]
    return 0.5 + north * 0.02 * np.hypot(winds.u10, winds.v10) ** 2 + 0.1 * np.hypot(winds.u10_before, winds.v10_before)


def test_a_sea_that_follows_the_wind_is_found_again_band_by_band() -> None:
    fitted = fit_wind_regression(((_winds(seed), _height(_winds(seed))) for seed in range(3)), LAT)
    np.testing.assert_allclose(fitted(_winds(9), LAT), _height(_winds(9)), atol=1e-6)


def test_land_changes_no_coefficient_and_no_height_is_negative() -> None:
    pairs = [(_winds(seed), _height(_winds(seed))) for seed in range(3)]
    broken = [(winds, np.where(np.arange(12) < 3, np.nan, height)) for winds, height in pairs]
    np.testing.assert_allclose(fit_wind_regression(broken, LAT)(_winds(9), LAT), _height(_winds(9)), atol=1e-6)
    falling = fit_wind_regression([(winds, 1 - height) for winds, height in pairs], LAT)
    assert falling(_winds(9), LAT).min() == 0


def test_a_band_that_is_all_land_has_no_waves() -> None:
    winds = _winds(0)
    fitted = fit_wind_regression([(winds, np.where((LAT < -80)[:, None], np.nan, _height(winds)))], LAT)
    assert not fitted(winds, LAT)[LAT < -80].any()
