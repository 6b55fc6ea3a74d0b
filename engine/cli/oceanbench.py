"""The work of `goms ingest oceanbench` and `goms stores export-oceanbench`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.oceanbench.export import export_challenger
from engine.oceanbench.ingest import ingest_challenger
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.sources.uploads import day_of
from engine.stores import find_store, open_store
from engine.stores.reader import Store


def ingest_forecasts(
    addresses: Sequence[str], name: str | None, date: str | None, progress: Progress = no_progress
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make a forecast store of each address; return what is said of them, and the attributes of the last.

    `date` is the first day of the forecast wanted where a store holds several.
    """
    if name is not None and len(addresses) > 1:
        raise InputError(f"{len(addresses)} forecasts are to be called {name!r}; expected one: ingest each on its own")
    start = None if date is None else day_of(date).astype("datetime64[D]")
    made = [ingest_challenger(address, name, start, progress) for address in addresses]
    attrs = open_store(find_store(made[-1])).attrs
    result: dict[str, Any] = {"store": made[0], "folder": find_store(made[0])} if len(made) == 1 else {"stores": made}
    return {**result, "model": attrs["model"], "missing_depths": attrs["missing_depths"]}, attrs


def export_forecasts(
    identifiers: Sequence[str], out: Path, native_levels: bool, contact: str, progress: Progress = no_progress
) -> dict[str, Any]:
    """Write each store into `out` as a challenger, and return their folders and what is said of the last."""
    stores = [_opened(each) for each in identifiers]
    folders = [export_challenger(store, out, native_levels, contact, progress) for store in stores]
    return {"folders": [str(folder) for folder in folders]}


def _opened(store: str) -> Store:
    return open_store(Path(store) if Path(store).is_dir() else find_store(store))
