"""Training: one-step pretraining on tendencies, then rollouts; alone or in a team, resumable to the same curve."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch

from engine.models.backbones.presets import Preset
from engine.models.evolution.static_fields import StaticFields
from engine.models.network import Network
from engine.runtime.errors import InputError
from engine.runtime.precision import AUTO, EARLIER_DEFAULT, PRECISIONS, choose_precision
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation
from engine.training.dataset import Sequences, Statistics, statistics
from engine.training.distributed import Team
from engine.training.history import WATCHED, Record
from engine.training.loader import Draw, Loader, Reader, pieces
from engine.training.loop import TrainingLoop
from engine.training.objective import Errors, Objective
from engine.training.plans import PLANS, Phase, Plan
from engine.training.state import restored_state
from engine.training.validation import Validation


class Trainer(TrainingLoop):
    """A network in training; `folder` holds its state, from which a killed training goes on.

    The same seed, data, plan and device kind give the same losses, whether or not the training was interrupted and by how
    many processes it is shared (to rounding), because all that is random in a sample is drawn from (seed, update, number).
    """

    def __init__(
        self,
        preset: Preset,
        grid: Grid,
        sequences: Sequences,
        folder: Path,
        plan: Plan | None = None,
        seed: int = 0,
        setting: StaticFields | None = None,
        known: Statistics | None = None,
        team: Team | None = None,
        precision: str = AUTO,
    ) -> None:
        self.plan = plan_of(preset) if plan is None else plan
        super().__init__(folder, self.plan.steps, seed, Team() if team is None else team)
        self.preset, self.grid = preset, grid
        if self.plan.batch % self.team.size:
            raise InputError(
                f"global batch is {self.plan.batch}; {self.team.size} processes need a multiple of {self.team.size}: add --batch"
            )
        self.sequences, held_back = sequences.hold_back()
        self.statistics = statistics(self.sequences, grid) if known is None else known
        torch.manual_seed(seed)
        self.network = self._new_network()
        self.team.align(self.network.state_dict().values())
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.parameters = list(self.network.parameters())
        self.optimiser = self.team.optimiser(self.parameters)
        setting = StaticFields.of(grid) if setting is None else setting
        # Processors may differ; what is learned together is computed alike.
        first, second = PRECISIONS
        self.precision = first if self.first_says(choose_precision(precision, self.team.device) == first) else second
        self.objective = Objective(self.network, grid, setting, self.statistics, self.plan.checkpointing, self.precision)
        self.draw = Draw(self.sequences, grid, preset.patch, preset.halo, self.plan, seed)
        self.validation = None
        if held_back is not None and self.plan.validate_every:
            self.validation = Validation(held_back, grid, setting, self.statistics, self.team, self.precision)
        self.waited = 0.0

    @contextmanager
    def updates(self, last: int) -> Iterator[Callable[[], Record]]:
        """Give what makes the next update, its data read ahead."""
        mine = self.team.mine(self.plan.batch)
        reader = Reader(self.draw, self.grid, self.statistics.normalisation)
        with Loader(pieces(reader, range(self.step, last), mine, len(mine) == 1), self.team.device) as loader:

            def update() -> Record:
                record = self._validated(self.update(loader, len(mine)))
                self.waited = loader.waited
                return record

            yield update

    def _validated(self, record: Record) -> Record:
        every = self.plan.validate_every
        if self.validation is None or (record.step + 1) % every:
            return record
        return replace(record, validation=self.validation.ratios(self.averaged()))

    def update(self, loader: Loader, samples: int) -> Record:
        """Make one update of `samples` samples in this process, their data taken from `loader`, and return its record."""
        started = monotonic()
        phase, rate = self.plan.at(self.step)
        self.set_rate(rate)
        learn = self._learn_from_windows if self.preset.halo else self._learn_from_globes
        errors, persistence = learn(loader, samples, phase)
        weights = self.network.state_dict()
        self.move_mean([self.average[name] for name in weights], weights.values(), self.plan.averaging)
        ratios = {name: float((errors[0, c] / persistence[0, c].clamp_min(1e-9)).sqrt()) for name, c in WATCHED.items()}
        loss, baseline = (float(self.objective.loss(part)) for part in (errors, persistence))
        return Record(self.step, loss, baseline, ratios, monotonic() - started)

    def _learn_from_windows(self, loader: Loader, samples: int, phase: Phase) -> Errors:
        """Let the projection learn in rounds over windows, then the backbone once; return the mean errors of all rounds."""
        rounds = self.plan.windows_of(phase).rounds
        # The graphs of many passes would not fit into memory; those of one do, and need not be computed twice.
        keeps_pass = samples == 1
        with torch.set_grad_enabled(keeps_pass):
            passes = [self.objective.modulation(loader.take_globe(), phase.masked) for _ in range(samples)]
        # The rounds see the modulations as given; what they ask of them goes back through the backbone in one pass.
        given = [modulation.detach().requires_grad_() for modulation in passes]
        means = []
        for _ in range(rounds):
            results = []
            for modulation in given:
                windows = [self.objective.window_errors(excerpt, modulation) for excerpt in loader.take_excerpts()]
                results.append(self._backward(_mean(windows)))
            means.append(self._shared(_mean(results)))
            self.learn(self.parameters)
        for number, modulation in enumerate(given):
            again = passes[number] if keeps_pass else self.objective.modulation(loader.take_globe(), phase.masked)
            if modulation.grad is not None:
                again.backward(modulation.grad / rounds)
        self.learn(self.parameters)
        return _mean(means)

    def _learn_from_globes(self, loader: Loader, samples: int, phase: Phase) -> Errors:
        """Let the whole network learn from rollouts of whole globes; return the mean errors."""
        results = []
        for _ in range(samples):
            (excerpt,) = loader.take_excerpts()
            results.append(self._backward(self.objective.globe_errors(excerpt, phase.masked)))
        errors = self._shared(_mean(results))
        self.learn(self.parameters)
        return errors

    def _backward(self, result: Errors) -> Errors:
        errors, persistence = result
        (self.objective.loss(errors) / self.plan.batch).backward()
        return errors.detach(), persistence

    def _shared(self, result: Errors) -> Errors:
        """Return the team's mean errors; raises ModelError, in all processes alike, where one of them is not finite."""
        errors, persistence = self.team.total(torch.stack(result)) / self.team.size
        if not torch.isfinite(errors).all():
            raise self.diverged(repr(self.preset.name))
        return errors, persistence

    def weights(self) -> dict[str, Any]:
        """Return the network, the running mean of its weights, and what it is made of."""
        return {
            "network": self.network.state_dict(),
            "average": self.average,
            "normalisation": self.statistics.normalisation.to_dict(),
            "tendency": self.statistics.tendency.tolist(),
            "preset": self.preset.to_dict(),
            "precision": self.precision,
        }

    def take_weights(self, state: dict[str, Any]) -> None:
        """Go on from the weights of a state."""
        self.network.load_state_dict(state["network"])
        self.average = state["average"]

    @staticmethod
    def resume(
        grid: Grid,
        sequences: Sequences,
        folder: Path,
        plan: Plan | None = None,
        setting: StaticFields | None = None,
        team: Team | None = None,
        precision: str = AUTO,
    ) -> "Trainer":
        """Return the training saved in `folder`, whatever team saved it; raises as `restored_state` does.

        It goes on in the precision in which it began unless another is given.
        """
        team = Team() if team is None else team
        with restored_state(folder, team.device) as state:
            normalisation = Normalisation.from_dict(state["normalisation"])
            known = Statistics(normalisation, np.array(state["tendency"], dtype=np.float32))
            preset = Preset.from_dict(state["preset"])
            if precision == AUTO:
                precision = state.get("precision", EARLIER_DEFAULT)
            trainer = Trainer(preset, grid, sequences, folder, plan, state["seed"], setting, known, team, precision)
            trainer.take_over(state)
        return trainer

    def averaged(self) -> Network:
        """Return a network with the running mean of the weights."""
        network = self._new_network()
        network.load_state_dict(self.average)
        return network

    def _new_network(self) -> Network:
        network = Network(self.preset, self.grid.shape, self.statistics.normalisation, self.statistics.tendency)
        return network.to(self.team.device)


def plan_of(preset: Preset) -> Plan:
    """Return how a preset is trained; raises InputError where nobody has said it."""
    if preset.name not in PLANS:
        raise InputError(f"preset {preset.name!r} has no training plan; expected one of {', '.join(PLANS)}")
    return PLANS[preset.name]


def _mean(results: list[Errors]) -> Errors:
    errors, persistence = (torch.stack(part).mean(0) for part in zip(*results, strict=True))
    return errors, persistence
