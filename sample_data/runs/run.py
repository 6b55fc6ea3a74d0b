"""A run of the sample ocean on disk: any day's sea surface height, surface temperature and salinity."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from sample_data.runs.field_archive import KEY_EVERY, STEPS, file_of_day, from_steps, read_change, to_steps, write_day

FORMAT = "goms-sample-run-1"
_REMEMBERED = 3
"""Last read days kept in memory for each field, so that reading day after day decodes each file once."""


@dataclass(frozen=True, eq=False)
class Run:
    """Stored days of one seed on one global grid; fields are (h, w) float32, NaN on land.

    `days` lists the sample days that can be read, ascending. Safe to open while `goms sample build` still adds days.
    """

    folder: Path
    seed: int
    grid: Grid
    _recent: dict[str, dict[int, np.ndarray]] = field(default_factory=dict, repr=False)

    @staticmethod
    def open(folder: Path) -> "Run":
        """Return the run in `folder`; raises InputError when there is none or its mask is not the grid's."""
        folder = Path(folder)
        try:
            card = json.loads((folder / "run.json").read_text())
            seed, factor, cells = card["seed"], card["factor"], card["wet_cells"]
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{folder} holds no run of the sample ocean ({error}); make one with `goms sample build`") from None
        if card.get("format") != FORMAT:
            raise InputError(f"run {folder} has format {card.get('format')!r}, expected {FORMAT!r}; build it again")
        grid = coarsened(factor)
        if cells != int(grid.wet_surface.sum()):
            raise InputError(f"run {folder} has {cells} wet cells, the grid {int(grid.wet_surface.sum())}; build it again")
        return Run(folder, seed, grid)

    @staticmethod
    def create(folder: Path, seed: int, grid: Grid) -> "Run":
        """Return the run in `folder`, created empty if new; raises InputError when it is another seed's or another grid's."""
        folder = Path(folder)
        if not (folder / "run.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            card = {
                "format": FORMAT,
                "label": "sample ocean - simulation, not for navigation",
                "seed": seed,
                "factor": 720 // grid.shape[0],
                "wet_cells": int(grid.wet_surface.sum()),
                "steps": STEPS,
            }
            with replacing(folder / "run.json") as temporary:
                temporary.write_text(json.dumps(card, indent=1) + "\n")
        run = Run.open(folder)
        if run.seed != seed or not run.grid.same_as(grid):
            raise InputError(f"run {folder} is seed {run.seed} on {run.grid.shape}; expected seed {seed} on {grid.shape}")
        return run

    @property
    def days(self) -> range:
        """Return the stored sample days, the longest sequence without gaps from the first one."""
        present = {int(path.stem[4:]) for path in self.folder.glob("day-*.zst")}
        if not present:
            return range(0)
        first = last = min(present)
        while last + 1 in present:
            last += 1
        return range(first, last + 1)

    def zos(self, day: int) -> np.ndarray:
        """Return sea surface height (h, w) in m."""
        return self._field("zos", day)

    def surface_temperature(self, day: int) -> np.ndarray:
        """Return mixed-layer temperature (h, w) in degC."""
        return self._field("surface_temperature", day)

    def surface_salinity(self, day: int) -> np.ndarray:
        """Return mixed-layer salinity (h, w)."""
        return self._field("surface_salinity", day)

    def _field(self, name: str, day: int) -> np.ndarray:
        result = np.full(self.grid.shape, np.nan, np.float32)
        result[self.grid.wet_surface] = from_steps(name, self.steps(name, day))
        return result

    def steps(self, name: str, day: int) -> np.ndarray:
        """Return field `name` of `day` as stored whole steps (wet cells,), int16."""
        recent = self._recent.setdefault(name, {})
        pending = []
        back = day
        while back not in recent:
            key, change = read_change(self.folder, back, name)
            pending.append(change)
            if key:
                break
            back -= 1
        value = recent[back] if back in recent else np.zeros_like(pending[-1])
        for change in reversed(pending):
            value = value + change
        recent[day] = value
        while len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]
        return value

    def append(self, day: int, fields: Mapping[str, np.ndarray]) -> None:
        """Store `fields` (h, w) of `day`: the next one, or one that is stored already, which is not changed."""
        if file_of_day(self.folder, day).exists():
            return
        wet = self.grid.wet_surface
        steps = {name: to_steps(name, fields[name][wet]) for name in STEPS}
        previous = None if day % KEY_EVERY == 0 else {name: self.steps(name, day - 1) for name in STEPS}
        write_day(self.folder, day, steps, previous)
        for name in STEPS:
            self._recent.setdefault(name, {})[day] = steps[name]
