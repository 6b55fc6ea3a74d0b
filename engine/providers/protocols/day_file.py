"""A day of a remote array as a NetCDF file of the provider's own layout: its names, packing, units and attributes, less cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from engine.runtime.failures import written

Piece = tuple[tuple[int, ...] | slice, np.ndarray]
"""Where in a variable, and the numbers there."""


@dataclass(frozen=True)
class Stored:
    """A variable as it is stored, its numbers packed, with the attributes that say how; `pieces` give the numbers."""

    name: str
    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    kind: np.dtype
    pieces: Iterable[Piece]
    attributes: Mapping[str, Any]

    @classmethod
    def whole(cls, name: str, dimensions: tuple[str, ...], numbers: np.ndarray, attributes: Mapping[str, Any]) -> "Stored":
        """Return a variable whose numbers are all there."""
        return cls(name, dimensions, numbers.shape, numbers.dtype, [(slice(None), numbers)], attributes)


def write_day(path: Path, variables: Sequence[Stored], attributes: Mapping[str, Any]) -> Path:
    """Write variables to a new file, piece by piece, and return its path."""
    with netCDF4.Dataset(path, "w", format="NETCDF4") as data:
        data.setncatts(dict(attributes))
        for variable in variables:
            for name, length in zip(variable.dimensions, variable.shape, strict=True):
                if name not in data.dimensions:
                    data.createDimension(name, length)
            told = dict(variable.attributes)
            fill = told.pop("_FillValue", None)
            # A chunk a level, as they come and are read, with a checksum, since the file lies on the disk between.
            chunks = (1,) * (len(variable.shape) - 2) + variable.shape[-2:]
            kind = variable.kind.newbyteorder("=")
            made = data.createVariable(
                variable.name, kind, variable.dimensions, fill_value=fill, fletcher32=True, chunksizes=chunks
            )
            made.set_auto_maskandscale(False)
            made.setncatts(told)
            for place, numbers in variable.pieces:
                with written(path):
                    made[place] = numbers
    return path
