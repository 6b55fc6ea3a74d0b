"""The stores of the user directory and the altimetry kept beside them: which there are, and their deletion."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from app.access.limits import LONGEST_FOLDER
from app.data.readers import FieldReader
from app.data.store_cache import OpenStores
from app.services.options import Options
from app.services.sources import Sources
from app.text.i18n import listed
from app.text.labels import altimetry_labels, store_label
from engine.oceanbench.layout import PROVIDER
from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.sources.atmosphere import whole_days
from engine.sources.kept_altimetry import PREFIX, delete_altimetry, kept_altimetry, kept_report
from engine.stores import Store, StoreSummary, delete_store, list_stores


class StoreCatalogue:
    """Finds stores by name or by what they are of; `after_deletion()` is called when there is more room on the disk."""

    def __init__(
        self, opened: OpenStores, sources: Sources, options: Options, after_deletion: Callable[[], None] = lambda: None
    ) -> None:
        self._opened, self._sources, self._options = opened, sources, options
        self._after_deletion = after_deletion
        self.deletions = 0
        """Number of deletions here; it tells a page whether something changed."""

    def all(self) -> list[Store]:
        """Return every store of the user directory, by name; read again from the disk at most twice a second."""
        return self._opened.all()

    def get(self, identifier: str) -> Store | None:
        """Return a store by its name, or None where there is none any more."""
        return self._opened.find(identifier) if len(identifier.encode()) <= LONGEST_FOLDER else None

    def find(self, kind: str, source: str, start: str, model: str = "", forcing: str | None = None) -> Store | None:
        """Return the store of a forecast or reference by its source, initial date and model.

        `forcing` is the store of a forecast's air, empty for the climatology; None for any.
        """
        found = [
            store
            for store in self.all()
            if store.kind == kind
            and self._sources.name_of(store) == source
            and str(store.init_time.astype("datetime64[D]")) == start
            and (kind != "forecast" or store.attrs.get("model") == model)
            and (kind != "forecast" or forcing in (None, store.attrs.get("forcing_source", "")))
            and store.grid.shape == self._options.grid_shape
        ]
        return max(found, key=lambda store: (store.complete, len(store.leads)), default=None)

    def stands_alone(self, store: FieldReader) -> bool:
        """Return whether a store is chosen by its own name: an analysis, or a forecast that another provider made."""
        return store.kind == "analysis" or PROVIDER in store.attrs

    def starts(self, source: str) -> list[str]:
        """Return the initial dates of a source as ISO dates, those of stored runs included."""
        found = {
            str(store.init_time.astype("datetime64[D]"))
            for store in self.all()
            if store.kind in ("forecast", "reference")
            and not self.stands_alone(store)
            and self._sources.name_of(store) == source
            and store.grid.shape == self._options.grid_shape
        }
        try:
            found |= {str(day) for day in self._sources.open(source).init_times().astype("datetime64[D]")}
        except InputError:
            if not found:
                raise
        return sorted(found)

    def forcings(self, start: str) -> dict[str, str]:
        """Return {identifier: label} of the stores with the air of the globe on a start and the day after it."""
        if not start:
            return {}
        first = np.datetime64(start, "D")
        found = {}
        for store in self.all():
            if store.kind == "forcing" and store.grid.is_periodic:
                days = whole_days(store)
                if first in days and first + DAY in days:
                    found[store.identifier] = listed((store_label(store.kind, store.attrs), f"{min(days)} – {max(days)}"))
        return found

    def summaries(self) -> list[StoreSummary]:
        """Return what a list of stores shows of each, sizes included."""
        return list_stores()

    def refresh(self) -> None:
        """Read the list of stores from the disk at the next question, such as after a job ended."""
        self._opened.refresh()

    def delete(self, identifier: str) -> None:
        """Delete a store or kept altimetry.

        Raises InputError where there is none and where this server deletes nothing, StoreBusy while a run writes it.
        """
        self._options.permissions.check("delete")
        if identifier.startswith(PREFIX):
            delete_altimetry(identifier)
            self._sources.forget(identifier)
        else:
            delete_store(identifier)
        self.deletions += 1
        self._after_deletion()
        self.refresh()

    def altimetry(self) -> dict[str, str]:
        """Return {name: label} of the altimetry that was kept here, and of what forecasts started from that is gone."""
        of_stores = {str(store.attrs.get("source", "")) for store in self.all()}
        return altimetry_labels(sorted({*kept_altimetry(), *(name for name in of_stores if name.startswith(PREFIX))}))

    def altimetry_files(self) -> dict[str, Path]:
        """Return the file of every altimetry that was kept here, by the name of its source."""
        return kept_altimetry()

    def altimetry_report(self, name: str) -> dict[str, Any]:
        """Return what is taken as missing in altimetry that was kept here."""
        return kept_report(name)
