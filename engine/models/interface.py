"""The interface of every model to the rest of the engine: a state, a step of one day, and batches from states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.schema.batch import Batch
from engine.schema.channels import PROGNOSTIC_CHANNELS, to_array
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS, MEMORY, PROGNOSTIC

if TYPE_CHECKING:
    import torch

MEMORY_FIELD = MEMORY[0]
"""Change of sea level in the day before, which a network reads; batches hold it so that a forecast can continue exactly."""


class Model(Protocol):
    """A forecast model; its state is a tensor (61 or more, h, w) float32 in physical units, NaN in dry cells.

    The first 61 planes are the prognostic channels; a network adds the change of sea level in the day before.
    """

    name: str
    label: str
    provenance: dict[str, Any]
    grid: Grid
    uses_forcing: bool
    precision: str
    """Number format of matrix products, see `engine.runtime.precision`; a baseline has none."""

    def prepare(self, batch: Batch) -> torch.Tensor:
        """Return the state (61, h, w) of an initial batch on this model's grid."""
        ...

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the state one day after `time` and the features (d, h / 8, w / 8), None where the model has none.

        `forcing` is the atmosphere at `time`, `target_forcing` that one day later; None where `uses_forcing` is False.
        """
        ...


def state_of(batch: Batch, out: torch.Tensor | None = None) -> torch.Tensor:
    """Return the prognostic channels (61, h, w) of a batch, in `out` where it is given."""
    # Imported here: the page's server needs models by name alone, and importing torch takes a second or two.
    import torch

    return torch.from_numpy(to_array(batch, PROGNOSTIC_CHANNELS, None if out is None else out.numpy()))


def batch_of(state: torch.Tensor, grid: Grid, time: np.datetime64) -> Batch:
    """Return the batch of a state (61 or 62, h, w) without a copy where the state is in main memory."""
    array = state.cpu().numpy()
    levels = len(DEPTHS)
    fields = {name: array[start * levels : (start + 1) * levels] for start, name in enumerate(PROGNOSTIC[:-1])}
    surface = dict(zip((PROGNOSTIC[-1], MEMORY_FIELD), array[4 * levels :], strict=False))
    return Batch(fields | surface, grid, time)
