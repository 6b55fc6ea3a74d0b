"""What all sessions of one server share: sources, open stores, virtual stores, the climatology, jobs and their caches."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.access.limits import LONGEST_FOLDER, check_identifier
from app.access.permissions import EVERYTHING, Permissions
from app.data.caches import ArrayCache
from app.data.climatology_cache import MeanOcean, is_prepared
from app.data.lagged_reader import STATISTICS, LaggedReader
from app.data.readers import (
    AlignedReader,
    ClimatologyReader,
    DisplayReader,
    FieldReader,
    PersistenceReader,
    common_leads,
    mean_difference,
)
from app.data.store_cache import OpenStores, inode
from app.eddies.finder import EddyFinder
from app.jobs.queue import Job, Jobs, Request
from app.text.labels import altimetry_labels
from app.uploads.uploads import Uploads
from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.sources.kept_altimetry import PREFIX, delete_altimetry, kept_altimetry, kept_report
from engine.stores import Store, StoreSummary, delete_store, list_stores
from engine.weights.loading import usable_models

LOGGER = logging.getLogger(__name__)

FORECAST_DAYS = 30
"""Length of a forecast that the page asks for."""

RETRY_SECONDS = 5.0
"""Time for which a source that could not be opened is not tried again: the page asks twice a second."""

DETAIL = "/kuroshio"
"""End of the identifier of a part that repeats the ocean's fields on a finer grid."""

VIRTUAL = ("persistence", "climatology")
"""Models that are computed while they are looked at."""


class Source(Protocol):
    """What the page needs to know of a source of initial states."""

    name: str
    label: str
    forcing_kind: str

    def init_times(self) -> np.ndarray: ...


@dataclass(frozen=True)
class Options:
    """How a server was started."""

    altimetry: Path | None = None
    sst: Path | None = None
    grid_factor: int = 1
    first_run: bool = True
    """Whether the server begins the default reference and forecast by itself when there are none."""
    upload_limit: int = 0
    """Bytes of files that a visitor may bring at a time; 0 takes none."""
    permissions: Permissions = EVERYTHING


