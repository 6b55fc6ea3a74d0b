"""The inversion of potential vorticity."""

import numpy as np

from engine.schema.constants import EARTH_RADIUS
from sample_data.ocean.inversion import HelmholtzSolver

LAT = np.arange(-59.5, 60)
COLUMNS = 360


def _solver(blocked: np.ndarray | None = None) -> HelmholtzSolver:
    return HelmholtzSolver(LAT, COLUMNS, np.full(LAT.size, 1 / 300e3**2), blocked)


def _pattern(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((LAT.size, COLUMNS)).astype(np.float32)


def test_inverting_what_was_applied_gives_the_same_field() -> None:
    psi = _pattern()
    np.testing.assert_allclose(_solver().invert(_solver().apply(psi)), psi, atol=2e-4)


def test_operator_is_the_spherical_laplacian_of_a_known_wave() -> None:
    # cos(lat)^m cos(m lon) is a spherical harmonic: its Laplacian is -m (m + 1) / a^2 times itself.
    m, lon = 4, np.deg2rad(np.arange(COLUMNS))
    psi = (np.cos(np.deg2rad(LAT)) ** m)[:, None] * np.cos(m * lon)
    expected = -(m * (m + 1) / EARTH_RADIUS**2 + 1 / 300e3**2) * psi
    inner = slice(1, -1)
    np.testing.assert_allclose(_solver().apply(psi)[inner], expected[inner], atol=2e-3 * np.abs(expected).max())


def test_turning_the_globe_turns_the_answer() -> None:
    q = _pattern(1)
    turned = _solver().invert(np.roll(q, 17, axis=1))
    np.testing.assert_allclose(turned, np.roll(_solver().invert(q), 17, axis=1), rtol=1e-3, atol=1e4)


def test_blocked_rows_stay_at_zero_and_part_the_hemispheres() -> None:
    blocked = np.abs(LAT) < 5
    q = np.where(LAT[:, None] > 10, _pattern(2), 0).astype(np.float32)
    psi = _solver(blocked).invert(q)
    assert np.all(psi[blocked] == 0)
    assert np.all(psi[LAT < -5] == 0)
    assert np.abs(psi[LAT > 10]).max() > 0
