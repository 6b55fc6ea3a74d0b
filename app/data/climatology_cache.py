"""The climatology one field at a time: its days are kept packed on the disk, so that an anomaly costs two small reads."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from app.data.caches import ArrayCache
from engine.diagnostics import Levels
from engine.physics.climatology import day_of_year
from engine.physics.displaced_state import climatology
from engine.runtime.atomic import replacing
from engine.runtime.paths import cache_folder
from engine.runtime.progress import Progress
from engine.schema.grid import Grid
from engine.schema.variables import PROGNOSTIC, VARIABLES

INTERVAL = 5
"""Days between two kept days of temperature; straight lines between them miss the year by less than 0.02 degC rms."""

SEASONAL = "thetao"
"""The only variable of the climatology that follows the year; the others are annual means and kept once."""

_WRITING = threading.Lock()
_KEYS: WeakKeyDictionary[Grid, str] = WeakKeyDictionary()


class Climatology:
    """Gives climatological fields (h, w) of any grid and day; safe between threads."""

    def __init__(self, arrays: ArrayCache) -> None:
        self._arrays = arrays

    def field(self, grid: Grid, time: np.datetime64, variable: str, depth_index: int = 0) -> np.ndarray:
        """Return the mean of a stored variable (h, w) float32 in its units on the day of the year of `time`."""
        before, share = kept_day(time)
        first = self._kept(grid, before, variable, depth_index)
        if share == 0 or variable != SEASONAL:
            return first
        second = self._kept(grid, before + INTERVAL, variable, depth_index)
        return first + np.float32(share) * (second - first)

    def on(self, grid: Grid) -> Callable[[np.datetime64], Levels]:
        """Return what gives, for a time, the mean fields of a grid by level."""
        return lambda time: lambda variable, level: self.field(grid, time, variable, level)

    def _kept(self, grid: Grid, day: int, variable: str, depth_index: int) -> np.ndarray:
        day = day if variable == SEASONAL else 0
        key = ("mean", grid_key(grid), day, variable, depth_index)
        return self._arrays.get(key, lambda: _read(grid, day, variable, depth_index))


def prepare(grid: Grid, days: np.ndarray, progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Write what anomalies on `days` (n,) datetime64 need, and return the folder."""
    wanted = _kept_days(days)
    for number, day in enumerate(wanted):
        if cancelled():
            break
        progress(number / len(wanted), "climatology for anomalies")
        _ensure(grid, day, SEASONAL)
    _ensure(grid, 0, "zos")
    progress(1.0, "climatology written")
    return _folder(grid)


def is_prepared(grid: Grid, days: np.ndarray) -> bool:
    """Return whether everything that anomalies on `days` (n,) datetime64 need is on the disk."""
    return all(_path(grid, day, SEASONAL).exists() for day in _kept_days(days)) and _path(grid, 0, "zos").exists()


def _kept_days(days: np.ndarray) -> list[int]:
    firsts = {kept_day(day)[0] for day in days}
    return sorted(firsts | {day + INTERVAL for day in firsts})


def kept_day(time: np.datetime64) -> tuple[int, float]:
    """Return the kept day of the year (0, 10, ...) at or before `time`, and how far on `time` is to the next (0 to 1)."""
    elapsed = day_of_year(time)
    day = int(elapsed // INTERVAL) * INTERVAL
    return day, (elapsed - day) / INTERVAL


def grid_key(grid: Grid) -> str:
    """Return a name that is equal for equal grids and masks; a mask is read once as long as its grid lives."""
    key = _KEYS.get(grid)
    if key is None:
        digest = hashlib.sha256()
        for axis in (grid.lat, grid.lon, grid.depth, grid.wet):
            digest.update(np.ascontiguousarray(axis).tobytes())
        key = _KEYS[grid] = digest.hexdigest()[:16]
    return key


def _read(grid: Grid, day: int, variable: str, depth_index: int) -> np.ndarray:
    packed = np.load(_ensure(grid, day, variable), mmap_mode="r")
    level = packed[depth_index] if packed.ndim == 3 else packed
    return VARIABLES[variable].packing.unpack(np.asarray(level))


def _folder(grid: Grid) -> Path:
    return cache_folder() / "climatology" / grid_key(grid)


def _path(grid: Grid, day: int, variable: str) -> Path:
    return _folder(grid) / (f"{variable}-{day:03d}.npy" if variable == SEASONAL else f"{variable}.npy")


def _ensure(grid: Grid, day: int, variable: str) -> Path:
    """Return the file of a variable on a kept day of the year, written where it is not there."""
    path = _path(grid, day, variable)
    with _WRITING:
        if not path.exists():
            _write(grid, day, [SEASONAL] if variable == SEASONAL else [name for name in PROGNOSTIC if name != SEASONAL])
    return path


def _write(grid: Grid, day: int, names: list[str]) -> None:
    folder = _folder(grid)
    folder.mkdir(parents=True, exist_ok=True)
    batch = climatology(grid, np.datetime64("2019-01-01", "D") + np.timedelta64(day, "D"))
    for name in names:
        # Another process may write the same file, so each writes its own and renames it.
        with replacing(_path(grid, day, name), shared=True) as partial, partial.open("wb") as file:
            np.save(file, VARIABLES[name].packing.pack(batch[name]))
