"""The autoregression: one state, one day at a time, each day yielded as soon as it is computed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from engine.models.interface import Model, batch_of
from engine.runtime.errors import InputError
from engine.schema.batch import TIME_STEP, Batch


@dataclass(frozen=True, eq=False)
class Step:
    """One lead of a forecast: `lead` in days from 1, its batch, and the features that heads read (None for baselines)."""

    lead: int
    batch: Batch
    features: torch.Tensor | None

    @property
    def restart(self) -> dict[str, np.ndarray]:
        """Return the float32 fields from which `rollout(..., start=(lead, restart))` continues exactly."""
        return dict(self.batch.fields)


def rollout(
    model: Model,
    batch: Batch,
    forcings: Callable[[np.datetime64], Batch],
    steps: int,
    start: tuple[int, Mapping[str, np.ndarray]] | None = None,
) -> Iterator[Step]:
    """Yield leads 1 to `steps` of the forecast from `batch`, or those after `start` = (lead, its restart fields).

    `forcings` gives the atmosphere (u10 v10 t2m msl sp) of a valid time; a model without forcing never calls it.
    Raises InputError where the batch lies on another grid than the model's.
    """
    if not batch.grid.same_as(model.grid):
        raise InputError(
            f"initial state of {batch.time} has the grid {batch.grid.shape}; model {model.name!r} runs on {model.grid.shape}: "
            "load the model for this grid or regrid the state"
        )
    first = 0
    if start is not None:
        first, fields = start
        batch = Batch(fields, model.grid, batch.time + first * TIME_STEP)
    time = batch.time
    state = model.prepare(batch)
    del batch, start  # the state holds all that is needed; both are large
    forcing = forcings(time) if model.uses_forcing and first < steps else None
    for lead in range(first + 1, steps + 1):
        target_forcing = forcings(time + TIME_STEP) if model.uses_forcing else None
        state, features = model.step(state, forcing, target_forcing, time)
        time, forcing = time + TIME_STEP, target_forcing
        yield Step(lead, batch_of(state, model.grid, time), features)
