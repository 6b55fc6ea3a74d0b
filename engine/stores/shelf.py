"""All stores of the user directory: list, find, delete."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from engine.errors import InputError
from engine.paths import stores_folder
from engine.stores.reader import Store
from engine.stores.writer import delete_folder, lock_path, locked, making_path


@dataclass(frozen=True)
class StoreSummary:
    """What a list of stores shows of one."""

    identifier: str
    folder: Path
    kind: str
    complete: bool
    leads: int
    all_leads: int
    size_bytes: int
    attrs: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as `goms stores list --json` prints them, the state in words."""
        state = "whole" if self.complete else "partial"
        return {**asdict(self), "folder": str(self.folder), "state": state}


def list_stores(folder: Path | None = None) -> list[StoreSummary]:
    """Return every store in `folder` (by default the user's), by name; what is not a store is passed over."""
    return sorted(_summaries(folder or stores_folder()), key=lambda summary: summary.identifier)


def _summaries(parent: Path) -> Iterator[StoreSummary]:
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        try:
            store = Store(folder)
            attrs = store.attrs
        except InputError:
            continue
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        leads = len(attrs["finished_leads"])
        yield StoreSummary(
            store.identifier, folder, store.kind, attrs["status"] == "whole", leads, len(store.all_leads), size, attrs
        )


def find_store(identifier: str, folder: Path | None = None) -> Path:
    """Return the folder of a store; raises InputError naming the stores there are."""
    parent = folder or stores_folder()
    found = parent / identifier
    if Path(identifier).name != identifier or identifier.startswith(".") or not found.is_dir():
        names = ", ".join(summary.identifier for summary in list_stores(parent)) or "none"
        raise InputError(f"there is no store {identifier!r} in {parent}; there are: {names}")
    return found


def delete_store(identifier: str, folder: Path | None = None) -> None:
    """Delete a store and everything that belongs to it.

    Raises InputError where there is none of that name, StoreBusy while a run writes it.
    """
    found = find_store(identifier, folder)
    lock = locked(found)
    try:
        delete_folder(found)
        rmtree(making_path(found), ignore_errors=True)
    finally:
        lock.release()
    lock_path(found).unlink(missing_ok=True)
