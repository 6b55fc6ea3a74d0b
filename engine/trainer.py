"""Training: one-step pretraining on tendencies, then rollouts over windows; resumable to the same curve."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.dataset import Sequences, Statistics, statistics, unpack
from engine.errors import InputError, ModelError
from engine.grid import Grid
from engine.losses import channel_weights, squared_error
from engine.models.air import air_from
from engine.models.evolution import STATE
from engine.models.masking import visible_tokens
from engine.models.network import Network
from engine.models.presets import Preset
from engine.models.season import Season
from engine.models.setting import Setting
from engine.models.window import Window, bands, crop
from engine.normalisation import Normalisation
from engine.plans import PLANS, Phase, Plan

LARGEST_GRADIENT = 1.0
SAVE_EVERY_SECONDS = 120.0
LEAST_WATER = 0.4
"""Share of a window that is ocean, else another is drawn."""

WATCHED = {"zos": 60, "thetao 0 m": 0, "thetao 100 m": 7, "so 0 m": 15, "uo 0 m": 30, "uo 300 m": 42}
"""Channels whose error against persistence is written down at each update."""


@dataclass(frozen=True)
class Record:
    """One update: its loss and the error of the first day over that of persistence, by watched channel."""

    step: int
    loss: float
    persistence_loss: float
    ratios: dict[str, float]
    seconds: float


class Trainer:
    """A network in training; `folder` holds its state, from which a killed training goes on.

    The same seed, data and plan give the same losses, whether or not the training was interrupted, because all that is
    random in an update is drawn from a generator seeded by (seed, update).
    """

    def __init__(
        self,
        preset: Preset,
        grid: Grid,
        sequences: Sequences,
        folder: Path,
        plan: Plan | None = None,
        seed: int = 0,
        setting: Setting | None = None,
        known: Statistics | None = None,
    ) -> None:
        self.preset, self.grid, self.sequences, self.folder, self.seed = preset, grid, sequences, folder, seed
        self.plan = PLANS[preset.name] if plan is None else plan
        longest = max(phase.horizon for phase in self.plan.phases)
        if sequences.length <= longest:
            raise InputError(
                f"training sequences in {sequences.folder} have {sequences.length} days; the plan needs {longest + 1}: "
                "remove the folder and prepare them again"
            )
        self.statistics = statistics(sequences, grid) if known is None else known
        torch.manual_seed(seed)
        self.network = Network(preset, grid.shape, self.statistics.normalisation, self.statistics.tendency)
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(self.network.parameters(), betas=(0.9, 0.98), weight_decay=1e-4)
        self.setting = Setting.of(grid) if setting is None else setting
        self.season = Season(grid, preset.patch)
        self.mask = torch.from_numpy(channel_mask(grid, PROGNOSTIC_CHANNELS))
        self.area = torch.from_numpy(grid.cell_area / grid.cell_area.max()).to(torch.float32)
        self.weights = torch.from_numpy(channel_weights(PROGNOSTIC_CHANNELS))
        self.tendency = torch.from_numpy(self.statistics.tendency)
        self.history: list[Record] = []

    @property
    def step(self) -> int:
        """Return the number of updates made."""
        return len(self.history)

    def run(
        self, last: int | None = None, report: Callable[[Record], None] | None = None, saved: Callable[[], None] | None = None
    ) -> None:
        """Train to update `last` (default: the plan's end), saving the state every two minutes and at the end."""
        last = self.plan.steps if last is None else min(last, self.plan.steps)
        before = time.monotonic()
        while self.step < last:
            record = self.update()
            self.history.append(record)
            if report is not None:
                report(record)
            if time.monotonic() - before > SAVE_EVERY_SECONDS or self.step == last:
                self.save()
                before = time.monotonic()
                if saved is not None:
                    saved()

    def update(self) -> Record:
        """Make one update and return its record."""
        started = time.monotonic()
        phase, rate = self.plan.at(self.step)
        random = np.random.default_rng([self.seed, self.step])
        number = int(random.integers(len(self.sequences.paths)))
        sequence = self.sequences.read(number)
        day = int(random.integers(self.sequences.length - phase.horizon))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16):
            modulation = self._modulation(sequence, day, self.sequences.first_day(number) + day, phase, random)
        # The rounds see the modulation as given; what they ask of it goes back through the backbone in one pass.
        given = modulation.detach().requires_grad_()
        rounds = [self._round(sequence, day, phase, given, random) for _ in range(self.plan.rounds)]
        if given.grad is not None:
            modulation.backward(given.grad / self.plan.rounds)
        self._learn()
        kept = min(self.plan.averaging, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.average[name].lerp_(value, 1 - kept)
        errors, persistence = (torch.stack(part).mean(0) for part in zip(*rounds, strict=True))
        ratios = {name: float((errors[0, c] / persistence[0, c].clamp_min(1e-9)).sqrt()) for name, c in WATCHED.items()}
        loss, baseline = (float((part * self.weights).sum(1).mean()) for part in (errors, persistence))
        return Record(self.step, loss, baseline, ratios, time.monotonic() - started)

    def _round(
        self, sequence: torch.Tensor, day: int, phase: Phase, modulation: torch.Tensor, random: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Let the projection learn from some windows; return errors of the network and of persistence (horizon, c)."""
        with torch.autocast("cpu", torch.bfloat16):
            losses = [self._window_loss(sequence, day, phase, modulation, random) for _ in range(self.plan.windows)]
        errors, persistence = (torch.stack(part).mean(0) for part in zip(*losses, strict=True))
        loss = (errors * self.weights).sum(1).mean()
        if not torch.isfinite(loss):
            raise ModelError(f"training of {self.preset.name!r} diverged at update {self.step}; start again with a lower rate")
        loss.backward()
        self._learn()
        return errors.detach(), persistence

    def _learn(self) -> None:
        """Move those weights that have a gradient."""
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def _modulation(
        self, sequence: torch.Tensor, day: int, time: np.datetime64, phase: Phase, random: np.random.Generator
    ) -> torch.Tensor:
        tokens = []
        first, last = self.statistics.normalisation.mean[STATE:], self.statistics.normalisation.std[STATE:]
        mean, std = (torch.from_numpy(values).view(-1, 1, 1) for values in (first, last))
        for band in bands(*self.grid.shape, 10 * self.preset.patch):
            setting = self.setting.cut(band, 0)
            state = unpack(band.cut(sequence[day, :STATE], 0))
            air = (unpack(band.cut(sequence[day + 1, STATE:], 0), STATE) - mean) / std
            tokens.append(self.network.embed(state, air, setting))
        visible = None
        if phase.masked:
            count = sum(part.shape[1] for part in tokens)
            generator = torch.Generator().manual_seed(int(random.integers(2**31)))
            visible = visible_tokens(count, phase.masked, generator)
        return self.network.modulation(self.network.features(torch.cat(tokens, dim=1), visible), self.season.change(time))

    def _window_loss(
        self, sequence: torch.Tensor, day: int, phase: Phase, modulation: torch.Tensor, random: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Errors of the network and of persistence (horizon, c) on one random window."""
        inner, halo = self._draw(random), self.preset.halo
        rim = phase.horizon * halo
        wide = self.setting.cut(inner, rim)
        wet = torch.cat([wide.wet.repeat(4, 1, 1), wide.wet[:1]])
        state = unpack(inner.cut(sequence[day, :STATE], rim)) * wet
        start = crop(state, rim)
        lat = wide.lat[:, 0].double().numpy()
        air = self._air(inner.cut(sequence[day, STATE:], rim), lat)
        errors, baselines = [], []
        for ahead in range(1, phase.horizon + 1):
            rest = (phase.horizon - ahead) * halo
            rows = lat[(ahead - 1) * halo :][: inner.rows + 2 * (rest + halo)]
            target_air = self._air(inner.cut(sequence[day + ahead, STATE:], rest + halo), rows)
            window = Window(inner.row - rest, inner.rows + 2 * rest, inner.column - rest, inner.columns + 2 * rest)
            setting = self.setting.cut(window, halo)
            state = self.network.advance(state, air, target_air, modulation, setting, window)
            mask = window.cut(self.mask, 0)
            state = torch.where(mask, state, 0.0)
            air = crop(target_air, halo)
            target = unpack(inner.cut(sequence[day + ahead, :STATE], 0))
            checks = (inner.cut(self.mask, 0), inner.cut(self.area, 0), self.tendency)
            errors.append(squared_error(crop(state, rest), target, *checks))
            with torch.no_grad():
                baselines.append(squared_error(start, target, *checks))
        return torch.stack(errors), torch.stack(baselines)

    def _air(self, packed: torch.Tensor, lat: np.ndarray) -> torch.Tensor:
        return air_from(unpack(packed, STATE).numpy(), lat, self.statistics.normalisation)

    def _draw(self, random: np.random.Generator) -> Window:
        """A random window, its corner on a patch corner, with enough water in it."""
        height, width = self.grid.shape
        patch = self.preset.patch
        rows, columns = min(self.plan.rows, height), min(self.plan.columns, width)
        wet = self.mask[0]
        for _ in range(100):
            row = patch * int(random.integers((height - rows) // patch + 1))
            window = Window(row, rows, patch * int(random.integers(width // patch)), columns)
            if window.cut(wet, 0).float().mean() >= LEAST_WATER:
                break
        return window

    def save(self) -> None:
        """Write the training state atomically."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "network": self.network.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "history": [vars(record) for record in self.history],
            "normalisation": self.statistics.normalisation.to_dict(),
            "tendency": self.statistics.tendency.tolist(),
            "preset": self.preset.to_dict(),
            "seed": self.seed,
        }
        temporary = self.folder / "state.writing"
        torch.save(state, temporary)
        temporary.replace(self.folder / "state.pt")

    @staticmethod
    def resume(
        grid: Grid, sequences: Sequences, folder: Path, plan: Plan | None = None, setting: Setting | None = None
    ) -> "Trainer":
        """Return the training saved in `folder`; raises InputError where there is none."""
        path = folder / "state.pt"
        if not path.exists():
            raise InputError(f"no training to resume in {folder}; expected {path.name}: start without --resume")
        state = torch.load(path, weights_only=True)
        normalisation = Normalisation.from_dict(state["normalisation"])
        known = Statistics(normalisation, np.array(state["tendency"], dtype=np.float32))
        preset = Preset.from_dict(state["preset"])
        trainer = Trainer(preset, grid, sequences, folder, plan, state["seed"], setting, known)
        trainer.network.load_state_dict(state["network"])
        trainer.average = state["average"]
        trainer.optimiser.load_state_dict(state["optimiser"])
        trainer.history = [Record(**record) for record in state["history"]]
        return trainer

    def averaged(self) -> Network:
        """Return a network with the running mean of the weights."""
        network = Network(self.preset, self.grid.shape, self.statistics.normalisation, self.statistics.tendency)
        network.load_state_dict(self.average)
        return network
