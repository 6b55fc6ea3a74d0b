"""Rollouts of a network on sequences that are not used for training, by the code that makes forecasts."""

from dataclasses import dataclass

import numpy as np
import torch

from engine.models.evolution.operator import STATE
from engine.models.evolution.static_fields import StaticFields
from engine.models.forecaster import Forecaster
from engine.models.interface import MEMORY_FIELD, batch_of
from engine.models.network import Network
from engine.runtime.precision import AUTO
from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, channel_mask
from engine.schema.grid import Grid
from engine.training.dataset import Sequences, Statistics, unpack
from engine.training.distributed import ProcessGroup
from engine.training.history import WATCHED
from engine.training.losses import squared_error

LONGEST = 5
"""Most days of a validation rollout; set by hand."""


@dataclass(frozen=True, eq=False)
class Validation:
    """Validation of a network on held-back `sequences`, which the group shares."""

    sequences: Sequences
    grid: Grid
    static: StaticFields
    known: Statistics
    group: ProcessGroup
    precision: str = AUTO

    def ratios(self, network: Network) -> dict[str, float]:
        """Return the error over that of persistence on the last day of the rollouts, by watched channel; all must call it."""
        sums = torch.zeros(2, STATE, device=self.group.device)
        model = Forecaster(network, self.grid, self.known.normalisation, self.group.device, {}, self.static, self.precision)
        mask = torch.from_numpy(channel_mask(self.grid, PROGNOSTIC_CHANNELS)).to(self.group.device)
        area = torch.from_numpy(self.grid.cell_area / self.grid.cell_area.max()).to(self.group.device, torch.float32)
        tendency = torch.ones(STATE, device=self.group.device)
        for number in self.group.shard(len(self.sequences.paths)):
            prediction, start, target = (state[:STATE] for state in self._rollout(model, number))
            for row, state in enumerate((prediction, start)):
                sums[row] += squared_error(state, target, mask, area, tendency)
        errors, baselines = self.group.total(sums).cpu()
        return {name: float((errors[c] / baselines[c].clamp_min(1e-12)).sqrt()) for name, c in WATCHED.items()}

    def _rollout(self, model: Forecaster, number: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the last prediction, the initial state and the target (61 or more, h, w) of a sequence."""
        sequence, first = self.sequences.read(number), self.sequences.first_day(number)
        # The second day of a sequence has the change of sea level since the first.
        begin = 1 if len(sequence) > 2 else 0
        last = min(begin + LONGEST, len(sequence) - 1)

        state = model.prepare(self._initial(sequence, begin, first + begin))
        start = state.clone()
        for day in range(begin, last):
            airs = [self._air(sequence, known, first + known) for known in (day, day + 1)]
            state, _ = model.step(state, airs[0], airs[1], first + day)
        return state, start, unpack(sequence[last, :STATE]).to(self.group.device)

    def _initial(self, sequence: torch.Tensor, day: int, time: np.datetime64) -> Batch:
        batch = batch_of(unpack(sequence[day, :STATE]), self.grid, time)
        if day == 0:
            return batch
        before = unpack(sequence[day - 1, STATE - 1 : STATE], STATE - 1)[0].numpy()
        return batch.with_fields(**{MEMORY_FIELD: batch["zos"] - before})

    def _air(self, sequence: torch.Tensor, day: int, time: np.datetime64) -> Batch:
        fields = unpack(sequence[day, STATE:], STATE).numpy()
        return Batch(
            {channel.variable: values for channel, values in zip(FORCING_CHANNELS, fields, strict=True)}, self.grid, time
        )
