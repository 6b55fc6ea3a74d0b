"""The layout of a field in its file, and its order as rows northward, columns eastward, levels downward."""

from dataclasses import dataclass

import netCDF4
import numpy as np

from engine.readers.values.axes import Layout
from engine.readers.values.missing import Decoder


@dataclass(frozen=True)
class StoredField:
    """The layout, packing, flags and unit of one field in its file."""

    layout: Layout
    decoder: Decoder
    flags: tuple[str, ...]
    unit: tuple[float, float]
    checked: bool
    """Whether the library detects damage to the numbers."""
    rows_down: bool
    columns: np.ndarray | None
    """The file's column of each longitude, None where they are the same."""
    deepest_first: bool = False
    versions: tuple[int, ...] = (0,)
    """Numbers of the versions of the same values, the one to be preferred first."""
    missing_from: float | None = None
    """Numbers from this on stand for no value."""

    def read(self, variable: netCDF4.Variable, time: int, level: int | None, version: int = 0) -> np.ndarray:
        """Return the numbers (h, w), or (z, h, w) of all levels where `level` is None and there are levels."""
        index: list[int | slice] = [0] * variable.ndim
        if "time" in self.layout.dimensions:
            index[self.layout.dimensions["time"]] = time
        if "version" in self.layout.dimensions:
            index[self.layout.dimensions["version"]] = version
        kept = ["lat", "lon"]
        if "depth" in self.layout.dimensions:
            if level is None:
                kept = ["depth", *kept]
            else:
                count = variable.shape[self.layout.dimensions["depth"]]
                index[self.layout.dimensions["depth"]] = count - 1 - level if self.deepest_first else level
        for axis in kept:
            index[self.layout.dimensions[axis]] = slice(None)
        variable.set_auto_maskandscale(False)
        numbers = np.asarray(variable[tuple(index)])
        numbers = numbers.transpose([[axis for axis in self.layout.order if axis in kept].index(axis) for axis in kept])
        if len(kept) == 3 and self.deepest_first:
            numbers = numbers[::-1]
        if self.rows_down:
            numbers = numbers[..., ::-1, :]
        return numbers if self.columns is None else np.take(numbers, self.columns, axis=-1)
