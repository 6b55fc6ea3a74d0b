"""The work of `goms climatology`: the mean state of the days of a store, written as a file."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.physics.mean_fit import fit_mean_state
from engine.physics.mean_state import write_mean_state
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.variables import PROGNOSTIC
from engine.stores import Store, find_store, open_store


def mean_of_store(
    name: str, out: Path, start: str | None = None, end: str | None = None, progress: Progress = no_progress
) -> dict[str, Any]:
    """Write the mean state of the days of a store from `start` to `end`, both dates, to `out`, and return what it says of itself.

    The days are read one after the other. Raises InputError where the store has none of them, and for no date.
    """
    began = time.perf_counter()
    first, last = _date(start, "--start"), _date(end, "--end")
    folder = Path(name)
    store = open_store(folder if folder.is_dir() else find_store(name))
    leads = [lead for lead in store.leads if _inside(store.valid_time(lead).astype("datetime64[D]"), first, last)]
    fields = [field for field in PROGNOSTIC if field in store.variables]
    if not leads or not fields:
        held = f"{store.valid_time(store.leads[0])} to {store.valid_time(store.leads[-1])}" if store.leads else "no finished day"
        raise InputError(
            f"store {store.identifier} holds {held} with {', '.join(store.variables)}; expected some days from "
            f"{first or 'the first'} to {last or 'the last'} with some of {', '.join(PROGNOSTIC)}: choose other days"
        )
    said = {"name": f"mean of {store.identifier}", "store": store.identifier, "fingerprint": store.fingerprint(leads)}
    state = fit_mean_state(_days(store, leads, fields, progress), said)
    digest = write_mean_state(out, state)
    progress(1.0, "mean state written")
    return {
        **state.attributes,
        "file": str(out),
        "sha256": digest,
        "fields": fields,
        "bytes": out.stat().st_size,
        "seconds": round(time.perf_counter() - began, 2),
    }


def _date(text: str | None, option: str) -> np.datetime64 | None:
    try:
        return None if text is None else np.datetime64(text, "D")
    except ValueError as error:
        raise InputError(f"{option} is {text!r}; expected a date such as 2001-12-31") from error


def _inside(day: np.datetime64, first: np.datetime64 | None, last: np.datetime64 | None) -> bool:
    return bool((first is None or day >= first) and (last is None or day <= last))


def _days(store: Store, leads: list[int], fields: list[str], progress: Progress) -> Iterator[Batch]:
    for number, lead in enumerate(leads):
        progress(number / len(leads), f"day {number + 1} of {len(leads)}")
        whole = store.batch(lead)
        yield Batch({name: whole[name] for name in fields}, whole.grid, whole.time)
