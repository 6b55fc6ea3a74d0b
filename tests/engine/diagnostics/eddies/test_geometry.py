"""Areas, circles and spacing along closed curves, against closed forms."""

import numpy as np
import pytest

from engine.diagnostics.eddies.geometry import area_and_centroid, resample, shape_error


def _ellipse(a: float, b: float, centre: tuple[float, float] = (0.0, 0.0), points: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return centre[0] + a * np.cos(angle), centre[1] + b * np.sin(angle)


def test_area_and_centroid_of_an_ellipse_off_the_origin() -> None:
    x, y = _ellipse(3.0, 2.0, (10.0, -4.0))
    assert area_and_centroid(x, y, x.size) == pytest.approx((6 * np.pi, 10.0, -4.0), rel=1e-5)


def test_a_circle_has_no_shape_error() -> None:
    x, y = _ellipse(5.0, 5.0)
    assert shape_error(x, y, x.size, 0.0, 0.0, 5.0) == pytest.approx(0.0, abs=1e-5)


def test_the_shape_error_of_a_square_is_the_area_between_it_and_the_circle() -> None:
    x, y = np.array([1.0, 1.0, -1.0, -1.0]), np.array([-1.0, 1.0, 1.0, -1.0])
    radius = 2 / np.sqrt(np.pi)
    # Four circular segments beyond the sides, and as much of the corners, since the areas are equal.
    half = np.arccos(1 / radius)
    segment = radius**2 * (half - np.sin(half) * np.cos(half))
    assert shape_error(x, y, 4, 0.0, 0.0, radius) == pytest.approx(8 * segment / (np.pi * radius**2), rel=1e-9)


def test_the_shape_error_of_a_long_ellipse_exceeds_the_limit_of_an_eddy() -> None:
    x, y = _ellipse(3.0, 1.0)
    assert shape_error(x, y, x.size, 0.0, 0.0, np.sqrt(3.0)) > 0.55


def test_the_shape_error_of_a_circle_beside_its_place_is_two() -> None:
    x, y = _ellipse(1.0, 1.0, (5.0, 0.0))
    assert shape_error(x, y, x.size, 0.0, 0.0, 1.0) == pytest.approx(2.0, abs=1e-4)


def test_resampled_points_are_evenly_spaced_and_close() -> None:
    x, y = np.array([0.0, 4.0, 4.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0])
    out_x, out_y = np.empty(41), np.empty(41)
    resample(x, y, 4, out_x, out_y)
    assert (out_x[-1], out_y[-1]) == (out_x[0], out_y[0])
    np.testing.assert_allclose(np.hypot(np.diff(out_x), np.diff(out_y)), 0.25, atol=1e-12)
