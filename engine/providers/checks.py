"""What a day must not be: the day before again, or one number everywhere; providers have served both for days on end."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import netCDF4
import numpy as np

from engine.readers.netcdf import opened
from engine.runtime.errors import DayMissing

FEWEST = 100
"""Cells of a level from which on one number in all of them is a fault."""

Digests = dict[str, str]
"""Field -> digest of its numbers."""


def check_day(files: Sequence[Path], names: Mapping[str, str], before: Mapping[str, str], when: str) -> Digests:
    """Return the digests of the fields in the files of a day; `names` gives the provider's name of each field.

    Raises DayMissing where a field has one number in a whole level, and where one is cell for cell that of `before`, the last day
    that was good, `when`.
    """
    found: Digests = {}
    for file in files:
        with opened(file) as data:
            for field, name in names.items():
                if name in data.variables:
                    found[field] = _digest(data[name], field)
    if stale := [field for field in found if found[field] == before.get(field)]:
        raise DayMissing(f"cell for cell {when} again", stale)
    return found


def _digest(variable: netCDF4.Variable, field: str) -> str:
    variable.set_auto_maskandscale(False)
    fill = getattr(variable, "_FillValue", None)
    digest = hashlib.blake2b(digest_size=16)
    for place in np.ndindex(*variable.shape[:-2]):
        numbers = np.ascontiguousarray(variable[place])
        digest.update(numbers.tobytes())
        there = numbers[np.isfinite(numbers)] if numbers.dtype.kind == "f" else numbers
        there = there[there != fill] if fill is not None else there
        if there.size >= FEWEST and there.min() == there.max():
            raise DayMissing("one number in all cells of a level", [field])
    return digest.hexdigest()
