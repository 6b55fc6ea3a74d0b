"""The plan of a request, before anything is got: days, bytes, time, terms, account, space."""

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engine.providers.altimetry import kept_days
from engine.providers.profiles import kept_days as rows_kept
from engine.providers.protocols.provider import SURFACE, columns_in, levels_needed, rows_in
from engine.providers.protocols.request import Request
from engine.runtime.atomic import write_atomically
from engine.runtime.paths import cache_folder, stores_folder
from engine.stores import open_store

ALTIMETRY = "altimetry"
"""The kind of files of which each day becomes a source of its own."""

OBSERVATIONS = "observations"
"""The kind of tables of observations."""

_MODEL_CELLS = 720 * 1440
_LEAST = 1 << 20
"""Bytes from which on a measured rate says something."""


def days_there(identifier: str) -> set[np.datetime64]:
    """Return the finished days of a store, none where there is no such store."""
    folder = stores_folder() / identifier
    if not folder.is_dir():
        return set()
    store = open_store(folder)
    return {store.valid_time(lead).astype("datetime64[D]") for lead in store.leads}


def plan(request: Request, identifier: str) -> dict[str, Any]:
    """Return what a request means: `days`, `there`, `bytes`, `hours` (an estimate), `rate` and whether it was measured, terms.

    Bytes are those of the layout's arithmetic, those on the disk before compression.
    """
    provider = request.provider
    there = _known(provider.kind, identifier) & set(request.days)
    left = request.days.size - len(there)
    measured = _rates().get(provider.name)
    rate = measured or provider.assumed_rate
    size = left * request.bytes_a_day()
    root = next(folder for folder in (stores_folder(), *stores_folder().parents) if folder.is_dir())
    return {
        "provider": provider.label,
        "store": identifier,
        "fields": list(request.fields),
        "region": "global" if request.box is None else list(request.box),
        "sampling": request.way,
        "days": int(request.days.size),
        "there": len(there),
        "bytes": size,
        "rate": rate,
        "rate_is": "measured" if measured else "assumed",
        "hours": size / rate / 3600,
        "disk_bytes": left * _kept_a_day(request) + request.bytes_a_day(),
        "disk_free": shutil.disk_usage(root).free,
        "licence": provider.licence,
        "citation": provider.citation,
        "account": provider.account or "none needed",
        "connections": provider.connections,
        "notes": provider.notes,
    }


def _known(kind: str, identifier: str) -> set[np.datetime64]:
    """Return the days that are here: sources of altimetry, days of a table, or those of a store."""
    if kind == ALTIMETRY:
        return kept_days()
    return rows_kept(identifier) if kind == OBSERVATIONS else days_there(identifier)


def described(found: dict[str, Any]) -> list[str]:
    """Return a plan as lines for a screen."""
    lines = [
        f"{found['provider']}: {', '.join(found['fields'])}, {_place(found['region'])}, {found['sampling']}",
        f"{found['days']} days, {found['there']} of them in {found['store']}",
        f"{_size(found['bytes'])} to get, about {_hours(found['hours'])} at {_size(found['rate'])}/s ({found['rate_is']})",
        f"up to {_size(found['disk_bytes'])} on the disk, {_size(found['disk_free'])} free",
        f"licence: {found['licence']}",
        f"account: {found['account']}",
        f"cite: {found['citation']}",
    ]
    return [*lines, *([f"note: {found['notes']}"] if found["notes"] else [])]


def keep_rate(name: str, received: int, seconds: float) -> None:
    """Keep the bytes a second of a provider for the next plan."""
    if received < _LEAST or seconds <= 0:
        return
    rates = _rates() | {name: received / seconds}
    path = _record()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda file: file.write(json.dumps(rates).encode()), shared=True)


def _rates() -> dict[str, float]:
    with suppress(OSError, ValueError):
        found = json.loads(_record().read_bytes())
        return {name: float(rate) for name, rate in found.items()} if isinstance(found, dict) else {}
    return {}


def _record() -> Path:
    return cache_folder() / "fetched" / "rates.json"


def _kept_a_day(request: Request) -> int:
    """Return the bytes of a day in the store: two a number, on the model's grid, or in a box on the provider's."""
    provider = request.provider
    cells = _MODEL_CELLS
    if request.box is not None:
        cells = rows_in(provider.lat.values, request.box).size * columns_in(provider.lon.values, request.box).size
    levels = len(levels_needed(np.array(provider.depths))) if provider.depths else 1
    return 2 * cells * sum(1 if name in SURFACE else min(levels, 15) for name in request.fields)


def _size(count: float) -> str:
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count:.0f} bytes"


def _hours(hours: float) -> str:
    if hours >= 48:
        return f"{hours / 24:.3g} days"
    return f"{hours:.3g} h" if hours >= 1 else f"{60 * hours:.2g} min"


def _place(region: Any) -> str:
    return region if isinstance(region, str) else f"south, north, west, east {', '.join(f'{each:g}' for each in region)}"
