"""The write side of stores: create, append lead by lead, complete; resumable after a kill, clear about a full disk."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree
from typing import Any, Self

import numpy as np
import zarr
from filelock import FileLock, Timeout

from engine.runtime.atomic import PARTIAL, replacing
from engine.runtime.errors import InputError, ModelError, ResourceError
from engine.runtime.failures import ANOTHER_FOLDER
from engine.schema.batch import Batch
from engine.schema.dataset import CONVENTIONS
from engine.schema.grid import Grid
from engine.schema.variables import PROGNOSTIC
from engine.stores.integrity import RECORD, FileRecord, file_record
from engine.stores.layout import (
    Part,
    add_attributes,
    array_of,
    create_group,
    flush,
    lead_numbers,
    packed,
    read_attributes,
    replace_attributes,
    shard_path,
)
from engine.stores.reader import Store
from engine.stores.restart import delete_restart, read_restart, restart_path, write_restart
from engine.stores.validity import without_day

MOST_PACKED = 320 << 20
"""Bytes of fields that are packed at the same time, each needing twice its size: a whole day at 1/4 degree; set by hand."""


GROWING = ("time", "wet", "deptho")
"""Coordinates that may change as an analysis grows."""


class StoreBusy(ModelError):
    """Another process is writing the store."""


class StoreWriter:
    """Writes one store; holds a lock on it until closed, so that two processes never write the same one.

    Use `create` of `ForecastStore` or `AnalysisStore`, or `open_to_resume`, then `append`, then `finish`.
    """

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self.reader = Store(folder)
        self.part_readers = {name: self.reader.part(name) for name in self.reader.parts}
        self.remarks: list[str] = []
        """Sentences about damaged days that are written again."""
        self._lock = lock
        self._group = zarr.open_group(folder, mode="r+", zarr_format=3)

    @classmethod
    def open_to_resume(cls, folder: Path, size_alone: bool = False) -> Self:
        """Open a store to write its missing leads and those that are damaged; raises InputError where there is none.

        With `size_alone` the content of finished leads is not looked at, for stores of thousands. Raises StoreDamaged where
        metadata or coordinates are.
        """
        lock = locked(folder)
        try:
            # Of an analysis with thousands of days their folders are passed over: their files are written in place.
            for pattern in ("*", "*/*", *(f"{name}/**/*" for name in GROWING)) if size_alone else ("**/*",):
                for leftover in folder.glob(f"{pattern}{PARTIAL}"):
                    leftover.unlink(missing_ok=True)
            again = _reopen_damaged_leads(folder, size_alone)
            store = cls(folder, lock)
            if again:
                store.remarks.append(f"damaged days are written again: {', '.join(map(str, again))}")
            return store
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _create(
        cls,
        folder: Path,
        grid: Grid,
        kind: str,
        variables: Iterable[str],
        times: np.ndarray,
        attrs: Mapping[str, Any],
        parts: Mapping[str, Part] | None = None,
        init_time: np.datetime64 | None = None,
    ) -> Self:
        steps = np.diff(lead_numbers(times)) if times.size else np.array([0])
        if np.any(steps <= 0) or np.any(np.isnat(times)):
            raise InputError(f"times of store {folder.name} do not ascend by a day or more; expected one step a day")
        lock = locked(folder)
        try:
            # The store appears under its name only once it can be opened.
            with replacing(folder, beside=making_path(folder)) as making:
                delete_folder(folder)
                own = {**attrs, "kind": kind, "Conventions": CONVENTIONS}
                create_group(making, grid, kind, variables, times, own, parts, init_time)
            return cls(folder, lock)
        except OSError as error:
            lock.release()
            raise cannot_write(folder.name, "its first files", error) from error
        except BaseException:
            lock.release()
            raise

    def append(self, lead: int, batch: Batch, parts: Mapping[str, Batch] | None = None) -> None:
        """Write a lead with all its parts; it is finished, for every reader, when this returns.

        Raises InputError where grid, time or fields of a batch are not those of the store, ModelError where the disk is full.
        """
        batches = {"": batch, **(parts or {})}
        readers = {"": self.reader, **self.part_readers}
        if batches.keys() != readers.keys():
            got = ", ".join(parts or {}) or "none"
            raise InputError(f"lead {lead} of {self.folder.name} came with parts {got}; expected {', '.join(self.part_readers)}")
        for part, reader in readers.items():
            _check(reader, lead, batches[part])
        position = self.reader.all_leads.index(lead)
        fields = [(part, name, batches[part][name]) for part, reader in readers.items() for name in reader.variables]
        try:
            # In parallel, packing one field fills the waits of compressing another: 0.7 of the time of one after the other.
            with ThreadPoolExecutor(_parallel_fields(len(self.reader.variables), [values for *_, values in fields])) as pool:
                written = dict(pool.map(lambda field: self._write_field(position, *field), fields))
            self._finish_lead(lead, written, {})
        except OSError as error:
            raise cannot_write(self.folder.name, f"lead {lead}", error) from error

    def _finish_lead(self, lead: int, written: Mapping[str, FileRecord], attributes: Mapping[str, Any]) -> None:
        """Count a lead among the finished ones, with the record of its files and further attributes, in one step."""
        found = without_day({**read_attributes(self.folder), **attributes}, self.reader.valid_time(lead))
        found["finished_leads"] = sorted({*found["finished_leads"], lead})
        if RECORD in found:  # a store of an earlier version has no record
            found[RECORD] = {**found[RECORD], str(lead): dict(written)}
        replace_attributes(self.folder, found)

    def _write_field(self, position: int, part: str, name: str, values: np.ndarray) -> tuple[str, FileRecord]:
        path = f"{part}/{name}" if part else name
        array = array_of(self._group, path)
        numbers = packed(name, values)
        shard = shard_path(path, position, array.ndim)
        file = self.folder / shard
        file.unlink(missing_ok=True)  # zarr would read an existing file, which may be damaged
        array[position] = numbers
        if file.exists():  # zarr does not write a shard of missing values alone
            flush(file)
        return shard, file_record(file)

    def write_restart(self, lead: int, restart: Mapping[str, np.ndarray]) -> None:
        """Keep the exact float32 state after `lead`, replacing the last one atomically."""
        try:
            write_restart(self.folder, lead, restart)
        except OSError as error:
            raise cannot_write(self.folder.name, f"the restart state of lead {lead}", error) from error

    def read_restart(self) -> tuple[int, dict[str, np.ndarray]] | None:
        """Return (lead, state) of the last restart state, or None where there is none, or a damaged one."""
        found = read_restart(self.folder)
        if found is None and restart_path(self.folder).exists():
            self.remarks.append("the restart state is damaged; the run begins from the initial state")
        return found

    def finish(self) -> None:
        """Close the store as complete; raises InputError where leads are missing."""
        if missing := self.to_come():
            raise InputError(f"store {self.folder.name} lacks leads {missing}; append them before it is finished")
        add_attributes(self.folder, {"status": "whole"})
        delete_restart(self.folder)
        self.close()

    def to_come(self) -> list[int]:
        """Return the leads that are not finished yet and will be."""
        return sorted(set(self.reader.all_leads) - set(self.reader.leads))

    def close(self) -> None:
        """Release the store, complete or partial."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ForecastStore(StoreWriter):
    """A forecast, or the reference beside one: dims lead_time, depth, lat, lon; lead 0 is the initial state."""

    @classmethod
    def create(
        cls,
        folder: Path,
        grid: Grid,
        init_time: np.datetime64,
        leads: int,
        attrs: Mapping[str, Any],
        kind: str = "forecast",
        variables: Iterable[str] = PROGNOSTIC,
        parts: Mapping[str, Part] | None = None,
        first: int = 0,
    ) -> Self:
        """Make an empty store for leads `first` to `leads` days, in place of any of that name; `parts` have their own grids.

        A forecast of another provider has no initial state: its `first` lead is 1.
        """
        days = np.arange(first, leads + 1).astype("timedelta64[D]")
        begun = init_time.astype("datetime64[s]")
        return cls._create(folder, grid, kind, variables, begun + days, attrs, parts, begun)


