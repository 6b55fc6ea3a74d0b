"""`ingest_days`: days of files from anywhere, one after the other or on a cluster, into a store that grows day by day."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest.growing import GrowingStore, asked
from engine.ingest.target import product_of, store_kind
from engine.ingest.workers import DayTask, FilesOf, in_this_process, on_cluster
from engine.readers.atmosphere.hourly import DAILY_MEAN
from engine.runtime.errors import DayMissing, InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid

__all__ = ["FilesOf", "ingest_days"]


def ingest_days(
    kind: str,
    days: Sequence[np.datetime64] | np.ndarray,
    files_of: FilesOf,
    identifier: str,
    progress: Progress = no_progress,
    grid: Grid | None = None,
    date: np.datetime64 | None = None,
    scheduler: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    keep_going: bool = False,
    ahead: int = 0,
    sampling: str = DAILY_MEAN,
) -> Path:
    """Bring `days` of the product `kind` into the analysis or forcing store `identifier` and return its folder.

    `files_of(day, folder)` gives the files of a day in the product's own layout: written into `folder`, which is empty and
    deleted once the day is read, or lying elsewhere, where they stay. It raises DayMissing where the provider has none: the day
    enters the validity list of the store with that reason, and the next one is tried. Any other failure, a refused file among
    them, ends the ingest; with `keep_going` a refused file is a missing day, too. Finished days stay whatever happens: the same
    call continues after them and tries the missing ones again; later days of the same product and grid lengthen the store.

    `grid` is the global grid, that of 1/4 degree unless given; a box keeps its own. `date` is the day of files without a time.
    `attributes` are further ones of the store. `sampling` (daily mean, 12 UTC or given) says how a day of air is made of its
    hours; one that lacks hours is missing. `scheduler` is the address of a Dask scheduler whose workers get and read the days;
    `files_of` is sent to them. In this process the files of up to `ahead` further days are got in a thread while one is read;
    such a `files_of` must not use the NetCDF library, which serves one thread at a time. Raises InputError for a bad name, file
    or day, ResourceError where the disk is full.
    """
    product = product_of(kind)
    wanted = asked(days)
    folder = stores_folder() / checked_name(identifier, "store")
    task = DayTask(kind, files_of, grid, date, sampling)
    with GrowingStore(folder, product.name, wanted, grid, attributes, store_kind(product)) as store:
        finished = store.finished()
        to_do = [day for day in wanted if day not in finished]
        if finished and not to_do:
            return store.finish()
        outcomes = on_cluster(scheduler, task, to_do) if scheduler else in_this_process(task, to_do, folder, ahead)
        done = wanted.size - len(to_do)
        progress(done / wanted.size, f"{product.label} {to_do[0]}")
        with closing(outcomes):
            for day, outcome in outcomes:
                try:
                    if isinstance(outcome, Exception):
                        raise outcome
                    store.add(outcome)
                except InputError as refused:
                    if not (keep_going or isinstance(refused, DayMissing)):
                        raise
                    store.miss(day, refused)
                done += 1
                progress(done / wanted.size, f"{product.label} {day}")
        return store.finish()
