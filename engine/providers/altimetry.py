"""Days of altimetry: each becomes a source of forecasts of its own, as `goms ingest altimetry` makes them."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.runtime.errors import DayMissing, InputError
from engine.runtime.paths import home
from engine.runtime.progress import Progress
from engine.schema.grid import Grid
from engine.sources.kept_altimetry import PREFIX, keep_altimetry, kept_altimetry


def kept_days() -> set[np.datetime64]:
    """Return the first days of the kept sources."""
    return {np.datetime64(_day_of(name)) for name in kept_altimetry()}


def keep_days(
    days: np.ndarray, files_of: Callable[[np.datetime64, Path], Sequence[Path]], grid: Grid | None, progress: Progress
) -> dict[str, Any]:
    """Keep each day of altimetry that is not there yet; return folder, new days, and the missing ones with the reason.

    Raises InputError where not one day is there.
    """
    there, new, missing, folder = kept_days(), 0, {}, None
    for number, day in enumerate(days):
        progress(number / days.size, f"altimetry {day}")
        if day in there:
            continue
        home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".altimetry-", dir=home()) as place:
            try:
                (file,) = files_of(day, Path(place))
                folder = keep_altimetry(file, grid)
            except DayMissing as error:
                missing[str(day)] = error.reason
                continue
            new += 1
    if folder is None and len(missing) == days.size:
        day, reason = next(iter(missing.items()))
        raise InputError(f"none of {days.size} days of altimetry is there; {day}: {reason}")
    progress(1.0, f"{new} days")
    found = sorted(name for name in kept_altimetry() if np.datetime64(_day_of(name)) in set(days))
    return {"sources": found, "new_days": new, "missing": missing}


def _day_of(name: str) -> str:
    day = name.removeprefix(PREFIX)
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}"
