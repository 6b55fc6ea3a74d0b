"""The store of an ingest: made with its first day, continued and lengthened later, written by one process alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.ingest.day import PackedDay
from engine.ingest.target import on_depths, sea_floor
from engine.readers.values.tally import merged, report_in
from engine.runtime.errors import DayMissing, InputError
from engine.schema.constants import DAY
from engine.schema.grid import Grid, quarter_degree
from engine.stores import AnalysisStore, Missing, Store
from engine.stores.writer import delete_folder, lock_path


class GrowingStore:
    """Takes days in any order; each is finished once `add` returns. Used in a `with` block, which gives the store free again."""

    def __init__(
        self,
        folder: Path,
        source: str,
        days: np.ndarray,
        grid: Grid | None = None,
        attributes: Mapping[str, Any] | None = None,
        kind: str = "analysis",
    ) -> None:
        """Take the folder, the name of the product, all `days` (n,) datetime64[D] to be added, ascending, and the global grid.

        `attributes` are those of the store beside the ones that its days bring, `kind` is analysis or forcing. Raises InputError
        where the folder holds another product or only later days.
        """
        self._folder, self._source, self._days, self._grid, self._kind = folder, source, days, grid, kind
        self._extra = dict(attributes or {})
        self._store: AnalysisStore | None = None
        self._missing: dict[np.datetime64, Missing] = {}
        self._mask_is_recorded = True
        self.made = not folder.exists()
        if not self.made:
            self._refuse_another(folder)
            self._store = AnalysisStore.open_to_resume(folder, size_alone=True)
            self._mask_is_recorded = self._store.mask_is_recorded

    def _refuse_another(self, folder: Path) -> None:
        store = Store(folder)
        if store.kind != self._kind or store.attrs.get("source") != self._source:
            raise InputError(
                f"store {folder.name} exists already and is {store.kind} of {store.attrs.get('source')}, not {self._kind} of "
                f"{self._source}; expected a new name: delete it or choose an identifier"
            )
        first = store.init_time.astype("datetime64[D]")
        if self._days[0] < first:
            raise InputError(
                f"store {folder.name} begins on {first}; {self._days[0]} comes before it, and a store grows at its end alone: "
                "ingest the earlier days under another name"
            )

    def finished(self) -> set[np.datetime64]:
        """Return the days that are in the store."""
        if self._store is None:
            return set()
        reader = self._store.reader
        return {reader.valid_time(lead).astype("datetime64[D]") for lead in reader.leads}

    def add(self, day: PackedDay) -> None:
        """Write a day; raises InputError where it does not fit the days before it, ResourceError where the disk is full."""
        store = self._store if self._store is not None else self._make(day)
        lead = store.lead_of(day.time)
        if lead is None:
            self._lengthen(store)
            lead = store.lead_of(day.time)
        assert lead is not None
        self._check(store, lead, day)
        if day.box is not None:
            self._add_water(store, day.box)
        attributes = store.reader.attrs
        changed: dict[str, Any] = merged([report_in(attributes), day.report])
        changed["files"] = list(dict.fromkeys([*attributes.get("files", ()), *day.files]))
        tides = day.attributes.get("tides")
        if tides != attributes.get("tides", tides) and "tides" not in self._extra:
            changed["tides"] = "unknown"
        store.append_packed(lead, day.shards, changed)

    def miss(self, day: np.datetime64, reason: InputError) -> None:
        """Enter a day into the validity list."""
        variables = reason.variables if isinstance(reason, DayMissing) else ()
        self._missing[day] = Missing(str(reason), variables)
        if self._store is not None:
            self._lengthen(self._store)
            self._store.mark_missing({day: self._missing[day]})

    def finish(self) -> Path:
        """Close the store, as whole where no day is left of an earlier ingest, and return its folder.

        Raises InputError where not one day was there.
        """
        if self._store is None:
            day, missing = next(iter(self._missing.items()))
            raise InputError(f"none of {self._days.size} days of {self._source} is there; {day}: {missing.reason}")
        if not (self._store.reader.complete or self._store.to_come()):
            self._store.finish()
        return self._folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()
            if self.made and not self._store.reader.leads:
                delete_folder(self._folder)
                lock_path(self._folder).unlink(missing_ok=True)

    def _make(self, day: PackedDay) -> AnalysisStore:
        grid = day.box or on_depths(self._grid or quarter_degree(), day.depth)
        since = day.time - day.time.astype("datetime64[D]")
        times = np.arange(self._days[0], self._days[-1] + DAY).astype("datetime64[s]") + since
        if self._folder.exists():
            raise InputError(f"store {self._folder.name} was made by another process meanwhile; run the command again")
        attributes = {**day.attributes, **self._extra}
        self._store = AnalysisStore.create(self._folder, grid, times, attributes, tuple(day.shards), self._kind)
        self._store.mark_missing(self._missing)
        return self._store

    def _lengthen(self, store: AnalysisStore) -> None:
        """Bring all days onto the axis, and days between that nobody asked for into the validity list."""
        leads = store.reader.all_leads
        last = store.reader.valid_time(leads[-1]).astype("datetime64[D]")
        if self._days[-1] <= last:
            return
        between = np.setdiff1d(np.arange(last + DAY, self._days[-1]), self._days)
        store.continue_to(self._days[-1], dict.fromkeys(between, Missing("not ingested", ())))

    def _check(self, store: AnalysisStore, lead: int, day: PackedDay) -> None:
        name, reader = self._folder.name, store.reader
        if reader.valid_time(lead) != day.time:
            raise InputError(
                f"{day.files[0]} is of {day.time}, store {name} has its days at {str(reader.init_time)[11:16]} UTC; expected one "
                "time of day: ingest each on its own"
            )
        if day.attributes["sampling"] != reader.attrs["sampling"]:
            raise InputError(
                f"{day.files[0]} gives days of sampling {day.attributes['sampling']!r}, store {name} holds "
                f"{reader.attrs['sampling']!r}; expected the same: ingest each under a name of its own"
            )
        grid = day.box or on_depths(self._grid or quarter_degree(), day.depth)
        if not grid.same_as(reader.grid):
            raise InputError(
                f"{day.files[0]} has the grid {grid.shape} from {grid.lat[0]:g} N {grid.lon[0]:g} E on {grid.depth.size} levels, "
                f"store {name} {reader.grid.shape} from {reader.grid.lat[0]:g} N {reader.grid.lon[0]:g} E on "
                f"{reader.grid.depth.size}; expected the same: ingest each grid under a name of its own"
            )
        if lacking := [field for field in reader.variables if field not in day.shards]:
            raise DayMissing(f"{day.files[0]} lacks {', '.join(lacking)} of {day.time.astype('datetime64[D]')}", lacking)
        if more := [field for field in day.shards if field not in reader.variables]:
            raise InputError(
                f"{day.files[0]} has {', '.join(more)}, which store {name} does not hold; expected {', '.join(reader.variables)} "
                "alone: ingest it under another name"
            )

    def _add_water(self, store: AnalysisStore, box: Grid) -> None:
        known = store.reader.grid.wet
        if np.any(box.wet & ~known) or not self._mask_is_recorded:
            wet = known | box.wet
            store.add_water(wet, sea_floor(box.lat, box.lon, box.depth, wet))
            self._mask_is_recorded = True


def asked(days: Sequence[np.datetime64] | np.ndarray) -> np.ndarray:
    """Return days once each, datetime64[D] ascending; raises InputError where there is none."""
    found = np.unique(np.array(list(days), dtype="datetime64[D]"))
    if not found.size:
        raise InputError("no day is to be ingested; expected at least one: choose a later end")
    return found
