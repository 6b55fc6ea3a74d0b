"""Readers of what is drawn over the fields and lies in no store: wind and ice of a run's days, and the sea floor."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from app.data.readers import DisplayReader, FieldReader
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.sources.run_conditions import ice_margin, wind

SEA_FLOOR = "sea-floor"
"""Identifier of the depth of the sea, which belongs to no store."""


class Readers(Protocol):
    """Opens stores by their names."""

    def open(self, identifier: str) -> FieldReader: ...
    def display(self, identifier: str) -> DisplayReader: ...


class _Day:
    """A field of the days of a store."""

    def __init__(self, base: FieldReader) -> None:
        self.base = base

    def _known(self, lead: int) -> tuple[dict[str, Any], np.datetime64]:
        return self.base.attrs, self.base.valid_time(lead)


class WindReader(_Day):
    """The wind at 10 m of the days of a store, on the one degree of its climatology."""

    @property
    def grid(self) -> Grid:
        """Return the global grid of one degree."""
        return coarsened(4)

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return u10 or v10 (h, w) in m s-1; raises InputError for another name, and where the wind is not known."""
        if variable not in ("u10", "v10"):
            raise InputError(f"the wind has no {variable!r}; expected u10 or v10")
        return wind(*self._known(lead), self.grid)[("u10", "v10").index(variable)]


class IceReader(_Day):
    """Where ice lies on the days of a store, on half a degree."""

    @property
    def grid(self) -> Grid:
        """Return the global grid of half a degree."""
        return coarsened(2)

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return how far (h, w) in kelvin a place lies behind the ice edge, which is at zero; NaN on land."""
        return ice_margin(*self._known(lead), self.grid)


class SeaFloorReader:
    """The depth of the sea, zero on land, so that its lines end at the shore and not a cell before it."""

    @property
    def grid(self) -> Grid:
        """Return the global grid of a quarter of a degree."""
        return quarter_degree()

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return the depth (h, w) in m."""
        return np.nan_to_num(self.grid.deptho)


LayerReader = WindReader | IceReader | SeaFloorReader

_OF_DAYS: dict[str, Callable[[FieldReader], WindReader | IceReader]] = {"wind": WindReader, "ice": IceReader}


def open_frames(readers: Readers, identifier: str) -> DisplayReader | LayerReader:
    """Return what frames of `identifier` are made from: `sea-floor`, `wind@STORE`, `ice@STORE`, or a store or virtual store.

    Raises InputError where there is none.
    """
    if identifier == SEA_FLOOR:
        return SeaFloorReader()
    kind, _, store = identifier.partition("@")
    return _OF_DAYS[kind](readers.open(store)) if kind in _OF_DAYS else readers.display(identifier)
