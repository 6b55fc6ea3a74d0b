"""Readers that answer like a store without one on disk: persistence, climatology, a shifted zero of sea surface height."""

from typing import Any

import numpy as np

from app.data.readers import FieldReader, SliceOfTime
from engine.physics.sea_level_zero import CLIMATOLOGY, ZERO
from engine.schema.grid import Grid


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
    """The first state of a store, from its day on; that of lead 0 where the store is no analysis with missing days."""

    name = "persistence"
    label = "Persistence"

    @property
    def leads(self) -> list[int]:
        """Return every lead as soon as the first state is there."""
        there = self._first in self.base.leads
        return [lead for lead in self.all_leads if lead >= self._first] if there else []

    @property
    def _first(self) -> int:
        first = self.all_leads[0]
        return min(self.base.leads, default=first) if self.base.kind == "analysis" else first

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
        """Return the attributes of the store beside it, with a source and a zero of SSH of its own."""
        return {**super().attrs, "source": "climatology", ZERO: CLIMATOLOGY}

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
