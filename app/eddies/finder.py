"""Eddies of stores are found in the background, one day after the other, once for all sessions, and kept on the disk."""

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from shutil import rmtree
from zipfile import BadZipFile

import numpy as np

from app.data.readers import FieldReader
from engine.diagnostics.eddies import Criteria, Eddies, Tracks, detect, track
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.paths import cache_folder, stores_folder
from engine.stores import Store

LOGGER = logging.getLogger(__name__)

LONGEST = 124
"""Days of a store whose eddies are followed, from its first: so many tables of the globe fit into the memory below."""

EVERY_POINT = 2
"""Of the fifty points of a contour every second is kept: on a screen the curve through them is the same."""

PATIENCE = 30.0
"""Seconds after the last question about a store after which the search ends: no page shows the store any more."""

REST = 10.0
"""Seconds until a search goes on that failed for another reason than what it was refused, such as a disk that went away."""

LIMIT = 160 << 20
"""Bytes of tables kept in memory; those of a global store of 31 days at 1/4 degree take about 45 MB."""

QUARTER_DEGREE_CELLS = Criteria().fewest_pixels
"""Least size of an eddy in cells of 1/4 degree; on a finer grid it is the same area: detail below it is statistical."""


@dataclass
class Search:
    """What is found of one store: the tables of its first leads, in their order."""

    reader: FieldReader
    folder: Path
    tables: list[Eddies] = field(default_factory=list)
    error: str = ""
    """What the search was refused."""
    failed: float | None = None
    """Time on the monotonic clock at which something else went wrong; the search goes on a while later."""
    asked: float = field(default_factory=time.monotonic)
    running: bool = False
    _tracks: Tracks | None = None
    _tracking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def leads(self) -> list[int]:
        """Return the finished leads whose eddies are, or will be, known."""
        return self.reader.leads[:LONGEST]

    @property
    def expected(self) -> int:
        """Return how many leads there will be once the store is whole."""
        return min(len(self.reader.all_leads), LONGEST)

    def tracks(self, count: int) -> Tracks:
        """Return the tracks through the first `count` tables, whose own contours they leave out."""
        with self._tracking:
            if self._tracks is None or self._tracks.times.size != count:
                times = np.array([self.reader.valid_time(lead) for lead in self.leads[:count]])
                self._tracks = track([table.thinned(0) for table in self.tables[:count]], times)
            return self._tracks

    @property
    def size(self) -> int:
        """Return the bytes of the tables."""
        return sum(getattr(table, item.name).nbytes for table in self.tables for item in fields(Eddies))


class EddyFinder:
    """Keeps the eddies of the stores looked at last; safe between threads.

    One thread searches, a day of one store at a time, so that two stores come on side by side.
    """

    def __init__(self, reader: Callable[[str], FieldReader], limit: int = LIMIT) -> None:
        self._reader = reader
        self._limit = limit
        self._searches: OrderedDict[Path, Search] = OrderedDict()
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(1, "eddies")

    def ask(self, identifier: str) -> Search:
        """Return what is known of the eddies of a store, and go on finding them; raises InputError for one without height."""
        reader = self._reader(identifier)
        if not isinstance(reader, Store) or "zos" not in reader.variables:
            raise InputError(f"{identifier} has no sea surface height of its own; eddies need one: choose another store")
        folder = kept_folder(reader)
        with self._lock:
            search = self._searches.get(folder)
            if search is None:
                _forget_deleted()
                search = self._searches[folder] = Search(reader, folder)
            self._searches.move_to_end(folder)
            search.asked = time.monotonic()
            rests = search.failed is not None and time.monotonic() - search.failed < REST
            if not search.running and not rests and not search.error and len(search.tables) < len(search.leads):
                search.running = True
                self._pool.submit(self._go_on, search)
        return search

    def close(self) -> None:
        """End the search."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _go_on(self, search: Search) -> None:
        """Find the next day of a store and come back for the one after it, behind what others wait for."""
        try:
            leads = search.leads
            if len(search.tables) < len(leads):
                search.tables.append(_found(search, leads[len(search.tables)]))
            search.failed = None
        except InputError as error:
            search.error = str(error)
        except Exception:
            LOGGER.exception("eddies of %s could not be found", search.reader.identifier)
            search.failed = time.monotonic()
        with self._lock:
            wanted = time.monotonic() - search.asked < PATIENCE
            search.running = wanted and not search.error and search.failed is None and len(search.tables) < len(search.leads)
            if search.running:
                self._pool.submit(self._go_on, search)
            while len(self._searches) > 1 and sum(kept.size for kept in self._searches.values()) > self._limit:
                self._searches.popitem(last=False)


def kept_folder(store: Store) -> Path:
    """Return where the eddies of a store are kept; another one once the store was written anew under its name."""
    made = (store.folder / "lat").stat()
    whole, _, part = store.identifier.partition("/")
    key = hashlib.sha256(f"{part} {made.st_ino} {made.st_mtime_ns} {EVERY_POINT}".encode()).hexdigest()[:12]
    return cache_folder() / "eddies" / whole / key


def criteria(store: FieldReader) -> Criteria:
    """Return what counts as an eddy on the grid of a store: no smaller than on a grid of 1/4 degree."""
    cells = (0.25 / float(np.diff(store.grid.lat).mean())) ** 2
    return Criteria(fewest_pixels=max(QUARTER_DEGREE_CELLS, round(QUARTER_DEGREE_CELLS * cells)))


def _found(search: Search, lead: int) -> Eddies:
    """Return the eddies of a lead from the disk, or found now and written there."""
    path = search.folder / f"{lead}.npz"
    with suppress(OSError, ValueError, KeyError, BadZipFile), np.load(path) as kept:
        return Eddies(**{item.name: kept[item.name] for item in fields(Eddies)})
    grid = search.reader.grid
    eddies = detect(search.reader.read("zos", lead), grid.lat, grid.lon, criteria=criteria(search.reader)).thinned(EVERY_POINT)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, shared=True) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **{item.name: getattr(eddies, item.name) for item in fields(Eddies)})
    except OSError as error:
        LOGGER.warning("eddies of %s are found anew next time: %s", search.reader.identifier, error)
    return eddies


def _forget_deleted() -> None:
    """Delete from the disk what was kept of stores that are no longer there."""
    folder = cache_folder() / "eddies"
    for kept in folder.iterdir() if folder.is_dir() else ():
        if not (stores_folder() / kept.name).is_dir():
            rmtree(kept, ignore_errors=True)
