"""Files of altimetry in the user directory: each is a source of forecasts under a name of its own."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.paths import altimetry_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.sources.observed import ObservedSource

PREFIX = "observed-"
"""Prefix of the name of every kept source."""

_NOTES = ".notes.json"
"""File beside it: the given day, and counts of values treated as missing."""


def kept_altimetry() -> dict[str, Path]:
    """Return the file of every kept source by its name, such as `observed-20190223-1f09ab`."""
    parent = altimetry_folder()
    folders = sorted(parent.iterdir()) if parent.is_dir() else []
    files = {folder.name: _file_in(folder) for folder in folders if folder.name.startswith(PREFIX)}
    return {name: file for name, file in files.items() if file is not None}


def _file_in(folder: Path) -> Path | None:
    return next((file for file in folder.iterdir() if not file.name.startswith(".")), None)


def kept_options(name: str) -> dict[str, Any]:
    """Return the options of a kept source beside its file: its date, where the file has no time."""
    date = _notes(altimetry_folder() / name).get("date")
    return {"date": np.datetime64(date)} if date else {}


def kept_report(name: str) -> dict[str, Any]:
    """Return counts of values treated as missing in a kept source: `out_of_range`, `flagged`, `zero_land`; empty where nothing
    is."""
    return {key: found for key, found in _notes(altimetry_folder() / name).items() if key != "date"}


def _notes(folder: Path) -> dict[str, Any]:
    try:
        notes = json.loads((folder / _NOTES).read_bytes())
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def delete_altimetry(name: str) -> None:
    """Delete a kept source; forecasts that began from it stay. Raises InputError where there is none of that name."""
    if name not in kept_altimetry():
        raise InputError(f"there is no kept altimetry {name!r}; choose one from the list")
    shutil.rmtree(altimetry_folder() / name)


def keep_altimetry(
    file: Path, grid: Grid | None = None, progress: Progress = no_progress, date: np.datetime64 | None = None
) -> Path:
    """Copy a file of gridded altimetry to the user directory, and return its folder, whose name is that of the source.

    Every field of every day is read first; InputError for one that cannot be used leaves nothing behind. The same file is
    stored once: first day and content make the name. `date` is the day of a file without a time.
    """
    source = ObservedSource(file, grid=grid, date=date)
    source.check(progress)
    day = str(source.init_times()[0]).replace("-", "")
    folder = altimetry_folder() / f"{PREFIX}{day}-{source.provenance['altimetry']['sha256'][:6]}"
    if not folder.exists():
        with replacing(folder, beside=folder.with_name(f".{folder.name}.unfinished")) as unfinished:
            unfinished.mkdir(parents=True)
            shutil.copyfile(file, unfinished / file.name.lstrip("."))
            notes = source.report | ({"date": str(date)} if date is not None else {})
            if notes:
                (unfinished / _NOTES).write_text(json.dumps(notes), encoding="utf-8")
    progress(1.0, "kept as a source")
    return folder
