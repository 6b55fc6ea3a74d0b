"""Rows with one constant number in varying water: the sign of a damaged block in a file without checksums."""

import netCDF4
import numpy as np

FEWEST_CELLS = 8
"""Cells with a value that a row or level needs before a constant counts as suspicious; set by hand."""

JUMP = 3.0
"""A constant row is suspicious where it differs from the row beside it by this factor of the median difference of rows.

Set by hand. Rows under sea ice and around the poles are constant, too, but without a jump to their neighbours.
"""


def has_checksums(variable: netCDF4.Variable) -> bool:
    """Return whether the library detects damage to the stored values: with fletcher32 or deflate."""
    filters = variable.filters() or {}
    return bool(filters.get("fletcher32") or filters.get("zlib"))


def constant_rows(values: np.ndarray) -> int:
    """Return how many rows of a level (h, w), NaN where dry, hold one number and jump against their neighbours.

    All rows with water count where the whole level holds one number.
    """
    # A row that varies nearly always varies among a few of its cells; only the other rows are read completely.
    few = values[:, :: max(values.shape[1] // 64, 1)]
    doubtful = np.flatnonzero(~(np.fmin.reduce(few, axis=1) < np.fmax.reduce(few, axis=1)))
    lowest, highest = np.full(values.shape[0], -np.inf), np.full(values.shape[0], np.inf)
    lowest[doubtful], highest[doubtful] = np.fmin.reduce(values[doubtful], axis=1), np.fmax.reduce(values[doubtful], axis=1)
    constant = lowest == highest
    if not constant.any():
        return 0
    cells = np.count_nonzero(np.isfinite(values), axis=1)
    wet = np.flatnonzero(cells)
    if constant[wet].all() and np.unique(lowest[wet]).size == 1:
        return wet.size if cells.sum() >= FEWEST_CELLS else 0
    constant &= cells >= FEWEST_CELLS
    varying = (cells > 0) & ~constant
    typical = [_difference(values[row], values[row + 1]) for row in np.flatnonzero(varying[:-1] & varying[1:])]
    typical = [each for each in typical if np.isfinite(each)]
    if not typical:
        return 0
    most, found = JUMP * float(np.median(typical)), 0
    for first, last in _runs(constant, lowest):
        beside = [row for row in (first - 1, last + 1) if 0 <= row < cells.size and cells[row] and not constant[row]]
        differences = [np.sqrt(np.nanmean((values[row] - lowest[first]) ** 2)) for row in beside]
        if differences and max(differences) > most:
            found += last + 1 - first
    return found


def _difference(row: np.ndarray, other: np.ndarray) -> float:
    """Return the root mean square difference of two rows where both have values, NaN where nowhere."""
    there = np.isfinite(row) & np.isfinite(other)
    return float(np.sqrt(np.mean((row[there] - other[there]) ** 2))) if there.any() else np.nan


def _runs(constant: np.ndarray, number: np.ndarray) -> list[tuple[int, int]]:
    """Return the first and last row of each run of constant rows of the same number."""
    runs: list[tuple[int, int]] = []
    for row in np.flatnonzero(constant):
        if runs and runs[-1][1] == row - 1 and number[row] == number[row - 1]:
            runs[-1] = (runs[-1][0], int(row))
        else:
            runs.append((int(row), int(row)))
    return runs
