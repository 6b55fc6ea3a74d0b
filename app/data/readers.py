"""What a reader of fields offers, and the fields that are displayed of one: stored, derived, anomalies and changes."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES, Levels, derive
from engine.schema.grid import Grid

SliceOfTime = Callable[[Grid, np.datetime64, str, int], np.ndarray]
"""Gives the climatological (h, w) field on a grid at a time, of a stored variable at a depth index."""


class GriddedFields(Protocol):
    """What a map needs: fields (h, w) float32 on a grid, NaN where missing, by lead in days."""

    @property
    def grid(self) -> Grid: ...
    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray: ...


class FieldReader(GriddedFields, Protocol):
    """What a store and every reader of stored fields offer."""

    @property
    def identifier(self) -> str: ...
    @property
    def attrs(self) -> dict[str, Any]: ...
    @property
    def kind(self) -> str: ...
    @property
    def leads(self) -> list[int]: ...
    @property
    def all_leads(self) -> list[int]: ...
    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def init_time(self) -> np.datetime64: ...

    def valid_time(self, lead: int) -> np.datetime64: ...
    def depths(self, variable: str) -> tuple[float, ...]: ...
    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray: ...


@runtime_checkable
class OfMembers(Protocol):
    """A reader that stands for several at once: what is derived is derived of each of them, then combined."""

    def combined(self, lead: int, read: Callable[[FieldReader, int], np.ndarray]) -> np.ndarray: ...


def of_members(reader: FieldReader, lead: int, read: Callable[[FieldReader, int], np.ndarray]) -> np.ndarray:
    """Return `read(reader, lead)`, of a reader that stands for several the combination of what is read of each."""
    return reader.combined(lead, read) if isinstance(reader, OfMembers) else read(reader, lead)


def field_name(variable: str, quantity: str) -> str:
    """Return the one name of a display variable and what is drawn of it, such as `thetao_anomaly`."""
    return variable if quantity == "value" else f"{variable}_{quantity}"


def split_field_name(name: str) -> tuple[str, str]:
    """Return (display variable, quantity) of a name that `field_name` made."""
    variable, _, quantity = name.rpartition("_")
    return (variable, quantity) if quantity in QUANTITIES and variable in DISPLAY_VARIABLES else (name, "value")


class DisplayReader:
    """Reads display variables by `field_name`: stored and derived ones, anomalies and changes of each."""

    def __init__(self, reader: FieldReader, climatology: SliceOfTime) -> None:
        self.reader = reader
        self._climatology = climatology

    @property
    def grid(self) -> Grid:
        """Return the grid of the fields."""
        return self.reader.grid

    @property
    def leads(self) -> list[int]:
        """Return the finished leads in days."""
        return self.reader.leads

    def valid_time(self, lead: int) -> np.datetime64:
        """Return the time a lead is valid at."""
        return self.reader.valid_time(lead)

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return one display field (h, w) float32; raises InputError for a lead or variable that is not there."""
        name, quantity = split_field_name(variable)

        def mean_at(time: np.datetime64) -> Levels:
            return lambda stored, level: self._climatology(self.reader.grid, time, stored, level)

        return of_members(self.reader, lead, lambda each, own: derive(each, name, own, depth_index, quantity, mean_at))
