"""The reference beside a forecast: the source's own later days, written once into a store of the forecast's layout."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from engine.forecasting.forecast import Cancelled, request_identifier, source_attributes, stored
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.sources import HeadSource, Source
from engine.stores import ForecastStore, StoreBusy
from engine.stores.layout import Part


def write_reference(
    source: Source,
    init_time: np.datetime64,
    days: int = 30,
    progress: Progress = no_progress,
    cancelled: Callable[[], bool] = lambda: False,
    heads: Sequence[str] = (),
) -> Path:
    """Write the reference days 0 to `days` of a start, the first day first, and return the store's folder.

    Those of `heads` that the source has on every day become parts of the store. A complete store is returned as it is, a
    partial one is continued, damaged days are written again, a store that another process writes is returned unfinished, and one
    that lacks a head is made anew.
    Raises InputError where the source has no reference for a day, Cancelled on request.
    """
    folder = stores_folder() / reference_identifier(source, init_time, days)
    known = _known_heads(source, init_time, days, heads)
    found = stored(folder)
    lacks = found is None or not set(known) <= set(found.parts)
    if found is not None and found.complete and not lacks and not found.damaged_leads():
        return folder
    try:
        store = _create(source, init_time, days, folder, known) if lacks else ForecastStore.open_to_resume(folder)
    except StoreBusy:
        return folder
    with store:
        for lead in sorted(set(store.reader.all_leads) - set(store.reader.leads)):
            if cancelled():
                raise Cancelled(f"reference {folder.name} was cancelled before day {lead}; the next request continues it")
            progress(lead / (days + 1), f"reference day {lead} of {days}")
            time = store.reader.valid_time(lead)
            batch = source.reference(time)
            if batch is None:
                raise InputError(
                    f"{source.label} has no reference for {time}, day {lead} after {init_time}; choose an earlier start or fewer "
                    "days"
                )
            store.append(lead, batch, _head_fields(source, time, store.reader.parts))
        store.finish()
    progress(1.0, "reference written")
    return folder


def reference_identifier(source: Source, init_time: np.datetime64, days: int = 30) -> str:
    """Return the name of the reference store of a start, shared by every forecast from it."""
    return f"reference__{request_identifier(source, init_time, days)}"


def _known_heads(source: Source, init_time: np.datetime64, days: int, heads: Sequence[str]) -> list[str]:
    """Return those of `heads` whose fields the source has on the first and the last day."""
    ends = (init_time, init_time + np.timedelta64(days, "D"))
    if not isinstance(source, HeadSource):
        return []
    return [name for name in heads if all(source.head_fields(name, time) is not None for time in ends)]


def _head_fields(source: Source, time: np.datetime64, heads: Sequence[str]) -> dict[str, Batch]:
    fields: dict[str, Batch] = {}
    for name in heads:
        batch = source.head_fields(name, time) if isinstance(source, HeadSource) else None
        if batch is None:
            raise InputError(f"{source.label} has no {name} on {time}; delete the reference store and write it without that head")
        fields[name] = batch
    return fields


def _create(source: Source, init_time: np.datetime64, days: int, folder: Path, heads: Sequence[str]) -> ForecastStore:
    first = source.reference(init_time)
    if first is None:
        raise InputError(f"{source.label} has no reference for {init_time}; a forecast from it cannot be compared")
    attrs = {**source_attributes(source, init_time), "title": f"Reference: {source.label}", "label": source.label, "days": days}
    fields = _head_fields(source, init_time, heads)
    parts = {name: Part(batch.grid, tuple(batch.fields)) for name, batch in fields.items()}
    store = ForecastStore.create(folder, first.grid, first.time, days, attrs, kind="reference", parts=parts)
    store.append(0, first, fields)
    return store
