"""Training of a head on stored samples with a frozen backbone: on one device, resumable, with averaged weights."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import torch
from torch import nn

from engine.runtime.errors import InputError
from engine.runtime.precision import computing
from engine.training.distributed import ProcessGroup
from engine.training.history import Record
from engine.training.loop import TrainingLoop
from engine.training.plans import rate_at
from engine.training.state import restored_state


@dataclass(frozen=True)
class HeadPlan:
    """`steps` updates of `batch` samples at rates up to `rate`; `averaging` is the share of the mean weights that each update
    keeps."""

    steps: int
    rate: float = 1e-3
    batch: int = 1
    averaging: float = 0.995
    weight_decay: float = 0.01

    def rate_at(self, step: int) -> float:
        """Return the learning rate of update `step` (from 0): a linear rise, then a cosine to a fiftieth."""
        return rate_at((step + 0.5) / self.steps, self.rate)


@dataclass(frozen=True)
class Score:
    """Loss of a head on one sample, that of the head's baseline, and errors over the baseline's by name."""

    loss: torch.Tensor
    baseline: float
    ratios: dict[str, float]


class Samples(Protocol):
    """The samples of a head, each a value that its objective reads."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def __getitem__(self, number: int) -> Any:
        """Return a sample; `number` counts from 0."""
        ...


Objective = Callable[[nn.Module, Any], Score]


class HeadTrainer(TrainingLoop):
    """A head in training; `folder` holds its state, from which a killed training resumes to the same weights.

    The samples of an update are drawn from (seed, update) alone. Raises InputError where there are no samples, ModelError
    where the loss is not finite.
    """

    def __init__(
        self,
        head: nn.Module,
        samples: Samples,
        objective: Objective,
        plan: HeadPlan,
        folder: Path,
        seed: int = 0,
        precision: str = "float32",
    ) -> None:
        if not len(samples):
            raise InputError("a head got no samples to learn from; expected stored days: build runs with `goms sample build`")
        super().__init__(folder, plan.steps, seed, ProcessGroup(device=next(head.parameters()).device))
        self.head, self.samples, self.objective, self.plan, self.precision = head, samples, objective, plan, precision
        self.average = deepcopy(head).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(head.parameters(), plan.rate, (0.9, 0.98), weight_decay=plan.weight_decay)

    def updates(self, last: int) -> AbstractContextManager[Callable[[], Record]]:
        """Give a function that makes the next update."""
        return nullcontext(self._update)

    def _update(self) -> Record:
        began, step = monotonic(), self.step
        self.set_rate(self.plan.rate_at(step))
        scores = []
        for number in self._drawn(step):
            with computing(self.group.device, self.precision):
                score = self.objective(self.head, self.samples[number])
            (score.loss / self.plan.batch).backward()
            scores.append(score)
        loss = float(sum(float(score.loss.detach()) for score in scores)) / len(scores)
        if loss != loss or loss in (float("inf"), float("-inf")):
            raise self.diverged("the head")
        self.learn(list(self.head.parameters()))
        self.move_mean(self.average.parameters(), self.head.parameters(), self.plan.averaging)
        ratios = {name: sum(score.ratios[name] for score in scores) / len(scores) for name in scores[0].ratios}
        baseline = sum(score.baseline for score in scores) / len(scores)
        return Record(step, loss, baseline, ratios, monotonic() - began)

    def _drawn(self, step: int) -> list[int]:
        """Return the samples of an update: every sample once an epoch, in a new order each epoch."""
        numbers = []
        for position in range(step * self.plan.batch, (step + 1) * self.plan.batch):
            epoch, place = divmod(position, len(self.samples))
            order = torch.randperm(len(self.samples), generator=torch.Generator().manual_seed(self.seed * 100_003 + epoch))
            numbers.append(int(order[place]))
        return numbers

    def weights(self) -> dict[str, Any]:
        """Return the head and the running mean of its weights."""
        return {"head": self.head.state_dict(), "average": self.average.state_dict()}

    def take_weights(self, state: dict[str, Any]) -> None:
        """Load the weights of a state."""
        self.head.load_state_dict(state["head"])
        self.average.load_state_dict(state["average"])

    def resume(self) -> None:
        """Resume from the state in the folder; raises as `restored_state` does."""
        with restored_state(self.folder) as state:
            self.take_over(state)
