"""The first baroclinic mode against the closed form of constant stratification."""

import numpy as np

from engine.physics.vertical_modes import SLOWEST_SPEED, displacement, first_mode


def test_constant_stratification_gives_nh_over_pi_and_a_cosine() -> None:
    bottom, n = 4000.0, 2e-3
    at = np.array([0.0, 500.0, 1000.0, 2000.0, 3000.0])
    c1, shape = first_mode(np.array([0.0, bottom]), np.full(2, n**2), bottom, at)
    assert abs(c1 / (n * bottom / np.pi) - 1) < 1e-3
    np.testing.assert_allclose(shape, np.cos(np.pi * at / bottom), atol=2e-2)


def test_a_column_without_stratification_does_not_divide_by_zero() -> None:
    c1, shape = first_mode(np.array([0.0, 3000.0]), np.zeros(2), 3000.0, np.array([0.0, 500.0]))
    assert 0 < c1 < 0.2 and np.isfinite(shape).all()


def test_displacement_is_zero_at_the_surface_and_grows_with_weaker_modes() -> None:
    depth = np.array([0.0, 100.0, 300.0])
    shape = np.ones((3, 2))
    d = displacement(depth, np.array([3.0, 2.0]), shape)
    assert not d[0].any()
    np.testing.assert_allclose(d[2], 9.81 / np.array([9.0, 4.0]) * 300)


def test_displacement_is_capped_where_the_mode_is_slow() -> None:
    depth, shape = np.array([0.0, 100.0]), np.ones((2, 2))
    d = displacement(depth, np.array([0.3, SLOWEST_SPEED]), shape)
    assert d[1, 0] == d[1, 1]
