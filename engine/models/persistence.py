"""Persistence: the forecast is the initial state at every lead."""

from typing import Any

import numpy as np
import torch

from engine.models.interface import state_of
from engine.schema.batch import Batch
from engine.schema.grid import Grid


class Persistence:
    """The model whose every lead is the initial state; it runs on any grid."""

    name = "persistence"
    label = "Persistence"
    uses_forcing = False
    precision = "float32"

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.provenance: dict[str, Any] = {"model": self.name}

    def prepare(self, batch: Batch) -> torch.Tensor:
        """Return the state of the initial batch with its gaps."""
        return state_of(batch)

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        """Return the state unchanged."""
        return state, None
