"""The stores of the user directory as a server holds them: each opened once, the list read again when it may have changed."""

import threading
import time

from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.stores import Store, open_store

INTERVAL = 0.5
"""Seconds for which the list of stores is taken as it was."""


class OpenStores:
    """Opens stores and their parts once for all sessions; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._opened: dict[tuple[str, int], Store] = {}
        self._parts: dict[tuple[str, int], Store] = {}
        self._read_at: float | None = None

    def all(self) -> list[Store]:
        """Return every store of the user directory, by name; read again from the disk at most twice a second."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > INTERVAL:
                self._read()
                self._read_at = time.monotonic()
            self._opened = {key: store for key, store in self._opened.items() if _still_there(store)}
            return list(self._opened.values())

    def _read(self) -> None:
        folder = stores_folder()
        names = sorted(folder.iterdir()) if folder.is_dir() else []
        opened: dict[tuple[str, int], Store] = {}
        for path in names:
            if path.name.startswith(".") or not path.is_dir():
                continue
            try:
                # The inode differs for a store that was written again under the same name.
                key = (path.name, path.stat().st_ino)
                opened[key] = self._opened.get(key) or open_store(path)
            except (InputError, FileNotFoundError):  # damaged, no store, or deleted meanwhile
                continue
        self._opened = opened
        there = {name for name, _ in opened}
        self._parts = {key: part for key, part in self._parts.items() if key[0].partition("/")[0] in there}

    def find(self, identifier: str) -> Store | None:
        """Return a store by its name, even one written since the list was read, or None where there is none any more."""
        found = self._listed(identifier)
        if found is None and (stores_folder() / identifier).is_dir():
            self.refresh()
            found = self._listed(identifier)
        return found

    def _listed(self, identifier: str) -> Store | None:
        return next((store for store in self.all() if store.identifier == identifier), None)

    def part(self, store: Store, name: str) -> Store:
        """Return a part of a store; raises InputError where the store was deleted meanwhile."""
        key = (f"{store.identifier}/{name}", inode(store))
        with self._lock:
            if key not in self._parts:
                self._parts = {known: part for known, part in self._parts.items() if known[0] != key[0]} | {key: store.part(name)}
            return self._parts[key]

    def refresh(self) -> None:
        """Read the list from the disk at the next question, such as after a job ended."""
        with self._lock:  # a reading under way may have begun before the change
            self._read_at = None


def _still_there(store: Store) -> bool:
    """Return whether a store was neither deleted nor damaged, as far as its attributes tell, since it was opened."""
    try:
        _ = store.attrs
    except InputError:
        return False
    return True


def inode(store: Store) -> int:
    """Return a number that is another when the store was written anew under the same name, 0 where it is deleted."""
    try:
        return store.folder.stat().st_ino
    except FileNotFoundError:
        return 0
