"""A stored field as a lazy array of xarray: nothing is read before it is used."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

Place = tuple[int | slice, ...]


class LazyField(BackendArray):
    """An array float32 of `shape` whose `read` returns the part at a place."""

    def __init__(self, shape: tuple[int, ...], read: Callable[[Place], np.ndarray]) -> None:
        self.shape, self.dtype, self._read = shape, np.dtype(np.float32), read

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._read)


def lazy_variable(
    dimensions: tuple[str, ...], shape: tuple[int, ...], read: Callable[[Place], np.ndarray], attributes: dict[str, Any]
) -> xr.Variable:
    """Return a variable of `shape` along `dimensions` that `read` gives by its parts."""
    return xr.Variable(dimensions, indexing.LazilyIndexedArray(LazyField(shape, read)), attributes)
