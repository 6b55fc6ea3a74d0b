"""What was scored stays scored: results by start, kept as long as the same run gives the same truth."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from engine.physics.displaced_state import displaced_state
from engine.runtime.atomic import replacing
from engine.runtime.paths import cache_folder
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_date
from engine.schema.variables import PROGNOSTIC
from sample_data.runs.field_archive import KEY_EVERY, file_of_day
from sample_data.runs.run import Run
from sample_data.weather.atmosphere import forcing

SCORING = 1
"""Raised by hand when statistics, the floor's dynamics or the sea level of the weather change."""

PROBE_DAY = 240
PROBE_STEPS = {"thetao": 1e-3, "so": 1e-3, "uo": 1e-4, "vo": 1e-4, "zos": 1e-4}


class Shelf:
    """Results in a folder of files; a file is whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str) -> Any:
        """Return what is kept under `name`, None where nothing is."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def has(self, name: str) -> bool:
        """Return whether something is kept under `name`."""
        return (self.folder / f"{name}.json").exists()

    def put(self, name: str, value: Any) -> None:
        """Keep a value that JSON can hold; arrays become lists, numbers are kept to nine figures."""
        with replacing(self.folder / f"{name}.json", shared=True) as temporary:
            temporary.write_text(json.dumps(_plain(value)))

    def or_make(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what is kept under `name`, made and kept first where nothing is."""
        found = self.get(name)
        if found is None:
            self.put(name, make())
            found = self.get(name)
        return found


class Kept(Shelf):
    """Results of one run on one grid."""

    def __init__(self, run: Run, grid: Grid, folder: Path | None = None) -> None:
        self.run, self.grid = run, grid
        super().__init__((folder or cache_folder() / "skill") / f"sample-{run.seed}-{grid.shape[0]}x{grid.shape[1]}")

    @cached_property
    def _rebuilding(self) -> str:
        """Return what stands for the code that turns stored surface fields into states, by its values on a small case."""
        grid = coarsened(24)
        lat, lon = np.deg2rad(grid.lat)[:, None], np.deg2rad(grid.lon)[None]
        air = forcing(self.run.seed, PROBE_DAY, grid)
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
            # Rounded: another order of the same sums is no other truth.
            content.update(np.rint(np.nan_to_num(state[name], nan=-99) / PROBE_STEPS[name]).astype(np.int32).tobytes())
        return content.hexdigest()

    def fingerprint(self, day: int, longest: int) -> str:
        """Return what the truth of `longest` days from `day` depends on: the stored bytes and the code that rebuilds states."""
        content = hashlib.sha256(f"{SCORING} {self.run.seed} {self.grid.shape} {self._rebuilding}".encode())
        before = max(day - 1, self.run.days.start)
        for stored in range(before - before % KEY_EVERY, day + longest + 1):
            content.update(file_of_day(self.run.folder, stored).read_bytes())
        return content.hexdigest()[:12]


def short_hash(value: Any) -> str:
    """Return six letters that stand for a value that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:6]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value
