"""The objective: errors of a rollout against the following days of the data."""

from functools import partial
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from engine.models.backbones.masking import visible_tokens
from engine.models.evolution.operator import STATE
from engine.models.evolution.season import Season, basis
from engine.models.evolution.static_fields import StaticFields
from engine.models.layers.fourier import FourierBlock
from engine.models.layers.window import Window, crop, row_blocks
from engine.models.network import Network
from engine.physics.climatology import Atlas
from engine.runtime.precision import computing
from engine.schema.batch import TIME_STEP
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.schema.grid import Grid
from engine.training.days.packing import unpack
from engine.training.loader import Excerpt, Globe
from engine.training.losses import Loss, RelativeLoss, TendencyLoss
from engine.training.statistics import Statistics

Errors = tuple[torch.Tensor, torch.Tensor]
"""Square errors of the network and of persistence (horizon, c), as the loss measures them."""


class Objective:
    """Errors of a network on items of training data, on the network's device, matrix products in `precision`.

    `loss` is that of a plan: `tendency` or `relative`; `mean` the mean ocean, the shipped climatology by default.
    """

    def __init__(
        self,
        network: Network,
        grid: Grid,
        static: StaticFields,
        known: Statistics,
        checkpointing: bool,
        precision: str,
        loss: str = "tendency",
        mean: Atlas | None = None,
    ) -> None:
        self.network, self.halo = network, network.preset.halo
        self.device, self.precision = network.mean.device, precision
        self.static = static.to(self.device)
        self.season = Season(grid, network.preset.patch, mean)
        self.mask = torch.from_numpy(channel_mask(grid, PROGNOSTIC_CHANNELS)).to(self.device)
        self.area = torch.from_numpy(grid.cell_area / grid.cell_area.max()).to(self.device, torch.float32)
        self._loss: Loss = TendencyLoss(PROGNOSTIC_CHANNELS, torch.from_numpy(known.tendency).to(self.device))
        if loss == "relative":
            self._loss = RelativeLoss(network.mean[:STATE], network.std[:STATE])
        self._step: Any = network.advance
        if checkpointing:
            again = partial(checkpoint, use_reentrant=False, preserve_rng_state=False)
            self._step = partial(again, network.advance)
            for module in network.modules():
                if isinstance(module, FourierBlock):
                    module.forward = partial(again, module.forward)  # type: ignore[method-assign]

    def loss(self, errors: torch.Tensor) -> torch.Tensor:
        """Return the loss of errors (horizon, c)."""
        return self._loss.total(errors)

    def modulation(self, globe: Globe, masked: float) -> torch.Tensor:
        """Return the modulation (m, h / patch, w / patch) of one pass of the backbone, with a share `masked` of the tokens."""
        first = self.network.mean[STATE:], self.network.std[STATE:]
        tokens = []
        with self._autocast():
            for rows in row_blocks(*self.network.shape, 10 * self.network.preset.patch):
                state = unpack(rows.cut(globe.state, 0))
                air = (unpack(rows.cut(globe.target_air, 0), STATE) - first[0]) / first[1]
                tokens.append(self.network.embed(state, air, self.static.cut(rows, 0)))
            features = self._features(torch.cat(tokens, dim=1), masked, globe.hidden_seed)
            return self.network.modulation(features, self.season.change(globe.time).to(self.device))

    def window_errors(self, excerpt: Excerpt, modulation: torch.Tensor) -> Errors:
        """Return errors of a rollout on a window; one pass of the backbone, of the first day, serves all days."""
        inner, halo, horizon = excerpt.window, self.halo, len(excerpt.targets)
        reach = horizon * halo
        wet = inner.cut(self.mask, reach)
        state = unpack(excerpt.state) * wet
        memory = torch.zeros_like(state[:1])
        if excerpt.before is not None:
            memory = (state[STATE - 1 :] - unpack(excerpt.before, STATE - 1)) * wet[STATE - 1 :]
        start, air = state, excerpt.airs[0]
        if excerpt.noise is not None:
            noise = excerpt.noise * wet[STATE - 1 :]
            state = torch.cat([state[: STATE - 1], state[STATE - 1 :] + noise])
            memory = memory + noise if excerpt.before is not None else memory
        state = torch.cat([state, memory])
        errors = []
        for ahead, target_air in enumerate(excerpt.airs[1:], start=1):
            rest = (horizon - ahead) * halo
            window = Window(inner.row - rest, inner.rows + 2 * rest, inner.column - rest, inner.columns + 2 * rest)
            annual_harmonics = basis(excerpt.time + (ahead - 1) * TIME_STEP).to(self.device)
            static = self.static.cut(window, halo)
            with self._autocast():
                state = self._step(state, air, target_air, annual_harmonics, modulation, static, window)
            mask = window.cut(self.mask, 0)
            state = torch.where(torch.cat([mask, mask[-1:]]), state, 0.0)
            air = crop(target_air, halo)
            # Earlier days cover more cells than the last one; these cells count in the loss, too.
            errors.append(self._errors(state[:STATE], crop(start, ahead * halo), excerpt.targets[ahead - 1], window))
        return _stacked(errors)

    def globe_errors(self, excerpt: Excerpt, masked: float) -> Errors:
        """Return errors of a rollout of the whole globe, with a pass of the backbone each day and a share `masked` of the
        tokens."""
        state = start = unpack(excerpt.state) * self.mask
        errors = []
        for number, air in enumerate(excerpt.airs[1:]):
            time = excerpt.time + number * TIME_STEP
            with self._autocast():
                features = self._features(self.network.embed(state, air[:5], self.static), masked, excerpt.hidden_seed)
                modulation = self.network.modulation(features, self.season.change(time).to(self.device))
                annual_harmonics = basis(time).to(self.device)
                airs = excerpt.airs[number], air
                state = self.network.advance(state, *airs, annual_harmonics, modulation, self.static, excerpt.window)[:STATE]
            state = torch.where(self.mask, state, 0.0)
            errors.append(self._errors(state, start, excerpt.targets[number], excerpt.window))
        return _stacked(errors)

    def _features(self, tokens: torch.Tensor, masked: float, seed: int | None) -> torch.Tensor:
        if not masked or seed is None:
            return self.network.features(tokens)
        # Drawn on the processor, so that every device masks the same tokens.
        visible = visible_tokens(tokens.shape[1], masked, torch.Generator().manual_seed(seed))
        return self.network.features(tokens, visible.to(self.device))

    def _errors(self, prediction: torch.Tensor, start: torch.Tensor, packed: torch.Tensor, window: Window) -> Errors:
        """Errors of a prediction and of persistence (c,) on a window."""
        target = unpack(packed)
        cells = window.cut(self.mask, 0), window.cut(self.area, 0)
        return self._loss.errors(prediction, target, *cells), self._loss.errors(start, target, *cells)

    def _autocast(self) -> torch.autocast:
        return computing(self.device, self.precision)


def _stacked(errors: list[Errors]) -> Errors:
    network, persistence = (torch.stack(part) for part in zip(*errors, strict=True))
    return network, persistence
