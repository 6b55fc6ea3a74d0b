"""Wave height from the wind alone: a regression by latitude, the baseline of a wave forecast and its first day."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.runtime.errors import ModelError
from engine.runtime.paths import ASSETS

BELT_HEIGHT = 10.0
"""Height of a latitude belt in degrees, set by hand; each belt has its own coefficients."""

TERMS = 5
"""A constant, wind speed and its square of the day, and the same of the day before."""


@dataclass(frozen=True)
class Winds:
    """Wind (h, w) in m s-1 of a day and of the day before it."""

    u10: np.ndarray
    v10: np.ndarray
    u10_before: np.ndarray
    v10_before: np.ndarray

    @property
    def terms(self) -> np.ndarray:
        """Return the terms (5, h, w) of the regression."""
        speeds = np.hypot(self.u10, self.v10), np.hypot(self.u10_before, self.v10_before)
        return np.stack([np.ones_like(speeds[0]), *(power for speed in speeds for power in (speed, speed**2))])


@dataclass(frozen=True)
class WindRegression:
    """Coefficients (belts, 5) from south to north; zeros for a belt without water in the training days."""

    coefficients: np.ndarray

    def __call__(self, winds: Winds, lat: np.ndarray) -> np.ndarray:
        """Return wave height (h, w) in m, never negative, over land too, on rows at latitudes `lat` (h,)."""
        return np.maximum(np.einsum("hk,khw->hw", self.coefficients[_belt(lat)], winds.terms), 0)


def fit_wind_regression(days: Iterable[tuple[Winds, np.ndarray]], lat: np.ndarray) -> WindRegression:
    """Return the least squares fit to the wave height (h, w) in m of `days`, every cell by the cosine of its latitude.

    Wave height is NaN where it is missing; such cells do not count. `lat` (h,) in degrees.
    """
    belts = round(180 / BELT_HEIGHT)
    squares, products = np.zeros((belts, TERMS, TERMS)), np.zeros((belts, TERMS))
    belt, weight = _belt(lat), np.cos(np.deg2rad(lat))
    for winds, height in days:
        sea = np.isfinite(height)
        terms = np.where(sea, winds.terms, 0).astype(np.float64)
        weighted = terms * weight[:, None]
        np.add.at(squares, belt, np.einsum("jhw,khw->hjk", weighted, terms))
        np.add.at(products, belt, np.einsum("khw,hw->hk", weighted, np.where(sea, height, 0)))
    solved = [np.linalg.lstsq(square, product, rcond=None)[0] for square, product in zip(squares, products, strict=True)]
    return WindRegression(np.stack(solved))


@cache
def shipped_regression() -> WindRegression:
    """Return the regression of assets/wind_waves.json, fitted to the wave model of the sample ocean (`fitted_to` in the file).

    Raises ModelError where the file is missing or damaged.
    """
    path = ASSETS / "wind_waves.json"
    try:
        coefficients = np.array(json.loads(path.read_text())["coefficients"], dtype=np.float64)
    except (OSError, ValueError, LookupError) as error:
        raise ModelError(f"regression of waves on the wind {path} cannot be read ({error}); restore the file") from error
    if coefficients.shape != (round(180 / BELT_HEIGHT), TERMS) or not np.isfinite(coefficients).all():
        raise ModelError(f"regression of waves on the wind {path} has shape {coefficients.shape}; restore the file")
    return WindRegression(coefficients)


def _belt(lat: np.ndarray) -> np.ndarray:
    return np.clip(((lat + 90) // BELT_HEIGHT).astype(int), 0, round(180 / BELT_HEIGHT) - 1)
