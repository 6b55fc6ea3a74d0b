"""Baselines: persistence, climatology, and an anomaly that decays at the best rate."""

import numpy as np


def damping(anomaly: np.ndarray, later: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return (mean product, mean square) of anomalies (h, w) now and later; `damping_factor` makes a factor of their sums.

    They stay separate so that several days and runs can be summed before the quotient.
    """
    present = (weights > 0) & np.isfinite(anomaly) & np.isfinite(later)
    kept, now = weights[present], anomaly[present].astype(np.float64)
    total = max(float(kept.sum()), 1e-30)
    return float((now * later[present] * kept).sum() / total), float((now * now * kept).sum() / total)


def damping_factor(pairs: list[tuple[float, float]]) -> float:
    """Return the factor (0 to 1) by which an anomaly is best multiplied: least squares, so the lag regression on itself."""
    square = sum(pair[1] for pair in pairs)
    return float(np.clip(sum(pair[0] for pair in pairs) / square, 0, 1)) if square > 0 else 0.0


def damped_persistence(
    initial: np.ndarray, initial_climatology: np.ndarray, climatology: np.ndarray, factor: float
) -> np.ndarray:
    """Return climatology of the valid day plus `factor` times the initial anomaly, all (h, w)."""
    return climatology + np.float32(factor) * (initial - initial_climatology)
