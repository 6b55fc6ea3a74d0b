"""The catalogue of stores in the user directory: list, find, delete."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from engine.runtime.errors import InputError, ModelError, ResourceError
from engine.runtime.failures import reason
from engine.runtime.paths import stores_folder
from engine.stores.integrity import StoreDamaged
from engine.stores.reader import open_store
from engine.stores.writer import delete_folder, lock_path, locked, making_path


@dataclass(frozen=True)
class StoreSummary:
    """One line of a list of stores."""

    identifier: str
    folder: Path
    kind: str
    complete: bool
    leads: int
    all_leads: int
    size_bytes: int
    attrs: dict[str, Any]
    damage: str = ""
    """What cannot be read, as a sentence; empty where everything can."""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as `goms stores list --json` prints them, with the state as a word."""
        return {**asdict(self), "folder": str(self.folder), "state": self.state}

    @property
    def state(self) -> str:
        """Return `complete`, `partial` or `damaged`."""
        return "damaged" if self.damage else "complete" if self.complete else "partial"


def list_stores(folder: Path | None = None) -> list[StoreSummary]:
    """Return every store in `folder` (by default the user's), by name, damaged ones too; other folders are ignored."""
    return sorted(_summaries(folder or stores_folder()), key=lambda summary: summary.identifier)


def store_folders(parent: Path) -> list[Path]:
    """Return the folders in `parent` that may be stores, by name."""
    found = parent.iterdir() if parent.is_dir() else ()
    return sorted(folder for folder in found if not folder.name.startswith(".") and folder.is_dir())


def _summaries(parent: Path) -> Iterator[StoreSummary]:
    for folder in store_folders(parent):
        try:
            store = open_store(folder)
            attrs = store.attrs
        except StoreDamaged as error:
            if not folder.is_dir():  # deleted since the folder was listed
                continue
            yield StoreSummary(folder.name, folder, "damaged", False, 0, 0, _size(folder), {}, str(error))
        except InputError:  # no store
            continue
        else:
            leads, all_leads = len(attrs["finished_leads"]), len(store.all_leads)
            complete = attrs["status"] == "whole"
            yield StoreSummary(store.identifier, folder, store.kind, complete, leads, all_leads, _size(folder), attrs)


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # deleted meanwhile, or not readable
            size += path.stat().st_size if path.is_file() else 0
    return size


def find_store(identifier: str, folder: Path | None = None) -> Path:
    """Return the folder of a store; raises InputError naming the stores there are."""
    parent = folder or stores_folder()
    found = parent / identifier
    if Path(identifier).name != identifier or identifier.startswith(".") or not found.is_dir():
        names = ", ".join(folder.name for folder in store_folders(parent)) or "none"
        raise InputError(f"there is no store {identifier!r} in {parent}; there are: {names}")
    return found


def delete_store(identifier: str, folder: Path | None = None) -> None:
    """Delete a store and everything that belongs to it.

    Raises InputError where there is none of that name, StoreBusy while a run writes it, ResourceError where the disk forbids it.
    """
    found = find_store(identifier, folder)
    lock = locked(found)
    try:
        delete_folder(found)
        rmtree(making_path(found), ignore_errors=True)
    except OSError as error:
        raise ResourceError(f"store {identifier} could not be deleted: {reason(error)}") from error
    finally:
        lock.release()
    lock_path(found).unlink(missing_ok=True)


def remove_unfinished(folder: Path | None = None) -> None:
    """Remove what a killed process left of stores that it had not begun to fill."""
    parent = folder or stores_folder()
    for left in (*parent.glob(".*.unfinished"), *parent.glob(".*.making")):
        made = left if left.suffix == ".unfinished" else parent / left.name[1 : -len(".making")]
        with suppress(ModelError):  # another process is writing it
            lock = locked(made)
            delete_folder(left)
            lock.release()
            lock_path(made).unlink(missing_ok=True)
