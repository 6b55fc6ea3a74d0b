"""A small ocean and a small model with known answers, for tests of what surrounds the real ones."""

from typing import Any

import numpy as np
import torch

from engine.models.interface import state_of
from engine.schema.batch import TIME_STEP, Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import FORCING, PROGNOSTIC, VARIABLES

INIT_TIME = np.datetime64("2019-06-23", "D")


def toy_batch(grid: Grid, time: np.datetime64, seed: int = 0) -> Batch:
    """Return smooth fields whose values lie between the steps of packing, NaN in dry cells."""
    phase = np.deg2rad(grid.lon) * (3 + seed)
    wave = (np.cos(np.deg2rad(grid.lat))[:, None] * np.sin(phase)).astype(np.float32)
    fade = np.exp(-grid.depth / 300)[:, None, None].astype(np.float32)
    centre = {"thetao": 15.0, "so": 35.0, "uo": 0.0, "vo": 0.1, "zos": 0.2}
    fields = {}
    for name in PROGNOSTIC:
        has_levels = bool(VARIABLES[name].depths)
        values = centre[name] + 0.7312 * wave * (fade if has_levels else 1)
        fields[name] = np.where(grid.wet if has_levels else grid.wet_surface, values, np.nan)
    return Batch(fields, grid, time)


class ToySource:
    """States of the toy ocean on any day of 2019; the reference of a day is its state."""

    name = "toy"
    label = "Toy ocean"
    forcing_kind = "synthetic"

    def __init__(self, grid: Grid | None = None) -> None:
        self.grid = grid or coarsened(8)
        self.provenance: dict[str, Any] = {"seed": 0}

    def init_times(self) -> np.ndarray:
        return np.arange("2019-01-01", "2020-01-01", dtype="datetime64[D]")

    def state(self, time: np.datetime64) -> Batch:
        return toy_batch(self.grid, time)

    def forcing(self, time: np.datetime64) -> Batch:
        day = float((time - INIT_TIME) / np.timedelta64(1, "D"))
        return Batch({name: np.full(self.grid.shape, day, np.float32) for name in FORCING}, self.grid, time)

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        return None

    def reference(self, time: np.datetime64) -> Batch | None:
        return toy_batch(self.grid, time, seed=int((time - INIT_TIME) / np.timedelta64(1, "D")))


class ToyModel:
    """Turns the ocean eastward by a cell a day and warms it by a thirtieth of packing's step times the forcing.

    A run that is resumed from packed fields, or that forgets the day it stopped at, ends in other numbers.
    """

    name = "small"
    label = "Toy model"
    uses_forcing = True
    precision = "float32"

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.provenance: dict[str, Any] = {"model": "toy", "weights_sha256": "0" * 64}

    def prepare(self, batch: Batch) -> torch.Tensor:
        return state_of(batch)

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        assert forcing is not None and target_forcing is not None
        assert forcing.time == time and target_forcing.time == time + TIME_STEP
        moved = torch.roll(torch.nan_to_num(state), 1, dims=-1) * 0.999
        moved += torch.from_numpy(target_forcing["u10"]) * 0.001 / 30
        return torch.where(torch.isnan(state), state, moved), None


def toy_load_model(name: str, grid: Grid, device: str = "auto", weights: object = None, precision: str = "auto") -> ToyModel:
    """Stand in for `engine.weights.loading.load_model`."""
    model = ToyModel(grid)
    model.precision = "float32" if precision == "auto" else precision
    return model
