"""Masks and quality flags beside a field, where their meanings are unambiguous."""

import netCDF4
import numpy as np

_BAD = frozenset((
    "land", "no_data", "bad_data", "bad", "worst_quality", "probably_bad", "probably_bad_data", "bad_quality", "missing",
    "missing_data", "missing_value", "fail", "invalid",
))  # fmt: skip
_COMMON = ("quality_level", "mask")
"""Names of GHRSST, whose files do not always list them as ancillary variables."""


def flag_variables(data: netCDF4.Dataset, variable: netCDF4.Variable) -> list[str]:
    """Return the names of the flags of a field that have its dimensions and name their bad meanings."""
    named = str(getattr(variable, "ancillary_variables", "")).split()
    found = dict.fromkeys(name for name in (*named, *_COMMON) if name in data.variables and name != variable.name)
    return [name for name in found if data[name].dimensions == variable.dimensions and _bad(data[name])]


def bad_cells(flags: netCDF4.Variable, numbers: np.ndarray) -> np.ndarray:
    """Return where the `numbers` of a flag variable mean that there is no good value of the field."""
    bad = np.zeros(numbers.shape, dtype=bool)
    for mask, value in _bad(flags):
        bad |= (numbers == value) if mask is None else (numbers & mask) == value
    return bad


def _bad(flags: netCDF4.Variable) -> list[tuple[int | None, int]]:
    """Return (mask, value) of each meaning that is bad; no mask where the whole number is the value."""
    words = str(getattr(flags, "flag_meanings", "")).lower().split()
    values, masks = (
        [int(number) for number in np.atleast_1d(getattr(flags, name, ())) if np.isreal(number)]
        if np.asarray(getattr(flags, name, ())).dtype.kind in "iu"
        else []
        for name in ("flag_values", "flag_masks")
    )
    if np.dtype(flags.dtype).kind not in "iu" or len(words) != max(len(values), len(masks)):
        return []
    found: list[tuple[int | None, int]] = []
    for number, word in enumerate(words):
        if word in _BAD:
            mask = masks[number] if masks else None
            found.append((mask, values[number] if values else masks[number]))
    return found
