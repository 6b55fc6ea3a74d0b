"""An ingested global analysis (HYCOM, GLORYS) as a source: states to start from, later days as reference."""

from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.physics.climatology import Atlas
from engine.physics.displaced_state import climatology, mean_sea_level
from engine.physics.sea_level_zero import align_zero
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.conventions import CARRIED_OVER
from engine.schema.grid import Grid, from_sea_floor
from engine.schema.variables import PROGNOSTIC
from engine.sources.atmosphere import Atmosphere
from engine.stores import Store, find_store, open_store

FILLED = "filled_from_climatology"
"""Key, in the provenance of a source and the attributes of a forecast, of the fields that come from climatology."""


class AnalysisSource:
    """States and references from a store of kind analysis; the air is that of a forcing store, else the climatology."""

    def __init__(self, store: str | Path, grid: Grid | None = None, forcing: str | Path | None = None) -> None:
        """Take identifiers or folders of an analysis and a forcing store.

        Raises InputError for a region, and for a store without a finished day.
        """
        folder = Path(store)
        self._store: Store = open_store(folder if folder.is_dir() else find_store(str(store)))
        finished = len(self._store.leads)
        if not self._store.grid.is_periodic or not finished:
            raise InputError(
                f"store {self._store.identifier} has the grid {self._store.grid.shape} and {finished} finished days; a forecast "
                "starts from a day of a global analysis: ingest global files"
            )
        self.grid = self._store.grid
        if self.grid.depth.size == 1:  # of the surface alone
            self.grid = from_sea_floor(self.grid.lat, self.grid.lon, self.grid.deptho)
        if grid is not None and not self.grid.same_as(grid):
            raise InputError(f"store {self._store.identifier} has the grid {self.grid.shape}; expected {grid.shape}")
        self.atmosphere = Atmosphere(self.grid, forcing)
        self.forcing_kind = self.atmosphere.kind
        attributes = self._store.attrs
        self.name = str(attributes["source"])
        self.label = str(attributes["label"])
        self.conventions: dict[str, Any] = {name: attributes[name] for name in CARRIED_OVER if name in attributes}
        self.mean: Atlas | None = None
        self._shifts: dict[int, float] = {}
        self.provenance: dict[str, Any] = {"store": self._store.identifier, "description": attributes.get("description", "")}
        if filled := self._filled():
            self.provenance[FILLED] = filled

    def _filled(self) -> list[str]:
        """Return the parts of a state that come from climatology: fields that the store lacks, and those below its only level."""
        lacking = [name for name in PROGNOSTIC if name not in self._store.variables]
        surface = [name for name in self._store.variables if 0 < len(self._store.depths(name)) < self.grid.depth.size]
        return lacking + [f"{name} below {self._store.depths(name)[-1]:g} m" for name in surface]

    def init_times(self) -> np.ndarray:
        """Return the days of the store, datetime64[D]."""
        times = [self._store.valid_time(lead) for lead in self._store.leads]
        return np.array(times).astype("datetime64[D]")

    def state(self, time: np.datetime64) -> Batch:
        """Return the fields of a day, sea level with the zero of the climatology.

        Missing fields and wet cells that are land for the provider are filled from climatology.
        """
        found = self._day(self._known_lead(time))
        seasonal_mean = climatology(self.grid, found.time, self.mean)
        fields = {name: seasonal_mean[name].copy() for name in PROGNOSTIC}
        for name, values in found.fields.items():
            if name in fields:
                known = fields[name][: len(values)] if values.ndim == 3 else fields[name]
                np.copyto(known, values, where=np.isfinite(values))
        return Batch(fields, self.grid, found.time)

    def forcing(self, time: np.datetime64) -> Batch:
        """Return the air of a day."""
        return self.atmosphere.air(time)

    @property
    def store(self) -> Store:
        """Return the store of the analysis."""
        return self._store

    def content(self, time: np.datetime64) -> str:
        """Return a text that changes with the stored fields and air of a day, and with the mean ocean that fills gaps.

        Raises InputError for a day that is not there.
        """
        stored = f"{self._store.fingerprint([self._known_lead(time)])} {self.atmosphere.content(time)}"
        return stored if self.mean is None else f"{stored} {self.mean.content}"

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        """Return the sea level (h, w) in m of a day with the zero of the climatology, None where the store has none."""
        lead = self._lead(time)
        if lead is None or "zos" not in self._store.variables:
            return None
        return self._aligned(self._store.read("zos", lead), lead)

    def zero_shift(self, time: np.datetime64) -> float:
        """Return the height in m by which the zero of the analysis of a day lies above that of the climatology.

        0 where the store has no sea level on that day.
        """
        lead = self._lead(time)
        if lead is None or "zos" not in self._store.variables:
            return 0.0
        if lead not in self._shifts:
            self._aligned(self._store.read("zos", lead), lead)
        return self._shifts[lead]

    def reference(self, time: np.datetime64) -> Batch | None:
        """Return the analysis of a day, its sea level with the zero of states, unfilled.

        None outside the store and where fields of it are missing.
        """
        lead = self._lead(time)
        return None if lead is None or FILLED in self.provenance else self._day(lead)

    def _day(self, lead: int) -> Batch:
        found = self._store.batch(lead)
        return found.with_fields(zos=self._aligned(found["zos"], lead)) if "zos" in found.fields else found

    def _aligned(self, sea_level: np.ndarray, lead: int) -> np.ndarray:
        aligned, self._shifts[lead] = align_zero(sea_level, self._mean_sea_level, self.grid)
        return aligned

    @cached_property
    def _mean_sea_level(self) -> np.ndarray:
        return mean_sea_level(self.grid, self.mean)

    def with_mean(self, mean: Atlas) -> Self:
        """Return the same source, aligned to and filled from another mean ocean."""
        other = copy(self)
        other.mean, other.grid, other._shifts = mean, mean.grid_like(self.grid), {}
        other.__dict__.pop("_mean_sea_level", None)
        return other

    def _known_lead(self, time: np.datetime64) -> int:
        lead = self._lead(time)
        if lead is None:
            days = self.init_times()
            raise InputError(
                f"store {self._store.identifier} lacks {time.astype('datetime64[D]')}; it holds {days[0]} to {days[-1]}: choose "
                "one of its days"
            )
        return lead

    def _lead(self, time: np.datetime64) -> int | None:
        lead = int((time.astype("datetime64[D]") - self._store.init_time.astype("datetime64[D]")) / DAY)
        held = lead in self._store.leads and self._store.valid_time(lead).astype("datetime64[D]") == time.astype("datetime64[D]")
        return lead if held else None
