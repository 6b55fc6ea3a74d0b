"""Training of a head on stored samples while the backbone stays as it is: alone on one device, resumable, averaged."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import torch
from torch import nn

from engine.runtime.errors import InputError, ModelError
from engine.runtime.precision import computing
from engine.training.history import Record
from engine.training.state import restored_state, save_state

LARGEST_GRADIENT = 1.0
SAVE_EVERY_SECONDS = 120.0
RISE = 0.04
"""Share of the updates in which the learning rate rises."""


@dataclass(frozen=True)
class HeadPlan:
    """`steps` updates of `batch` samples at rates up to `rate`; `averaging` is the share of the mean weights kept each time."""

    steps: int
    rate: float = 1e-3
    batch: int = 1
    averaging: float = 0.995
    weight_decay: float = 0.01

    def rate_at(self, step: int) -> float:
        """Return the learning rate of update `step` (from 0): a linear rise, then a cosine to a fiftieth."""
        part = (step + 0.5) / self.steps
        if part < RISE:
            return self.rate * max(part / RISE, 0.02)
        return self.rate * (0.02 + 0.98 * (0.5 + 0.5 * cos(pi * (part - RISE) / (1 - RISE))))


@dataclass(frozen=True)
class Score:
    """Loss of a head on one sample, that of the head's baseline, and errors over the baseline's by name."""

    loss: torch.Tensor
    baseline: float
    ratios: dict[str, float]


class Samples(Protocol):
    """What a head learns from: any number of samples, each a value that its objective understands."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def __getitem__(self, number: int) -> Any:
        """Return a sample; `number` counts from 0."""
        ...


Objective = Callable[[nn.Module, Any], Score]


class HeadTrainer:
    """A head in training; `folder` holds its state, from which a killed training goes on to the same weights.

    The samples of an update are drawn from (seed, update) alone. Raises InputError where there are no samples, ModelError
    where the loss is not finite any more.
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
        self.head, self.samples, self.objective, self.plan, self.folder, self.seed = head, samples, objective, plan, folder, seed
        self.precision = precision
        self.average = deepcopy(head).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(head.parameters(), plan.rate, (0.9, 0.98), weight_decay=plan.weight_decay)
        self.history: list[Record] = []

    @property
    def step(self) -> int:
        """Return the number of updates made."""
        return len(self.history)

    def run(self, last: int | None = None, report: Callable[[Record], None] | None = None) -> None:
        """Train to update `last` (default: the plan's end), saving the state every two minutes and at the end."""
        last = self.plan.steps if last is None else min(last, self.plan.steps)
        before = monotonic()
        while self.step < last:
            self.history.append(self._update())
            if report is not None:
                report(self.history[-1])
            if monotonic() - before > SAVE_EVERY_SECONDS or self.step == last:
                self.save()
                before = monotonic()

    def _update(self) -> Record:
        began, step = monotonic(), self.step
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(step)
        self.optimiser.zero_grad(set_to_none=True)
        scores = []
        for number in self._drawn(step):
            with computing(next(self.head.parameters()).device, self.precision):
                score = self.objective(self.head, self.samples[number])
            (score.loss / self.plan.batch).backward()
            scores.append(score)
        loss = float(sum(float(score.loss.detach()) for score in scores)) / len(scores)
        if loss != loss or loss in (float("inf"), float("-inf")):
            raise ModelError(f"training of the head diverged at update {step}; start again with a lower rate")
        nn.utils.clip_grad_norm_(self.head.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        kept = min(self.plan.averaging, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.head.parameters(), strict=True):
                mean.lerp_(value, 1 - kept)
        ratios = {name: sum(score.ratios[name] for score in scores) / len(scores) for name in scores[0].ratios}
        baseline = sum(score.baseline for score in scores) / len(scores)
        return Record(step, loss, baseline, ratios, monotonic() - began)

    def _drawn(self, step: int) -> list[int]:
        """Return the samples of an update: every sample once before any comes again, in an order of its own each time."""
        numbers = []
        for position in range(step * self.plan.batch, (step + 1) * self.plan.batch):
            epoch, place = divmod(position, len(self.samples))
            order = torch.randperm(len(self.samples), generator=torch.Generator().manual_seed(self.seed * 100_003 + epoch))
            numbers.append(int(order[place]))
        return numbers

    def save(self) -> None:
        """Write the training state, whole or not at all."""
        state = {
            "head": self.head.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "history": [vars(record) for record in self.history],
            "seed": self.seed,
        }
        save_state(self.folder, state)

    def resume(self) -> None:
        """Go on from the state in the folder; raises as `restored_state` does."""
        with restored_state(self.folder) as state:
            self.head.load_state_dict(state["head"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.history = [Record(**record) for record in state["history"]]
            self.seed = state["seed"]
