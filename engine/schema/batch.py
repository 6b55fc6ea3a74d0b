"""A Batch: named fields in physical units at one time on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.variables import VARIABLES

TIME_STEP = DAY
"""The interval of one step of a model."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Fields of one time: (z, h, w) where the variable has levels, else (h, w), float32, NaN where missing.

    Raises InputError for a name outside the variable table, a shape that does not fit the grid, or a missing time.
    """

    fields: Mapping[str, np.ndarray]
    grid: Grid
    time: np.datetime64

    def __post_init__(self) -> None:
        if np.isnat(self.time):
            raise InputError("time of a batch is missing; expected a date")
        checked = {}
        for name, values in self.fields.items():
            if name not in VARIABLES:
                raise InputError(f"field {name!r} is not in the variable table; expected one of {', '.join(VARIABLES)}")
            levels = (self.grid.depth.size,) if VARIABLES[name].depths else ()
            if values.shape != levels + self.grid.shape:
                raise InputError(f"field {name!r} has shape {values.shape}; the grid needs {levels + self.grid.shape}")
            checked[name] = np.asarray(values, dtype=np.float32)
        object.__setattr__(self, "fields", MappingProxyType(checked))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.fields[name]

    def with_fields(self, **fields: np.ndarray) -> "Batch":
        """Return a new batch in which `fields` are added or replaced."""
        return Batch({**self.fields, **fields}, self.grid, self.time)