def lock_path(folder: Path) -> Path:
    """Return the lock file of a store."""
    return folder.with_name(f".{folder.name}.lock")


def making_path(folder: Path) -> Path:
    """Return the folder of a store until it can be opened."""
    return folder.with_name(f".{folder.name}.making")


def delete_folder(folder: Path) -> None:
    """Remove a store; it is renamed first, so that a half removed store is never listed."""
    delete_restart(folder)
    going = folder.with_name(f".{folder.name}.deleted")
    rmtree(going, ignore_errors=True)
    if folder.exists():
        folder.replace(going)
        rmtree(going)


def _reopen_damaged_leads(folder: Path, size_alone: bool) -> list[int]:
    """Mark finished leads with damaged files as unfinished, and return them.

    The restart state is deleted too: a run that continues from it would skip those leads.
    """
    damaged = Store(folder).damaged_leads(size_alone)
    if damaged:
        attributes = read_attributes(folder)
        attributes["finished_leads"] = [lead for lead in attributes["finished_leads"] if lead not in damaged]
        attributes[RECORD] = {key: files for key, files in attributes[RECORD].items() if key not in map(str, damaged)}
        replace_attributes(folder, {**attributes, "status": "partial"})
        delete_restart(folder)
    return damaged


def _parallel_fields(most: int, fields: Iterable[np.ndarray]) -> int:
    """Return how many fields are packed in parallel: at most one a variable, since the allocator keeps the memory of each."""
    largest = max(values.nbytes for values in fields)
    return max(1, min(most, MOST_PACKED // largest))


def _check(reader: Store, lead: int, batch: Batch) -> None:
    name = reader.identifier
    if not batch.grid.same_as(reader.grid):
        raise InputError(f"lead {lead} of {name} is on a grid {batch.grid.shape}; expected {reader.grid.shape}")
    expected = reader.valid_time(lead)
    if batch.time.astype("datetime64[s]") != expected:
        raise InputError(f"lead {lead} of {name} is valid at {batch.time}; expected {expected}")
    if missing := [variable for variable in reader.variables if variable not in batch.fields]:
        raise InputError(f"lead {lead} of {name} lacks {', '.join(missing)}; expected every variable of the store")


def locked(folder: Path) -> FileLock:
    """Return the lock of a store, held until its `release`; raises StoreBusy while another process writes the store."""
    lock = FileLock(lock_path(folder))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreBusy(f"store {folder.name} is being written by another process; wait for it or cancel it") from error
    except OSError as error:
        raise cannot_write(folder.name, f"its folder {folder.parent}", error) from error
    return lock


def cannot_write(name: str, what: str, error: OSError) -> ResourceError:
    """Return the error that says which part of a store could not be written, and the remedy."""
    name = name.removeprefix(".").removesuffix(".unfinished")
    return ResourceError(f"store {name}: {what} could not be written ({error.strerror or error}): {ANOTHER_FOLDER}")
