"""A Batch: named fields in physical units at one time on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import xarray as xr

from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.schema.dataset import CONVENTIONS, grid_coordinates, grid_of, grid_variables
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

    def to_dataset(self) -> xr.Dataset:
        """Return the fields (depth, lat, lon) or (lat, lon) with CF attributes, beside the grid's mask and sea floor.

        `time` is a coordinate without an axis. Surface fields have no depth.
        """
        axes = ("depth", "lat", "lon")
        fields = {name: (axes[-values.ndim :], values, VARIABLES[name].attributes) for name, values in self.fields.items()}
        time = ((), self.time.astype("datetime64[ns]"), {"standard_name": "time"})
        coordinates = {"time": time, **grid_coordinates(self.grid)}
        return xr.Dataset({**fields, **grid_variables(self.grid)}, coordinates, {"Conventions": CONVENTIONS})

    @classmethod
    def from_dataset(cls, data: xr.Dataset, grid: Grid | None = None) -> "Batch":
        """Return the batch of the fields that a dataset of one time names as the variable table does.

        Dimensions may stand in any order. `grid` is by default the one that the dataset describes. Raises InputError where
        there is no field or no time, for units other than the table's, and as `Batch` does.
        """
        names = [name for name in data.data_vars if name in VARIABLES and VARIABLES[str(name)].role != "static"]
        if not names or "time" not in data.variables or data["time"].size != 1:
            raise InputError(
                f"a dataset holds {', '.join(map(str, data.variables)) or 'nothing'}; expected one time and fields named "
                f"{', '.join(VARIABLES)}: select a time, rename its fields"
            )
        fields = {}
        for name in map(str, names):
            units = data[name].attrs.get("units", VARIABLES[name].units)
            if units != VARIABLES[name].units:
                raise InputError(f"{name} of a dataset is in {units!r}; expected {VARIABLES[name].units!r}: convert it")
            field = data[name].squeeze("time") if "time" in data[name].dims else data[name]
            fields[name] = field.transpose(*(("depth", "lat", "lon") if VARIABLES[name].depths else ("lat", "lon"))).values
        return cls(fields, grid or grid_of(data), data["time"].values.reshape(-1)[0].astype("datetime64[s]"))

    def with_fields(self, **fields: np.ndarray) -> "Batch":
        """Return a new batch in which `fields` are added or replaced."""
        return Batch({**self.fields, **fields}, self.grid, self.time)
