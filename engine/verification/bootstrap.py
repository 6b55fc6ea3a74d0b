"""Confidence intervals of scores: starts drawn with replacement, the root taken last in every draw."""

import numpy as np

DRAWS = 1000
CONFIDENCE = 0.95


def draw_starts(starts: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Return the share (draws, starts) that each start has in each draw; mean statistics are averaged by these shares.

    Whole starts are drawn, since cells and leads of one start depend on each other (block bootstrap, Künsch 1989, doi
    10.1214/aos/1176347265); starts a month apart are blocks of one. Every score sees the same draws, so differences pair up.
    """
    chosen = np.random.default_rng(seed).integers(0, starts, (draws, starts))
    return np.stack([(chosen == start).mean(axis=1) for start in range(starts)], axis=1)


def drawn_means(shares: np.ndarray, statistics: np.ndarray) -> np.ndarray:
    """Return the means (draws, ...) of statistics (starts, ...) by `draw_starts`."""
    return np.tensordot(shares, statistics, axes=1)


def interval(drawn: np.ndarray, starts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds (...) that hold 95 % of the drawn scores (draws, ...); NaN for a single start."""
    if starts < 2:
        unknown = np.full(drawn.shape[1:], np.nan)
        return unknown, unknown
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, (outside, 1 - outside), axis=0)
    return low, high
