"""Analysis stores of the tiny globe, whose coast is not that of the grid."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.sources.analysis import AnalysisSource
from engine.stores import AnalysisStore
from tests.engine.models.tiny import TinySource, tiny_grid, tiny_weather

START = np.datetime64("2019-02-23", "D")
ATTRIBUTES = {"source": "hycom", "label": "HYCOM", "sampling": "snapshot", "description": "made up"}
LACKING = slice(None), slice(4, 6), slice(30, 34)
"""Water that the provider does not have."""

Change = Callable[[int, Batch], Batch]


def as_is(day: int, state: Batch) -> Batch:
    """Return the state of a day as it is."""
    return state


def stored_state(day: int) -> Batch:
    """Return the state of a day, counted from `START`, without the water that the provider lacks."""
    state = TinySource(tiny_grid()).state(START + day * DAY)
    fields = {name: values.copy() for name, values in state.fields.items()}
    for values in fields.values():
        values[LACKING[-values.ndim :]] = np.nan
    return Batch(fields, state.grid, state.time)


def write_analysis(folder: Path, days: int, change: Change = as_is, gap: int | None = None) -> AnalysisSource:
    """Return an analysis of `days` days, all but that of the `gap`, each changed by `change`."""
    times = START + np.arange(days) * DAY
    with AnalysisStore.create(folder, tiny_grid(), times, ATTRIBUTES) as store:
        _append(store, range(days), change, gap)
    return AnalysisSource(folder)


def lengthen_analysis(folder: Path, days: int, change: Change = as_is) -> AnalysisSource:
    """Return the analysis in a folder with further days, up to `days`."""
    with AnalysisStore.open_to_resume(folder) as store:
        known = len(store.reader.all_leads)
        store.continue_to(START + (days - 1) * DAY)
        _append(store, range(known, len(store.reader.all_leads)), change, None)
    return AnalysisSource(folder)


def _append(store: AnalysisStore, days: range, change: Change, gap: int | None) -> None:
    for day in days:
        if day != gap:
            store.append(day, change(day, stored_state(day)))
    if gap is None:
        store.finish()


def write_air(folder: Path, days: int) -> None:
    """Write a forcing store of the tiny globe without its last day."""
    times = START + np.arange(days) * DAY
    attributes = {**ATTRIBUTES, "source": "era5", "forcing_kind": "reanalysis"}
    names = ("u10", "v10", "t2m", "msl", "sp")
    with AnalysisStore.create(folder, tiny_grid(), times, attributes, names, kind="forcing") as store:
        for day, time in enumerate(times[:-1]):
            store.append(day, tiny_weather(tiny_grid(), time))
