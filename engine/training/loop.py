"""The training loop of backbone and heads: updates in order, a state saved at intervals, the running mean of the weights."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import Any

import torch

from engine.runtime.errors import ModelError
from engine.training.distributed import ProcessGroup
from engine.training.history import Record
from engine.training.plans import LARGEST_GRADIENT
from engine.training.state import save_state

SAVE_EVERY_SECONDS = 120.0


class TrainingLoop(ABC):
    """A network in training; `folder` holds its state, from which a killed training resumes to the same weights.

    A subclass defines the update in `updates` and the weights of a state in `weights`.
    """

    optimiser: torch.optim.Optimizer
    largest_gradient: float | None = LARGEST_GRADIENT

    def __init__(self, folder: Path, steps: int, seed: int, group: ProcessGroup) -> None:
        self.folder, self.steps, self.seed, self.group = folder, steps, seed, group
        self.history: list[Record] = []

    @abstractmethod
    def updates(self, last: int) -> AbstractContextManager[Callable[[], Record]]:
        """Give a function that makes the next update and returns its record, up to update `last`."""

    @abstractmethod
    def weights(self) -> dict[str, Any]:
        """Return the entries of a state beside optimiser, history and seed."""

    @abstractmethod
    def take_weights(self, state: dict[str, Any]) -> None:
        """Load the weights of a state."""

    @property
    def step(self) -> int:
        """Return the number of updates made."""
        return len(self.history)

    def run(
        self, last: int | None = None, report: Callable[[Record], None] | None = None, saved: Callable[[], None] | None = None
    ) -> None:
        """Train to update `last` (default: the plan's end), saving the state every two minutes and at the end."""
        last = self.steps if last is None else min(last, self.steps)
        before = monotonic()
        with self.updates(last) as update:
            while self.step < last:
                self.history.append(update())
                if report is not None and self.group.is_first:
                    report(self.history[-1])
                # Saving gathers the optimiser's state from all processes.
                if self.first_says(monotonic() - before > SAVE_EVERY_SECONDS) or self.step == last:
                    self.save()
                    before = monotonic()
                    if saved is not None and self.group.is_first:
                        saved()

    def first_says(self, wish: bool) -> bool:
        """Return the value of the first process; all must call it."""
        return bool(self.group.total(torch.tensor(float(wish and self.group.is_first), device=self.group.device)) > 0)

    def set_rate(self, rate: float) -> None:
        """Set the learning rate of the next changes of the weights, and clear the gradients."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)

    def learn(self, parameters: list[torch.nn.Parameter]) -> None:
        """Update the weights that have a gradient, summed over the group."""
        self.group.add_gradients(parameters)
        if self.largest_gradient is not None:
            torch.nn.utils.clip_grad_norm_(parameters, self.largest_gradient)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def move_mean(self, means: Iterable[torch.Tensor], weights: Iterable[torch.Tensor], averaging: float) -> None:
        """Move the running mean of the weights; it keeps a share `averaging` of itself, less in the first updates."""
        kept = min(averaging, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, value in zip(means, weights, strict=True):
                mean.lerp_(value, 1 - kept)

    def diverged(self, name: str) -> ModelError:
        """Return the error of a training whose loss is not finite."""
        return ModelError(f"training of {name} diverged at update {self.step}; start again with a lower rate")

    def save(self) -> None:
        """Write the training state atomically, in the first process; all must call it."""
        optimiser = self.group.gather(self.optimiser)
        if self.group.is_first:
            history = [vars(record) for record in self.history]
            save_state(self.folder, {**self.weights(), "optimiser": optimiser, "history": history, "seed": self.seed})

    def take_over(self, state: dict[str, Any]) -> None:
        """Resume from a saved state."""
        self.take_weights(state)
        self.optimiser.load_state_dict(state["optimiser"])
        self.history = [Record(**record) for record in state["history"]]
        self.seed = state["seed"]
