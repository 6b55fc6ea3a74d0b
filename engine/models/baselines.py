"""Baselines: the initial state, the climatology of the day of the year, and an initial anomaly that decays towards it."""

from typing import Any

import numpy as np
import torch

from engine.models.interface import state_of
from engine.physics.displaced_state import climatology
from engine.schema.batch import TIME_STEP, Batch
from engine.schema.channels import PROGNOSTIC_CHANNELS
from engine.schema.grid import Grid

DECAY_DAYS = {"thetao": 80.0, "so": 313.0, "uo": 47.0, "vo": 30.0, "zos": 107.0}
"""e-folding time of an anomaly in days, fitted on 15-day pairs of the training runs of the sample ocean (seeds 2, 3, 4)."""


class _Baseline:
    """A model without weights that runs on any grid and needs no atmosphere."""

    name: str
    uses_forcing = False
    precision = "float32"

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.provenance: dict[str, Any] = {"model": self.name}

    def prepare(self, batch: Batch) -> torch.Tensor:
        """Return the state of the initial batch with its gaps."""
        return state_of(batch)


class Persistence(_Baseline):
    """The model whose every lead is the initial state."""

    name = "persistence"
    label = "Persistence"

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        """Return the state unchanged."""
        return state, None


class Climatology(_Baseline):
    """The model whose every lead is the observed climatology of that day of the year."""

    name = "climatology"
    label = "Climatology"

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        """Return the climatology of the next day."""
        return state_of(climatology(self.grid, time + TIME_STEP)), None


class DampedPersistence(_Baseline):
    """The model whose anomaly from climatology decays exponentially, at a rate of its own for each variable."""

    name = "damped-persistence"
    label = "Damped persistence"

    def __init__(self, grid: Grid) -> None:
        super().__init__(grid)
        self.provenance = {"model": self.name, "fading_days": DECAY_DAYS}
        days = torch.tensor([DECAY_DAYS[channel.variable] for channel in PROGNOSTIC_CHANNELS])
        self._decay = torch.exp(-1 / days)[:, None, None]

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        """Return the climatology of the next day plus the decayed anomaly of today."""
        anomaly = state - state_of(climatology(self.grid, time))
        return anomaly.mul_(self._decay).add_(state_of(climatology(self.grid, time + TIME_STEP))), None
