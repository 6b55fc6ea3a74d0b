"""The reference beside a forecast: the source's own later days, written once into a store of the forecast's layout."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.errors import InputError
from engine.forecast import Cancelled, request_identifier, source_attributes
from engine.paths import stores_folder
from engine.progress import Progress, no_progress
from engine.sources import Source
from engine.store import ForecastStore, StoreBusy, open_store


def write_reference(
    source: Source,
    init_time: np.datetime64,
    days: int = 30,
    progress: Progress = no_progress,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Write the reference days 0 to `days` of a start, the first day first, and return the store's folder.

    A whole store is returned as it is, a partial one continued, one that another process is writing left to it.
    Raises InputError where the source has no reference for a day, Cancelled on request.
    """
    folder = stores_folder() / reference_identifier(source, init_time, days)
    if folder.exists() and open_store(folder).complete:
        return folder
    try:
        store = _open(source, init_time, days, folder)
    except StoreBusy:
        return folder
    with store:
        for lead in sorted(set(store.reader.all_leads) - set(store.reader.leads)):
            if cancelled():
                raise Cancelled(f"reference {folder.name} was cancelled before day {lead}; the next request continues it")
            progress(lead / (days + 1), f"reference day {lead} of {days}")
            batch = source.reference(store.reader.valid_time(lead))
            if batch is None:
                raise InputError(
                    f"{source.label} has no reference for {store.reader.valid_time(lead)}, day {lead} after {init_time}; "
                    "choose an earlier start or fewer days"
                )
            store.append(lead, batch)
        store.finish()
    progress(1.0, "reference written")
    return folder


def reference_identifier(source: Source, init_time: np.datetime64, days: int = 30) -> str:
    """Return the name of the reference store of a start, shared by every forecast from it."""
    return f"reference__{request_identifier(source, init_time, days)}"


def _open(source: Source, init_time: np.datetime64, days: int, folder: Path) -> ForecastStore:
    if folder.exists():
        return ForecastStore.open_to_resume(folder)
    first = source.reference(init_time)
    if first is None:
        raise InputError(f"{source.label} has no reference for {init_time}; a forecast from it cannot be compared")
    attrs = {**source_attributes(source, init_time), "title": f"Reference: {source.label}", "label": source.label, "days": days}
    store = ForecastStore.create(folder, first.grid, first.time, days, attrs, kind="reference")
    store.append(0, first)
    return store
