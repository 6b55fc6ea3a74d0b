"""The rules for colour limits, automatic and rounded: those of `app/loopmap/static/colour_limits.js` in the browser.

`tests/vectors/colour_limits.json` holds what both return; a test of each reads it.
"""

import numpy as np

from engine.runtime.errors import InputError

BALANCE = 0.15
"""Of the larger size: below this, values count as lying on one side of zero."""

STEPS = 40
"""Rounding moves a limit by at most one part in this many of the range."""


def colour_limits(values: np.ndarray, mode: str, logarithmic: bool = False) -> tuple[float, float]:
    """Return the limits of `values` (any shape, NaN ignored) under a mode of `colour_range`, widened to round figures.

    A logarithmic scale takes the 2nd to 98th percentile of the positive values.
    """
    low, high = colour_range(values, mode)
    positive = values[np.isfinite(values) & (values > 0)]
    if logarithmic and positive.size:
        least, most = (float(limit) for limit in np.percentile(positive, (2, 98)))
        low, high = (least, most) if least < most else (low, high)
    return rounded_limits(low, high, logarithmic and low > 0)


def colour_range(values: np.ndarray, mode: str, fixed: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float]:
    """Return the colour limits of `values` (any shape, NaN ignored) under `auto`, `symmetric`, `balanced` or `fixed`.

    Auto takes the 2nd to 98th percentile, or zero to the 99.5th for what begins at zero, such as speed, whose jets are in its
    long tail; symmetric the larger of the two sizes on both sides of zero; balanced is symmetric where the lesser size is more
    than `BALANCE` of the larger, else auto. Raises InputError for another mode and for fixed limits that are not ascending.
    """
    if mode == "fixed":
        if not fixed[0] < fixed[1]:
            raise InputError(f"fixed colour range is {fixed[0]} to {fixed[1]}; expected ascending limits")
        return fixed
    if mode not in ("auto", "symmetric", "balanced"):
        raise InputError(f"range mode is {mode!r}; expected auto, fixed, symmetric or balanced")
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return (-1.0, 1.0) if mode == "symmetric" else (0.0, 1.0)
    low, high, tail = (float(limit) for limit in np.percentile(finite, (2, 98, 99.5)))
    if mode == "symmetric" or (mode == "balanced" and low < 0 < high and min(-low, high) > BALANCE * max(-low, high)):
        largest = max(abs(low), abs(high)) or 1.0
        return -largest, largest
    if 0 <= low < 0.2 * high:
        return 0.0, tail
    # A half step would be lost to rounding beside a large constant.
    half = max(0.5, 1e-3 * abs(low))
    return (low, high) if high > low else (low - half, high + half)


def rounded_limits(low: float, high: float, logarithmic: bool = False) -> tuple[float, float]:
    """Return limits widened to round figures: to a fortieth of the range, or to one digit on a logarithmic scale."""
    if logarithmic:
        down, up = 10 ** np.floor(np.log10(low)), 10 ** np.floor(np.log10(high))
        return float(np.floor(low / down) * down), float(np.ceil(high / up) * up)
    size = (high - low) / STEPS
    power = 10 ** np.floor(np.log10(size))
    step = power * next(figure for figure in (1, 2, 5, 10) if size / power <= figure + 1e-9)
    return float(np.floor(low / step + 1e-9) * step), float(np.ceil(high / step - 1e-9) * step)
