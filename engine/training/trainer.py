"""Training: one-step pretraining on tendencies, then rollouts; in one process or a group, resumable to the same losses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch

from engine.models.backbones.presets import Preset
from engine.models.evolution.static_fields import StaticFields
from engine.models.network import Network
from engine.physics.mean_fit import MeanState
from engine.physics.mean_state import mean_ocean
from engine.runtime.errors import InputError
from engine.runtime.precision import AUTO, EARLIER_DEFAULT, PRECISIONS, choose_precision
from engine.runtime.progress import Progress, no_progress
from engine.schema.normalisation import Normalisation
from engine.training.data import TrainingData
from engine.training.distributed import ProcessGroup
from engine.training.history import WATCHED, Record
from engine.training.loader import Draw, Loader, Reader, items
from engine.training.loop import TrainingLoop
from engine.training.objective import Errors, Objective
from engine.training.plans import PLANS, Phase, Plan
from engine.training.state import restored_state
from engine.training.statistics import Statistics, statistics
from engine.training.validation import Validation, rollouts


@dataclass(frozen=True, eq=False)
class Settings:
    """How a network is trained: each part has a default, the plan that of the preset.

    `static` are the fields of the grid, `known` statistics of the data, computed unless given, `precision` one that
    `choose_precision` accepts; a resumed training keeps its own unless another is given. `mean` is the mean state of the data on
    which the network stands, and which its weights carry; None for the shipped climatology.
    """

    plan: Plan | None = None
    seed: int = 0
    static: StaticFields | None = None
    known: Statistics | None = None
    group: ProcessGroup = field(default_factory=ProcessGroup)
    precision: str = AUTO
    mean: MeanState | None = None


class Trainer(TrainingLoop):
    """A network in training; `folder` holds its state, from which a killed training resumes.

    The same seed, data, plan and device kind give the same losses, whether or not the training was interrupted and by how
    many processes it is shared (to rounding), because every random number of a sample is drawn from (seed, update, number).
    """

    def __init__(
        self, preset: Preset, data: TrainingData, folder: Path, settings: Settings | None = None, progress: Progress = no_progress
    ) -> None:
        settings = Settings() if settings is None else settings
        self.plan, seed, grid = settings.plan or plan_of(preset), settings.seed, data.grid
        super().__init__(folder, self.plan.steps, seed, settings.group)
        self.preset, self.data, self.grid = preset, data, grid
        if self.plan.batch % self.group.size:
            raise InputError(
                f"global batch is {self.plan.batch}; {self.group.size} processes need a multiple of {self.group.size}: "
                "add --batch"
            )
        self.draw = Draw(data.train, grid, preset.patch, preset.halo, self.plan, seed)
        self.statistics = settings.known or statistics(data.train, grid, self.group, progress)
        torch.manual_seed(seed)
        self.network = self._new_network()
        self.group.align(self.network.state_dict().values())
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.parameters = list(self.network.parameters())
        self.optimiser = self.group.optimiser(self.parameters, self.plan.optimiser)
        self.largest_gradient = self.plan.largest_gradient
        self.mean = settings.mean
        ocean = None if self.mean is None else mean_ocean(self.mean)
        static = settings.static or StaticFields.of(grid, mean=ocean)
        # Processors may differ; all processes of a group compute in the same precision.
        first, second = PRECISIONS
        self.precision = first if self.first_says(choose_precision(settings.precision, self.group.device) == first) else second
        self.objective = Objective(
            self.network, grid, static, self.statistics, self.plan.checkpointing, self.precision, self.plan.loss, ocean
        )
        self.validation = None
        if self.plan.validate_every and (kept := rollouts(data.validation)):
            self.validation = Validation(kept, grid, static, self.statistics, self.group, self.precision, ocean)
        self.waited = 0.0

    @contextmanager
    def updates(self, last: int) -> Iterator[Callable[[], Record]]:
        """Give a function that makes the next update; its data are read ahead."""
        shard = self.group.shard(self.plan.batch)
        reader = Reader(self.draw, self.grid, self.statistics.normalisation)
        with Loader(items(reader, range(self.step, last), shard, len(shard) == 1), self.group.device) as loader:

            def update() -> Record:
                record = self._validated(self.update(loader, len(shard)))
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
        """Update the projection in rounds over windows, then the backbone once; return the mean errors of all rounds."""
        rounds = self.plan.windows_of(phase).rounds
        # The graphs of many passes would not fit into memory; the graph of one does, and is not computed twice.
        keeps_pass = samples == 1
        with torch.set_grad_enabled(keeps_pass):
            passes = [self.objective.modulation(loader.take_globe(), phase.masked) for _ in range(samples)]
        # The rounds use fixed modulations; their gradients go back through the backbone in one pass at the end.
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
        """Update the whole network from rollouts of whole globes; return the mean errors."""
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
        """Return the mean errors of the group; raises ModelError in all processes where one of them is not finite."""
        errors, persistence = self.group.total(torch.stack(result)) / self.group.size
        if not torch.isfinite(errors).all():
            raise self.diverged(repr(self.preset.name))
        return errors, persistence

    def weights(self) -> dict[str, Any]:
        """Return the network, the running mean of its weights, and their settings."""
        return {
            "network": self.network.state_dict(),
            "average": self.average,
            "normalisation": self.statistics.normalisation.to_dict(),
            "tendency": self.statistics.tendency.tolist(),
            "preset": self.preset.to_dict(),
            "precision": self.precision,
            "data": self.data.to_state(),
            "mean_state": _fingerprint(self.mean),
        }

    def take_weights(self, state: dict[str, Any]) -> None:
        """Load the weights of a state."""
        self.network.load_state_dict(state["network"])
        self.average = state["average"]

    @staticmethod
    def resume(data: TrainingData, folder: Path, settings: Settings | None = None) -> "Trainer":
        """Return the training saved in `folder` by a group of any size, with its seed, statistics and days.

        Raises as `restored_state` does, and InputError where a day of `data` or the mean state is not that of the beginning.
        """
        settings = Settings() if settings is None else settings
        with restored_state(folder, settings.group.device) as state:
            normalisation = Normalisation.from_dict(state["normalisation"])
            known = Statistics(normalisation, np.array(state["tendency"], dtype=np.float32))
            preset = Preset.from_dict(state["preset"])
            precision = state.get("precision", EARLIER_DEFAULT) if settings.precision == AUTO else settings.precision
            settings = replace(settings, seed=state["seed"], known=known, precision=precision)
            if (began := state.get("mean_state", "")) != (given := _fingerprint(settings.mean)):
                raise InputError(
                    f"the training in {folder} began with the mean state {began or 'of the shipped climatology'} and got "
                    f"{given or 'none'}: give the same with --mean, or start without --resume"
                )
            trainer = Trainer(preset, data.as_begun(state.get("data")), folder, settings)
            trainer.take_over(state)
        return trainer

    def averaged(self) -> Network:
        """Return a network with the running mean of the weights."""
        network = self._new_network()
        network.load_state_dict(self.average)
        return network

    def _new_network(self) -> Network:
        network = Network(self.preset, self.grid.shape, self.statistics.normalisation, self.statistics.tendency)
        return network.to(self.group.device)


def _fingerprint(mean: MeanState | None) -> str:
    return "" if mean is None else str(mean.attributes.get("fingerprint", mean.attributes.get("name", "without a name")))


def plan_of(preset: Preset) -> Plan:
    """Return the training plan of a preset; raises InputError where there is none."""
    if preset.name not in PLANS:
        raise InputError(f"preset {preset.name!r} has no training plan; expected one of {', '.join(PLANS)}")
    return PLANS[preset.name]


def _mean(results: list[Errors]) -> Errors:
    errors, persistence = (torch.stack(part).mean(0) for part in zip(*results, strict=True))
    return errors, persistence
