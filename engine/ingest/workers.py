"""Who gets and reads the days: this process, or the workers of a Dask cluster."""

import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest.air import HourlyReader
from engine.ingest.day import DayReader, PackedDay
from engine.ingest.target import product_of
from engine.readers.atmosphere.hourly import DAILY_MEAN
from engine.readers.atmosphere.products import HourlyProduct
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import home
from engine.schema.grid import Grid

FilesOf = Callable[[np.datetime64, Path], Sequence[Path]]
"""Gives the files of a day, downloaded into a folder or lying elsewhere; raises DayMissing where there are none."""

Outcome = PackedDay | Exception
Outcomes = Generator[tuple[np.datetime64, Outcome], None, None]

_READING = threading.Lock()
"""The NetCDF library serves one thread at a time, and a worker may have several."""

IN_FLIGHT = 2
"""Days for each worker of a cluster that are under way or wait for it; packed days that wait to be written take memory."""

PATIENCE = "30s"
"""How long a scheduler or its first worker is waited for."""


@dataclass(frozen=True)
class DayTask:
    """Everything that a worker needs to know of an ingest."""

    kind: str
    files_of: FilesOf
    grid: Grid | None
    date: np.datetime64 | None
    sampling: str = DAILY_MEAN

    def reader(self) -> DayReader | HourlyReader:
        """Return what reads the days."""
        product = product_of(self.kind)
        if isinstance(product, HourlyProduct):
            return HourlyReader(product, self.grid, self.date, self.sampling)
        return DayReader(product, self.grid, self.date)

    def __call__(self, day: np.datetime64) -> PackedDay:
        """Get and read one day, in a folder of its own that is removed again."""
        # Dask clears what a worker that died left in its own folder.
        with tempfile.TemporaryDirectory(prefix="goms-day-", dir=_distributed().get_worker().local_directory) as folder:
            files = list(self.files_of(day, Path(folder)))
            with _READING:
                reader = self.reader()
                try:
                    return reader.read(day, files)
                finally:
                    reader.close()


def in_this_process(task: DayTask, days: Sequence[np.datetime64], store: Path, ahead: int = 0) -> Outcomes:
    """Yield each of `days` and what came of it; files of up to `ahead` further days are got while one is read."""
    folder = home() / "incoming" / store.name
    shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
    reader, pool = task.reader(), ThreadPoolExecutor(1) if ahead else None

    def got(day: np.datetime64) -> list[Path]:
        own = folder / str(day)
        own.mkdir(parents=True)
        return list(task.files_of(day, own))

    def outcome(day: np.datetime64, files: Callable[[], list[Path]]) -> Outcome:
        try:
            return reader.read(day, files())
        except InputError as error:
            return error
        finally:
            own = folder / str(day)
            if own.is_dir() and any(own.iterdir()):
                reader.close()
            shutil.rmtree(own, ignore_errors=True)

    try:
        for day, files in _ahead(pool, got, days, ahead) if pool else ((day, partial(got, day)) for day in days):
            yield day, outcome(day, files)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        reader.close()
        shutil.rmtree(folder, ignore_errors=True)


def _ahead(
    pool: ThreadPoolExecutor, got: Callable[[np.datetime64], list[Path]], days: Sequence[np.datetime64], count: int
) -> Iterator[tuple[np.datetime64, Callable[[], list[Path]]]]:
    """Yield days in order, each with a call that gives its files, while those of `count` further days are got."""
    under_way: deque[tuple[np.datetime64, Future[list[Path]]]] = deque()
    coming = iter(days)
    while True:
        under_way.extend((later, pool.submit(got, later)) for later in islice(coming, count + 1 - len(under_way)))
        if not under_way:
            return
        day, files = under_way.popleft()
        yield day, files.result


def on_cluster(address: str, task: DayTask, days: Sequence[np.datetime64]) -> Outcomes:
    """Yield days as the workers of the Dask scheduler at `address` finish them, and what came of each.

    The work of a worker that dies is done by another one. Raises ModelError where no scheduler or no worker answers, or where
    `distributed` is not installed.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, set_as_default=False, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"no Dask scheduler answers at {address} ({error}); expected one such as tcp://host:8786: start `dask scheduler`"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ModelError(f"the Dask scheduler at {address} has no worker; start `dask worker {address}` first") from error
        coming = iter(days)
        under_way: dict[Any, np.datetime64] = {}
        finished = distributed.as_completed(loop=client.loop, raise_errors=False)

        def submit(count: int) -> None:
            for day in islice(coming, count):
                future = client.submit(task, day, pure=False, key=f"goms-{task.kind}-{day}-{id(under_way):x}")
                under_way[future.key] = day
                finished.add(future)

        submit(IN_FLIGHT * len(client.scheduler_info(n_workers=-1)["workers"]))
        for future in finished:
            day = under_way.pop(future.key)
            failure = future.exception()
            if failure is not None and not isinstance(failure, InputError):
                raise _of_cluster(day, failure)
            yield day, future.result() if failure is None else failure
            future.release()
            submit(1)


def _of_cluster(day: np.datetime64, error: BaseException) -> BaseException:
    """Return the error to raise where a worker failed: its own, or for one that died with the day several times, in words."""
    if type(error).__name__ != "KilledWorker":
        return error
    return ModelError(
        f"the workers that read {day} died several times; expected 3 GB of memory for each of them: start fewer or larger ones"
    )


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ModelError(
            "--scheduler needs the library `distributed` of Dask; install the extra: pip install 'goms-explorer[cluster]'"
        ) from error
    return distributed
