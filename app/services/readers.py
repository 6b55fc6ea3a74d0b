"""Readers of stores and virtual stores by their name."""

from typing import Any

import numpy as np

from app.access.limits import check_identifier
from app.data.caches import ArrayCache
from app.data.climatology_cache import Climatology
from app.data.derived_readers import AlignedReader, ClimatologyReader, PersistenceReader
from app.data.lagged_reader import STATISTICS, LaggedReader
from app.data.matching import common_leads, mean_difference
from app.data.readers import DisplayReader, FieldReader
from app.data.store_cache import OpenStores, inode
from app.services.store_catalogue import StoreCatalogue
from engine.runtime.errors import InputError
from engine.stores import Store

VIRTUAL = ("persistence", "climatology")
"""Models that are computed while they are looked at."""


class Readers:
    """Opens what a name says, made of other readers where it is virtual."""

    def __init__(self, stores: StoreCatalogue, opened: OpenStores, arrays: ArrayCache, climatology: Climatology) -> None:
        self._stores, self._opened, self._arrays, self._climatology = stores, opened, arrays, climatology

    def open(self, identifier: str) -> FieldReader:
        """Return a store or virtual store by its name; raises InputError where there is none, TooMuch for a name beyond bounds.

        Virtual ones are `persistence@STORE`, `climatology@STORE`, `aligned@OTHER|STORE`, and `mean@` or `spread@` and the stores
        of forecasts from several starts, the last start first, with a bar between them.
        """
        check_identifier(identifier)
        kind, _, rest = identifier.partition("@")
        if kind == "persistence":
            return PersistenceReader(self.open(rest))
        if kind == "climatology":
            return ClimatologyReader(self.open(rest), self._climatology.field)
        if kind == "aligned":
            moved, _, fixed = rest.partition("|")
            return self._aligned(self.open(moved), self.open(fixed))
        if kind in STATISTICS and rest:
            return LaggedReader([self.open(member) for member in rest.split("|")], kind)
        whole, _, part = identifier.partition("/")
        if (store := self._stores.get(whole)) is not None:
            return self._opened.part(store, part) if part else store
        raise InputError(f"there is no store {identifier!r}; choose one from the list or run the forecast")

    def display(self, identifier: str) -> DisplayReader:
        """Return the reader of display fields that frames are made from."""
        return DisplayReader(self.open(identifier), self._climatology.field)

    def _aligned(self, moved: FieldReader, fixed: FieldReader) -> FieldReader:
        pairs = common_leads(fixed, moved)[:1]
        key = ("shift", moved.identifier, revision(moved), fixed.identifier, revision(fixed), *pairs)
        shift = self._arrays.get(key, lambda: np.array(mean_difference(fixed, moved, pairs)))
        return AlignedReader(moved, fixed, float(shift))


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
