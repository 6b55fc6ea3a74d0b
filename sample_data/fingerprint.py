"""A hash of everything that the states of some days of a run depend on: stored bytes, and the code that rebuilds states."""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from engine.physics.displaced_state import displaced_state
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_date
from engine.schema.variables import PROGNOSTIC
from engine.verification.starts.result_cache import SCORING
from sample_data.runs.field_archive import KEY_EVERY, file_of_day
from sample_data.runs.run import Run
from sample_data.weather.atmosphere import forcing

PROBE_DAY = 240
PROBE_STEPS = {"thetao": 1e-3, "so": 1e-3, "uo": 1e-4, "vo": 1e-4, "zos": 1e-4}
"""Differences that do not count, such as those of another order of the same sums; set by hand."""


def fingerprint(run: Run, grid: Grid, day: int, longest: int) -> str:
    """Return a hash that changes with the states of `longest` days from sample day `day` of a run on `grid`."""
    content = hashlib.sha256(f"{SCORING} {run.seed} {grid.shape} {_rebuilding(run.seed)}".encode())
    before = max(day - 1, run.days.start)
    for stored in range(before - before % KEY_EVERY, day + longest + 1):
        content.update(file_of_day(run.folder, stored).read_bytes())
    return content.hexdigest()[:12]


def day_content(run: Run, grid: Grid, day: int) -> str:
    """Return a hash that changes with state and weather of sample day `day` of a run on `grid`."""
    stored = (file_of_day(run.folder, each) for each in range(day - day % KEY_EVERY, day + 1))
    known = [run.seed, grid.shape, _rebuilding(run.seed), *(_digest(file, file.stat().st_mtime_ns) for file in stored)]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:12]


@lru_cache(maxsize=2 * KEY_EVERY)
def _digest(file: Path, written: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@lru_cache(maxsize=8)
def _rebuilding(seed: int) -> str:
    """Return a hash of the code that turns stored surface fields into states, by its values in a small case."""
    grid = coarsened(24)
    lat, lon = np.deg2rad(grid.lat)[:, None], np.deg2rad(grid.lon)[None]
    air = forcing(seed, PROBE_DAY, grid)
    state = displaced_state(
        grid,
        sample_date(PROBE_DAY),
        (0.2 * np.sin(3 * lon) * np.cos(4 * lat)).astype(np.float32),
        (15 + 12 * np.cos(2 * lat) + np.sin(lon)).astype(np.float32),
        (35 + np.sin(2 * lon) * np.cos(lat)).astype(np.float32),
        wind=(air["u10"], air["v10"]),
    )
    content = hashlib.sha256()
    for name in PROGNOSTIC:
        content.update(np.rint(np.nan_to_num(state[name], nan=-99) / PROBE_STEPS[name]).astype(np.int32).tobytes())
    return content.hexdigest()
