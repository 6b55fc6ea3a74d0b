"""Files of altimetry kept in the user directory: each is a source of forecasts under a name of its own."""

import shutil
from pathlib import Path

from engine.errors import InputError
from engine.grid import Grid
from engine.paths import altimetry_folder
from engine.progress import Progress, no_progress
from engine.sources.observed import ObservedSource

PREFIX = "observed-"
"""Begin of the name of every kept source."""


def kept_altimetry() -> dict[str, Path]:
    """Return the file of every kept source by its name, such as `observed-20190223-1f09ab`."""
    parent = altimetry_folder()
    folders = sorted(parent.iterdir()) if parent.is_dir() else []
    files = {folder.name: next(folder.iterdir(), None) for folder in folders if folder.name.startswith(PREFIX)}
    return {name: file for name, file in files.items() if file is not None}


def delete_altimetry(name: str) -> None:
    """Delete a kept source; forecasts that began from it stay. Raises InputError where there is none of that name."""
    if name not in kept_altimetry():
        raise InputError(f"there is no kept altimetry {name!r}; choose one from the list")
    shutil.rmtree(altimetry_folder() / name)


def keep_altimetry(file: Path, grid: Grid | None = None, progress: Progress = no_progress) -> Path:
    """Copy a file of gridded altimetry to where it is found again, and return the folder named as its source is.

    Every field of every day is read first; InputError for one that cannot be used leaves nothing behind. The same file is
    kept once: first day and content make the name.
    """
    source = ObservedSource(file, grid=grid)
    source.check(progress)
    day = str(source.init_times()[0]).replace("-", "")
    folder = altimetry_folder() / f"{PREFIX}{day}-{source.provenance['altimetry']['sha256'][:6]}"
    if not folder.exists():
        unfinished = folder.with_name(f".{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            unfinished.mkdir(parents=True)
            shutil.copyfile(file, unfinished / file.name)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    progress(1.0, "kept as a source")
    return folder
