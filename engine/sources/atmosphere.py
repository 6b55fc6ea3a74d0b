"""The air over a forecast: of a forcing store where it has the day, of the climatology elsewhere."""

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.physics.climatology import climatological_forcing
from engine.readers.atmosphere.placement import Placement
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.variables import FORCING
from engine.stores import Store, find_store, open_store

CLIMATOLOGY = "climatology"


class Atmosphere:
    """Wind, temperature and pressure of any day on the grid of a source.

    A day that the store lacks, and a field that it does not hold, is that of the climatology; `attributes` says which.
    """

    def __init__(self, grid: Grid, store: str | Path | None = None) -> None:
        """Take the grid of the source, and a forcing store by identifier or folder; without one all is climatology.

        Raises InputError for a store of another kind, and for one that does not cover the grid.
        """
        self.grid = grid
        self._store = None if not store else _forcing_store(store)
        self._place: Placement | None = None
        if self._store is not None:
            self._days = whole_days(self._store)
            self._place = self._placement(self._store.grid)

    @property
    def kind(self) -> str:
        """Return reanalysis, forecast or climatology."""
        return CLIMATOLOGY if self._store is None else str(self._store.attrs["forcing_kind"])

    @property
    def name(self) -> str:
        """Return the identifier of the forcing store; empty where all is climatology."""
        return "" if self._store is None else self._store.identifier

    def air(self, time: np.datetime64) -> Batch:
        """Return u10, v10 (m s-1), t2m (degC), msl and sp (Pa) of the day of `time`, land included."""
        seasonal = climatological_forcing(self.grid, time)
        lead = self._lead(time)
        if lead is None:
            return seasonal
        assert self._store is not None
        fields = dict(seasonal.fields)
        for name in self._held:
            values = self._store.read(name, lead)
            values = values if self._place is None else self._place(values)
            fields[name] = np.where(np.isfinite(values), values, fields[name])
        return Batch(fields, self.grid, time)

    def knows(self, time: np.datetime64) -> bool:
        """Return whether the air of a day is that of the store."""
        return self._lead(time) is not None

    def content(self, time: np.datetime64) -> str:
        """Return a text that changes with the stored air of the day of `time`; `climatology` where that is none."""
        lead = self._lead(time)
        return CLIMATOLOGY if self._store is None or lead is None else self._store.fingerprint([lead])

    def attributes(self, init_time: np.datetime64, days: int) -> dict[str, Any]:
        """Return what a forecast of `days` days from `init_time` says of its air.

        `forcing_kind`; with a store `forcing_source` (its name), `forcing_label`, `forcing_sampling`, `forcing_fields`,
        `forcing_until` (the last lead with it), `forcing_gaps` (leads before that without it) and `forcing_content`, a hash of
        the days that are used. Raises InputError where the store has none of the days after the first.
        """
        if self._store is None:
            return {"forcing_kind": CLIMATOLOGY}
        leads = {lead: found for lead in range(days + 1) if (found := self._lead(init_time + lead * DAY)) is not None}
        used = [lead for lead in leads if lead > 0]
        if not used:
            raise InputError(
                f"store {self.name} holds {self._span()}; a forecast of {days} days from {self._day(init_time)} needs at least "
                "one day after it: choose another start or ingest its days"
            )
        attributes = self._store.attrs
        return {
            "forcing_kind": self.kind,
            "forcing_source": self.name,
            "forcing_label": attributes["label"],
            "forcing_sampling": attributes["sampling"],
            "forcing_fields": list(self._held),
            "forcing_until": used[-1],
            "forcing_gaps": sorted(set(range(1, used[-1])) - set(used)),
            "forcing_content": self._store.fingerprint(list(leads.values())),
        }

    @cached_property
    def _held(self) -> tuple[str, ...]:
        assert self._store is not None
        return tuple(name for name in self._store.variables if name in FORCING)

    def _lead(self, time: np.datetime64) -> int | None:
        return None if self._store is None else self._days.get(self._day(time))

    def _span(self) -> str:
        days = sorted(self._days)
        return f"{days[0]} to {days[-1]}" if days else "no whole day"

    def _placement(self, held: Grid) -> Placement | None:
        """Return the way from the grid of the store to that of the source, None where they are the same."""
        axes = ((held.lat, self.grid.lat), (held.lon, self.grid.lon))
        if all(ours.shape == theirs.shape and np.allclose(ours, theirs, atol=1e-3) for ours, theirs in axes):
            return None
        place = Placement(held.lat, held.lon, self.grid)
        if not place.is_whole:
            spans = [
                f"{grid.lat[0]:g} to {grid.lat[-1]:g} N and {grid.lon[0]:g} to {grid.lon[-1]:g} E" for grid in (held, self.grid)
            ]
            raise InputError(
                f"store {self.name} covers {spans[0]}; expected air over all of {spans[1]}: ingest files that cover it"
            )
        return place

    @staticmethod
    def _day(time: np.datetime64) -> np.datetime64:
        return time.astype("datetime64[D]")


def whole_days(store: Store) -> dict[np.datetime64, int]:
    """Return the lead of each finished day, datetime64[D], of a forcing store."""
    return {store.valid_time(lead).astype("datetime64[D]"): lead for lead in store.leads}


@runtime_checkable
class Forced(Protocol):
    """A source whose air may be that of a forcing store."""

    atmosphere: Atmosphere


def _forcing_store(store: str | Path) -> Store:
    folder = Path(store)
    found = open_store(folder if folder.is_dir() else find_store(str(store)))
    if found.kind != "forcing":
        raise InputError(
            f"store {found.identifier} is of kind {found.kind} and holds {', '.join(found.variables)}; expected one of kind "
            "forcing: make it with `goms ingest era5 FILES`"
        )
    return found