class Services:
    """Shared by all sessions, safe between threads; everything large is bounded in bytes."""

    def __init__(self, options: Options = Options(), jobs: Jobs | None = None) -> None:
        self.options = options
        self.jobs = jobs or Jobs()
        # What needs no device has a child of its own, so that a reference does not wait for a forecast to end.
        self.chores = jobs or Jobs()
        # Scoring takes many minutes, for which neither forecasts nor references wait.
        self.scoring = jobs or Jobs()
        for queue in (self.jobs, self.chores, self.scoring):
            queue.check = options.permissions.check_job
        self.pool: Executor = ThreadPoolExecutor(2, thread_name_prefix="goms")
        self.uploads = Uploads(options.upload_limit)
        self.arrays = ArrayCache(256 << 20)
        self.mean_ocean = MeanOcean(self.arrays)
        self.eddies = EddyFinder(self.reader)
        self._closed = False
        self._deletions = 0
        self._lock = threading.RLock()
        self._opened = OpenStores()
        self._sources: dict[str, Source] = {}
        self._source_errors: dict[str, tuple[float, str]] = {}

    def source(self, name: str) -> Source:
        """Return the source `sample` or `observed`, opened once; raises InputError where it cannot be.

        What failed is tried again some seconds later, since a disk or a file may be back.
        """
        with self._lock:
            failed_at, words = self._source_errors.get(name, (None, ""))
            if failed_at is not None and time.monotonic() - failed_at < RETRY_SECONDS:
                raise InputError(words)
            if name not in self._sources:
                from engine.sources import open_source

                try:
                    self._sources[name] = open_source(name, **self._source_arguments(name))
                except (InputError, OSError) as error:
                    self._source_errors[name] = time.monotonic(), str(error)
                    raise InputError(str(error)) from error
            return self._sources[name]

    def _source_options(self, name: str) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if name == "observed":
            if self.options.altimetry is not None:
                options["altimetry"] = str(self.options.altimetry)
            if self.options.sst is not None:
                options["sst"] = str(self.options.sst)
        if self.options.grid_factor != 1:
            options["grid_factor"] = self.options.grid_factor
        return options

    def _source_arguments(self, name: str) -> dict[str, Any]:
        options = self._source_options(name)
        factor = options.pop("grid_factor", 1)
        if factor != 1:
            from engine.schema.grid import coarsened

            options["grid"] = coarsened(factor)
        return options

    def stores(self) -> list[Store]:
        """Return every store of the user directory, by name; read again from the disk at most twice a second."""
        return self._opened.all()

    def stored(self, identifier: str) -> Store | None:
        """Return a store by its name, or None where there is none any more."""
        return self._opened.find(identifier) if len(identifier.encode()) <= LONGEST_FOLDER else None

    def summaries(self) -> list[StoreSummary]:
        """Return what a list of stores shows of each, sizes included."""
        return list_stores()

    def delete(self, identifier: str) -> None:
        """Delete a store or kept altimetry.

        Raises InputError where there is none and where this server deletes nothing, StoreBusy while a run writes it.
        """
        self.options.permissions.check("delete")
        if identifier.startswith(PREFIX):
            delete_altimetry(identifier)
            self._sources.pop(identifier, None)
        else:
            delete_store(identifier)
        self._deletions += 1
        self.chores.forgive()  # there is more room on the disk
        self.refresh()

    def refresh(self) -> None:
        """Read the list of stores from the disk at the next question, such as after a job ended."""
        self._opened.refresh()

    def find(self, kind: str, source: str, start: str, model: str = "") -> Store | None:
        """Return the store of a forecast or reference by its source, initial date and model."""
        found = [
            store
            for store in self.stores()
            if store.kind == kind
            and self.source_of(store) == source
            and str(store.init_time.astype("datetime64[D]")) == start
            and (kind != "forecast" or store.attrs.get("model") == model)
            and store.grid.shape == self.grid_shape
        ]
        return max(found, key=lambda store: (store.complete, len(store.leads)), default=None)

    def source_of(self, store: FieldReader) -> str:
        """Return the name the page gives to the source of a store: `sample` is the shipped run, others keep their own."""
        name = str(store.attrs.get("source", ""))
        sample = self._sources.get("sample")
        return "sample" if sample is not None and name == sample.name else name

    def why_not(self, deed: str) -> str:
        """Return why visitors may not `run`, `score`, `upload` or `delete` here, in words; empty where they may."""
        return self.options.permissions.why_not(deed)

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Return rows and columns of the grid this server forecasts on."""
        return 720 // self.options.grid_factor, 1440 // self.options.grid_factor

    def reader(self, identifier: str) -> FieldReader:
        """Return a store or virtual store by its name; raises InputError where there is none, TooMuch for a name beyond bounds.

        Virtual ones are `persistence@STORE`, `climatology@STORE`, `aligned@OTHER|STORE`, and `mean@` or `spread@` and the stores
        of forecasts from several starts, the last start first, with a bar between them.
        """
        check_identifier(identifier)
        kind, _, rest = identifier.partition("@")
        if kind == "persistence":
            return PersistenceReader(self.reader(rest))
        if kind == "climatology":
            return ClimatologyReader(self.reader(rest), self.mean_ocean.field)
        if kind == "aligned":
            moved, _, fixed = rest.partition("|")
            return self._aligned(self.reader(moved), self.reader(fixed))
        if kind in STATISTICS and rest:
            return LaggedReader([self.reader(member) for member in rest.split("|")], kind)
        whole, _, part = identifier.partition("/")
        if (store := self.stored(whole)) is not None:
            return self._opened.part(store, part) if part else store
        raise InputError(f"there is no store {identifier!r}; choose one from the list or run the forecast")

    def with_details(self) -> list[FieldReader]:
        """Return every store, each followed by its part that has the ocean's own fields on a finer grid."""
        found: list[FieldReader] = []
        for store in self.stores():
            found.append(store)
            with suppress(InputError):  # deleted since the list was read
                if (part := self.detail(store)) is not None:
                    found.append(part)
        return found

    def detail(self, reader: FieldReader) -> FieldReader | None:
        """Return the part of a store that has the ocean's own fields on a finer grid, which is its own; None without."""
        if reader.identifier.endswith(DETAIL):
            return reader
        name = DETAIL.removeprefix("/")
        return self._opened.part(reader, name) if isinstance(reader, Store) and name in reader.parts else None

    def holder(self, reader: FieldReader, needs: Iterable[str]) -> FieldReader:
        """Return the part of a store that has the fields `needs` where the store itself has not; else the store."""
        if isinstance(reader, Store) and not set(needs) <= set(reader.variables):
            for name in reader.parts:
                part = self._opened.part(reader, name)
                if set(needs) <= set(part.variables):
                    return part
        return reader

    def with_fields(self, reader: FieldReader, needs: Iterable[str]) -> FieldReader | None:
        """Return a store, or the one around it where it is a part such as waves, that has the fields `needs`; None without."""
        wanted = set(needs)
        if wanted <= set(reader.variables):
            return reader
        whole, _, part = reader.identifier.partition("/")
        around = self.reader(whole) if part else None
        return around if around is not None and wanted <= set(around.variables) else None

    def _aligned(self, moved: FieldReader, fixed: FieldReader) -> FieldReader:
        pairs = common_leads(fixed, moved)[:1]
        key = ("shift", moved.identifier, revision(moved), fixed.identifier, revision(fixed), *pairs)
        shift = self.arrays.get(key, lambda: np.array(mean_difference(fixed, moved, pairs)))
        return AlignedReader(moved, fixed, float(shift))

    def open_reader(self, identifier: str) -> DisplayReader:
        """Return the reader of display fields that frames are made from."""
        return DisplayReader(self.reader(identifier), self.mean_ocean.field)

    def starts(self, source: str) -> list[str]:
        """Return the initial dates of a source as ISO dates, those of stored runs included."""
        found = {
            str(store.init_time.astype("datetime64[D]"))
            for store in self.stores()
            if store.kind != "analysis" and self.source_of(store) == source and store.grid.shape == self.grid_shape
        }
        try:
            found |= {str(day) for day in self.source(source).init_times().astype("datetime64[D]")}
        except InputError:
            if not found:
                raise
        return sorted(found)

    def request(self, kind: str, source: str, start: str, model: str = "", days: int = FORECAST_DAYS) -> Request:
        """Return the request that a job is started with."""
        options = tuple(sorted(self._source_options(source).items()))
        return Request(kind, source, start, model, days, options)

    def submit(self, kind: str, source: str, start: str, model: str = "", days: int = FORECAST_DAYS) -> Job:
        """Start a forecast or reference, or join the one that another visitor started."""
        return (self.jobs if kind == "forecast" else self.chores).submit(self.request(kind, source, start, model, days))

    def altimetry_files(self) -> dict[str, Path]:
        """Return the file of every altimetry that was kept here, by the name of its source."""
        return kept_altimetry()

    def altimetry_report(self, name: str) -> dict[str, Any]:
        """Return what is taken as missing in altimetry that was kept here."""
        return kept_report(name)

    def altimetry(self) -> dict[str, str]:
        """Return {name: label} of the altimetry that was kept here, and of what forecasts started from that is gone."""
        of_stores = {str(store.attrs.get("source", "")) for store in self.stores()}
        return altimetry_labels(sorted({*kept_altimetry(), *(name for name in of_stores if name.startswith(PREFIX))}))

    def climatology_is_ready(self, reader: FieldReader) -> bool:
        """Return whether anomalies of a store can be had at once; if not, begin to prepare them in the background.

        On the grid of a regional store they cost so little that they are made when asked for.
        """
        if reader.grid.shape != self.grid_shape:
            return True
        if is_prepared(reader.grid, _days(reader)):
            return True
        self.chores.need(self.climatology(reader))
        return False

    def climatology(self, reader: FieldReader) -> Request:
        """Return the request that the climatology of the days of a store is prepared with."""
        days = _days(reader)
        span = int((days[-1] - days[0]) / DAY)
        factor = (("grid_factor", self.options.grid_factor),)
        return Request("climatology", "", str(days[0].astype("datetime64[D]")), "", span, factor)

    @property
    def changes(self) -> int:
        """Return a number that grows whenever a job ends or something is deleted here."""
        return self.jobs.ended + self.chores.ended + self.scoring.ended + self._deletions

    def in_background(
        self, work: Callable[[], Any], then: Callable[[Any], None], needed: Callable[[], bool] = lambda: True
    ) -> None:
        """Do `work` in a thread of the pool and hand its result, or the error it raised, to `then` there.

        Work that is no longer `needed` when its turn comes is left out.
        """

        def run() -> None:
            if not needed():
                return
            try:
                result = work()
            except InputError as error:
                result = error
            except Exception as error:
                if self._closed:
                    return
                LOGGER.exception("work behind the page failed")
                result = error
            then(result)

        self.pool.submit(run)

    def models(self) -> tuple[str, ...]:
        """Return the names of the models that can run here."""
        return usable_models()

    def warm(self) -> None:
        """Open the sample ocean, and begin the first forecast where there is none, so that there is something to look at."""
        try:
            start = self.starts("sample")[0]
        except InputError as error:
            LOGGER.warning("the sample ocean cannot be opened: %s", error)
            return
        if not self.options.first_run:
            return
        if "small" in self.models() and self.find("forecast", "sample", start, "small") is None:
            self.submit("forecast", "sample", start, "small")
        if self.find("reference", "sample", start) is None:
            self.submit("reference", "sample", start)

    def close(self) -> None:
        """End jobs and threads."""
        self._closed = True
        self.jobs.close()
        self.chores.close()
        self.scoring.close()
        self.eddies.close()
        self.uploads.close()
        self.pool.shutdown(wait=False, cancel_futures=True)


def _days(reader: FieldReader) -> np.ndarray:
    return np.array([reader.valid_time(lead) for lead in reader.all_leads])


def revision(reader: FieldReader) -> str:
    """Return a word that changes when the store behind a reader is written anew under the same name."""
    store: Any = reader
    if isinstance(reader, LaggedReader):
        return "-".join(revision(member) for member in reader.members)
    while not isinstance(store, Store):
        if not hasattr(store, "base"):
            return ""
        store = store.base
    return str(inode(store))
