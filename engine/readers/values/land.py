"""Land that a file stores as zeros instead of missing values."""

from collections.abc import Mapping, Sequence

import numpy as np

ALONE = 0.05
"""In a file with one field, 0 means land where at least this share of a field without missing cells is 0; set by hand.

Of water between -1 and 1 in steps of 0.001 one cell in two thousand is 0; the share of land in a box or on the globe is far
larger.
"""


def is_zero(values: np.ndarray, step: float) -> np.ndarray:
    """Return where `values` are 0, to half of the packing step."""
    return np.abs(values) <= 0.5 * step


def zero_tracers(temperature: np.ndarray, salinity: np.ndarray, steps: Mapping[str, float]) -> np.ndarray:
    """Return where temperature and salinity are both 0, which water never is: land, or the ground below the sea floor."""
    return is_zero(temperature, steps["thetao"]) & is_zero(salinity, steps["so"])


def zero_columns(numbers: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """Return where (h, w) every one of the fields and levels (values, packing step) is 0; a lone one needs `ALONE`."""
    zero = np.logical_and.reduce([is_zero(values, step) for values, step in numbers])
    if len(numbers) == 1 and (np.isnan(numbers[0][0]).any() or zero.mean() < ALONE):
        return np.zeros_like(zero)
    return zero
