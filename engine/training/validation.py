"""Rollouts of a network on days that are not used for training, by the code that makes forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engine.models.evolution.operator import STATE
from engine.models.evolution.static_fields import StaticFields
from engine.models.forecaster import Forecaster
from engine.models.interface import MEMORY_FIELD, batch_of
from engine.models.network import Network
from engine.physics.climatology import Atlas
from engine.runtime.precision import AUTO
from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, channel_mask
from engine.schema.grid import Grid
from engine.training.days.packing import unpack
from engine.training.days.runs import Run
from engine.training.distributed import ProcessGroup
from engine.training.history import WATCHED
from engine.training.loader import AIR, OCEAN, SEA_LEVEL
from engine.training.losses import squared_error
from engine.training.statistics import Statistics

LONGEST = 5
"""Most days of a validation rollout; set by hand."""

MOST = 16
"""Most rollouts of a validation; set by hand."""


def rollouts(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return up to `MOST` pieces of `runs`, evenly far apart: the days of a rollout, and one before it where there is one."""
    length = LONGEST + 2
    pieces = [run.part(begin, begin + length) for run in runs for begin in range(0, max(len(run) - length, 0) + 1, length)]
    pieces = [piece for piece in pieces if len(piece) > 1]
    chosen = np.unique(np.linspace(0, len(pieces) - 1, min(MOST, len(pieces))).round().astype(int))
    return tuple(pieces[number] for number in chosen)


@dataclass(frozen=True, eq=False)
class Validation:
    """Validation of a network on `runs` that are not used for training, a rollout on each, which the group shares."""

    runs: tuple[Run, ...]
    grid: Grid
    static: StaticFields
    known: Statistics
    group: ProcessGroup
    precision: str = AUTO
    mean: Atlas | None = None

    def ratios(self, network: Network) -> dict[str, float]:
        """Return the error over that of persistence on the last day of the rollouts, by watched channel; all must call it."""
        sums = torch.zeros(2, STATE, device=self.group.device)
        known, device = self.known.normalisation, self.group.device
        model = Forecaster(network, self.grid, known, device, {}, self.static, self.precision, self.mean)
        mask = torch.from_numpy(channel_mask(self.grid, PROGNOSTIC_CHANNELS)).to(self.group.device)
        area = torch.from_numpy(self.grid.cell_area / self.grid.cell_area.max()).to(self.group.device, torch.float32)
        tendency = torch.ones(STATE, device=self.group.device)
        for number in self.group.shard(len(self.runs)):
            prediction, start, target = (state[:STATE] for state in self._rollout(model, self.runs[number]))
            for row, state in enumerate((prediction, start)):
                sums[row] += squared_error(state, target, mask, area, tendency)
        errors, baselines = self.group.total(sums).cpu()
        return {name: float((errors[c] / baselines[c].clamp_min(1e-12)).sqrt()) for name, c in WATCHED.items()}

    def _rollout(self, model: Forecaster, run: Run) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the last prediction, the initial state and the target (61 or more, h, w) of a run."""
        # The second day of a run has the change of sea level since the first.
        begin = 1 if len(run) > 2 else 0
        last = min(begin + LONGEST, len(run) - 1)

        state = model.prepare(self._initial(run, begin))
        start = state.clone()
        for day in range(begin, last):
            state, _ = model.step(state, self._air(run, day), self._air(run, day + 1), run.first + day)
        return state, start, unpack(run.whole(last, OCEAN)).to(self.group.device)

    def _initial(self, run: Run, day: int) -> Batch:
        batch = batch_of(unpack(run.whole(day, OCEAN)), self.grid, run.first + day)
        if day == 0:
            return batch
        before = unpack(run.whole(day - 1, SEA_LEVEL), STATE - 1)[0].numpy()
        return batch.with_fields(**{MEMORY_FIELD: batch["zos"] - before})

    def _air(self, run: Run, day: int) -> Batch:
        time, fields = run.first + day, unpack(run.whole(day, AIR), STATE).numpy()
        return Batch(
            {channel.variable: values for channel, values in zip(FORCING_CHANNELS, fields, strict=True)}, self.grid, time
        )
