"""The parts of a store, such as waves or the finer grid of the Kuroshio, and which of them has the fields that are wanted."""

from collections.abc import Iterable
from contextlib import suppress

from app.data.readers import FieldReader
from app.data.store_cache import OpenStores
from app.services.readers import Readers
from app.services.store_catalogue import StoreCatalogue
from engine.runtime.errors import InputError
from engine.stores import Store

DETAIL = "/kuroshio"
"""End of the identifier of a part that repeats the ocean's fields on a finer grid."""


class StoreParts:
    """Goes from a store to its parts and back."""

    def __init__(self, stores: StoreCatalogue, opened: OpenStores, readers: Readers) -> None:
        self._stores, self._opened, self._readers = stores, opened, readers

    def with_details(self) -> list[FieldReader]:
        """Return every store, each followed by its part that has the ocean's own fields on a finer grid."""
        found: list[FieldReader] = []
        for store in self._stores.all():
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

    def part_with(self, reader: FieldReader, needs: Iterable[str]) -> FieldReader:
        """Return the part of a store that has the fields `needs` where the store itself has not; else the store."""
        if isinstance(reader, Store) and not set(needs) <= set(reader.variables):
            for name in reader.parts:
                part = self._opened.part(reader, name)
                if set(needs) <= set(part.variables):
                    return part
        return reader

    def store_with(self, reader: FieldReader, needs: Iterable[str]) -> FieldReader | None:
        """Return a store, or the one around it where it is a part such as waves, that has the fields `needs`; None without."""
        wanted = set(needs)
        if wanted <= set(reader.variables):
            return reader
        whole, _, part = reader.identifier.partition("/")
        around = self._readers.open(whole) if part else None
        return around if around is not None and wanted <= set(around.variables) else None
