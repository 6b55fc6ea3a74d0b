"""Readers that answer like a store without one on disk: derived fields, persistence, climatology, a shifted zero of SSH."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES, Levels, derive
from engine.schema.constants import DAY
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


class DerivedReader:
    """What a reader takes over from the store it stands beside: grid, times, depths."""

    label = ""
    name = ""

    def __init__(self, base: FieldReader) -> None:
        self.base = base
        self.kind = "forecast"

    @property
    def identifier(self) -> str:
        return f"{self.name}@{self.base.identifier}"

    @property
    def attrs(self) -> dict[str, Any]:
        return {**self.base.attrs, "model": self.name, "label": self.label, "kind": self.kind}

    @property
    def grid(self) -> Grid:
        return self.base.grid

    @property
    def all_leads(self) -> list[int]:
        return self.base.all_leads

    @property
    def leads(self) -> list[int]:
        return self.base.all_leads

    @property
    def variables(self) -> tuple[str, ...]:
        return self.base.variables

    @property
    def init_time(self) -> np.datetime64:
        return self.base.init_time

    def valid_time(self, lead: int) -> np.datetime64:
        return self.base.valid_time(lead)

    def depths(self, variable: str) -> tuple[float, ...]:
        return self.base.depths(variable)


class PersistenceReader(DerivedReader):
    """The first state of a store, at every lead."""

    name = "persistence"
    label = "Persistence"

    @property
    def leads(self) -> list[int]:
        """Return every lead as soon as the first state is there."""
        return self.all_leads if self._first in self.base.leads else []

    @property
    def _first(self) -> int:
        return self.all_leads[0]

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return the first field (h, w), whatever the lead."""
        return self.base.read(variable, self._first, depth_index)

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray:
        """Return (n, z, m), the same columns at every lead."""
        return np.repeat(self.base.points(variable, rows, columns, [self._first]), len(leads), axis=0)


class ClimatologyReader(DerivedReader):
    """The mean ocean of the day of the year, on the grid and at the times of a store."""

    name = "climatology"
    label = "Climatology"

    def __init__(self, base: FieldReader, climatology: SliceOfTime) -> None:
        super().__init__(base)
        self._climatology = climatology

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes of the store beside it, with a source of its own: its zero of SSH is another one."""
        return {**super().attrs, "source": "climatology"}

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the stored variables of the mean ocean that the store has too."""
        return self.base.variables

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return the mean field (h, w) of the day the lead is valid at."""
        return self._climatology(self.grid, self.valid_time(lead), variable, depth_index)

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray:
        """Return (n, z, m) mean columns."""
        levels = max(1, len(self.depths(variable)))
        values = np.empty((len(leads), levels, len(rows)), np.float32)
        for number, lead in enumerate(leads):
            for level in range(levels):
                values[number, level] = self.read(variable, lead, level)[rows, columns]
        return values


class AlignedReader(DerivedReader):
    """A store of another product whose sea surface height is shifted so that both have the same mean where both have water.

    Products differ in the zero of SSH, so that a plain difference would show that constant and nothing else. The constant is
    taken once, from the first common day.
    """

    name = "aligned"

    def __init__(self, base: FieldReader, fixed: FieldReader, shift: float) -> None:
        super().__init__(base)
        self._fixed = fixed
        self._shift = np.float32(shift)
        self.kind = base.kind

    @property
    def identifier(self) -> str:
        """Return the name under which the services make this reader again."""
        return f"aligned@{self.base.identifier}|{self._fixed.identifier}"

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes of the store behind."""
        return self.base.attrs

    @property
    def leads(self) -> list[int]:
        """Return the finished leads of the store behind."""
        return self.base.leads

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return the field (h, w), SSH shifted."""
        values = self.base.read(variable, lead, depth_index)
        return values + self._shift if variable == "zos" else values

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray:
        """Return (n, z, m), SSH shifted."""
        values = self.base.points(variable, rows, columns, leads)
        return values + self._shift if variable == "zos" else values


def day_offset(first: FieldReader, second: FieldReader) -> int:
    """Return how many days `second` began before `first`: lead L of the first is valid with lead L + offset of the second."""
    days = first.init_time.astype("datetime64[D]") - second.init_time.astype("datetime64[D]")
    return int(days / DAY)


def level_at(depths: tuple[float, ...], metres: float) -> int | None:
    """Return the index of the level at a depth, or None where a store has none there."""
    return next((index for index, depth in enumerate(depths) if abs(depth - metres) < 0.01), None)


def common_leads(first: FieldReader, second: FieldReader) -> list[tuple[int, int]]:
    """Return the pairs of finished leads valid on the same day."""
    offset = day_offset(first, second)
    there = set(second.leads)
    return [(lead, lead + offset) for lead in first.leads if lead + offset in there]


def onto(grid: Grid, target: Grid, values: np.ndarray) -> np.ndarray:
    """Return `values` (h, w) of `grid` at the nearest cells of `target`, NaN outside the area they cover."""
    if grid is target or grid.same_as(target):
        return values
    rows, row_inside = _nearest(grid.lat, target.lat, periodic=False)
    columns, column_inside = _nearest(grid.lon, target.lon, periodic=grid.is_periodic)
    return np.where(np.outer(row_inside, column_inside), values[np.ix_(rows, columns)], np.nan)


def _nearest(axis: np.ndarray, wanted: np.ndarray, periodic: bool) -> tuple[np.ndarray, np.ndarray]:
    distance = np.abs(axis[None, :] - wanted[:, None])
    if periodic:
        distance = np.minimum(distance, 360 - distance)
    nearest = distance.argmin(axis=1)
    step = float(np.diff(axis).max()) if axis.size > 1 else 1.0
    return nearest, distance[np.arange(wanted.size), nearest] <= 0.51 * step + 1e-6


def mean_difference(first: FieldReader, second: FieldReader, pairs: Sequence[tuple[int, int]]) -> float:
    """Return the area-weighted mean of SSH of `first` minus `second` over their common water on the first common day."""
    if not pairs:
        return 0.0
    own = first.read("zos", pairs[0][0])
    other = onto(second.grid, first.grid, second.read("zos", pairs[0][1]))
    common = np.isfinite(own) & np.isfinite(other)
    if not common.any():
        return 0.0
    weights = first.grid.cell_area[common]
    return float(((own - other)[common] * weights).sum() / weights.sum())
