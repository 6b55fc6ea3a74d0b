"""Detection of damage: a record of every file of a store, and a checksum over the metadata that hold the record.

Each chunk ends in a CRC-32C of its own, which is checked whenever the chunk is read. The record holds the size of each file and
the CRC-32C of its end, which in a shard is the index of all chunks. It detects files that were emptied, deleted, cut short or
replaced. A shard that would hold only missing values is never written.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import google_crc32c

from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder

RECORD = "stored_files"
"""Attribute of the record: {lead: {path: [bytes, crc32c] or None where nothing was written}}, `FIXED` in place of a lead."""

FIXED = "fixed"
"""Key of the files that belong to no lead: metadata of arrays, coordinates, masks."""

CHECKSUM = "metadata_checksum"
"""Attribute of the CRC-32C of everything else in the group's `zarr.json`."""

TAIL = 2**20
"""Bytes at the end of a file that its record covers, set by hand: most files completely, of a large shard its index."""

FileRecord = list[int] | None


class StoreDamaged(InputError):
    """A store, or a part of one, is not what was written."""


def damaged(folder: Path, what: str) -> StoreDamaged:
    """Return the error that names a store, what is damaged in it, and the remedy."""
    command = f"goms stores delete {folder.name}" if folder.parent == stores_folder() else f"rm -r {folder}"
    return StoreDamaged(
        f"store {folder.name} is damaged: {what}; delete it in the list of stores or with `{command}`, then make it again"
    )


@contextmanager
def refusing(folder: Path, what: str) -> Iterator[None]:
    """Turn any failure inside into a StoreDamaged error that names `what` of the store in `folder`."""
    try:
        yield
    except (StoreDamaged, MemoryError):
        raise
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else ""
        raise damaged(folder, f"{what} cannot be read ({type(error).__name__}{': ' if reason else ''}{reason})") from error


def sealed(metadata: Mapping[str, Any]) -> bytes:
    """Return the `zarr.json` of a group with the checksum of its content, without one where it has no record of files."""
    plain = json.loads(json.dumps(metadata, default=str))
    plain["attributes"].pop(CHECKSUM, None)
    if RECORD in plain["attributes"]:  # a store of an earlier version has neither
        plain["attributes"][CHECKSUM] = _checksum(plain)
    return json.dumps(plain).encode()


def checked_attributes(content: bytes) -> dict[str, Any]:
    """Return the attributes in a group's `zarr.json`, without the checksum; raises ValueError where it does not fit.

    A store of an earlier version has neither checksum nor record.
    """
    metadata = json.loads(content)
    attributes = dict(metadata["attributes"])
    found = attributes.pop(CHECKSUM, None)
    if (found is None) != (RECORD not in attributes) or (
        found is not None and found != _checksum({**metadata, "attributes": attributes})
    ):
        raise ValueError("its checksum does not fit its content")
    return attributes


def _checksum(metadata: Mapping[str, Any]) -> int:
    return int(google_crc32c.value(json.dumps(metadata, sort_keys=True, separators=(",", ":")).encode()))


def file_record(path: Path) -> FileRecord:
    """Return size and checksum of a file, None where there is none."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - TAIL))
            return [size, int(google_crc32c.value(file.read()))]
    except FileNotFoundError:
        return None


def fixed_record(folder: Path, of_leads: Iterable[str] = ()) -> dict[str, FileRecord]:
    """Return the record of every file below `folder` but its own `zarr.json` and the files `of_leads`."""
    own = {"zarr.json", *of_leads}
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path: file_record(folder / path) for path in paths if path not in own}


class Inspector:
    """Compares the files of a store with their record; a file found intact is read again only after it has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._intact: dict[str, tuple[int, int, int]] = {}

    def fault(self, path: str, record: FileRecord, size_alone: bool = False) -> str:
        """Return what is wrong with the file at `path` below the folder, as a phrase; empty where it is as recorded."""
        try:
            status = (self._folder / path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return "" if record is None else f"{path} is missing"
        if record is None:
            return f"{path} is there, where nothing was written"
        if status.st_size != record[0]:
            return f"{path} has {status.st_size} bytes instead of {record[0]}"
        state = (status.st_size, status.st_mtime_ns, status.st_ino)
        if size_alone or self._intact.get(path) == state:
            return ""
        if file_record(self._folder / path) != record:
            return f"{path} is not what was written"
        self._intact[path] = state
        return ""

    def faults(self, records: Mapping[str, FileRecord], size_alone: bool = False) -> Iterator[str]:
        """Yield what is wrong with each file of `records`, as a phrase."""
        return (fault for path, record in records.items() if (fault := self.fault(path, record, size_alone)))
