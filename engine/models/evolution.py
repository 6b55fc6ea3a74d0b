"""The evolution operator: the state is carried, heaved, turned and changed, as the local path and the features say.

The idea of an evolution network is NowcastNet's (Zhang et al. 2023, doi 10.1038/s41586-023-06184-4). Sea level, layers and
currents move together as in the balance operators of ocean assimilation (Weaver et al. 2005, doi 10.1256/qj.04.119): what
is learned is how sea level moves; heave and geostrophic flow of all levels follow it with learned factors.
"""

import numpy as np
import torch
from torch import nn

from engine.models.dynamics import DAY, geostrophic, smoothed, vertical_slope
from engine.models.inputs import CONTEXT_CHANNELS, DERIVED, derived
from engine.models.local import LocalPath
from engine.models.presets import LARGEST_DISPLACEMENT, LevelGroup, Preset
from engine.models.setting import Setting
from engine.models.warp import REACH, warp
from engine.models.window import crop
from engine.variables import DEPTHS

LEVELS = len(DEPTHS)
BLOCKS = {"thetao": 0, "so": LEVELS, "uo": 2 * LEVELS, "vo": 3 * LEVELS}
"""First channel of each field with levels."""

ZOS = 4 * LEVELS
STATE = ZOS + 1
EKMAN_LEVELS = 6
"""Levels (0 to 50 m) that the wind turns."""

GAIN = 0.01
EAGER = 10.0
"""Factor on outputs whose right size is near one, so that a learning rate that suits the weights gets them there soon."""

MARGIN = LARGEST_DISPLACEMENT + REACH


class Evolution(nn.Module):
    """x(t + 1) = warp(x, displacement) (1 + gain) + balanced change + source on a window; all heads start at zero."""

    mean: torch.Tensor
    std: torch.Tensor
    tendency: torch.Tensor
    depth: torch.Tensor

    def __init__(self, preset: Preset, mean: np.ndarray, std: np.ndarray, tendency: np.ndarray) -> None:
        super().__init__()
        self.preset = preset
        self.groups: tuple[LevelGroup, ...] = preset.groups
        # Shares of the currents at a group's top and bottom and a free displacement, for each group; the latter for sea
        # level too; gain by field; source by channel; sea level that moves without the layers; learned factors of heave
        # and of geostrophic flow.
        self.sizes = (4 * len(self.groups) + 2, len(BLOCKS) + 1, STATE, 1, LEVELS, LEVELS)
        self.local = LocalPath(
            len(CONTEXT_CHANNELS) + DERIVED, preset.decoder_width, preset.local_width, preset.dilations, sum(self.sizes)
        )
        self.ekman = nn.Parameter(torch.zeros(EKMAN_LEVELS))
        self.calm = nn.Parameter(torch.zeros(()))
        self.season = nn.Parameter(torch.zeros(LEVELS))
        for name, values in (("mean", mean), ("std", std), ("tendency", tendency), ("depth", np.asarray(DEPTHS))):
            self.register_buffer(name, torch.as_tensor(np.asarray(values), dtype=torch.float32), persistent=False)

    def forward(
        self, state: torch.Tensor, air: torch.Tensor, target_air: torch.Tensor, modulation: torch.Tensor, setting: Setting
    ) -> torch.Tensor:
        """Return the next state (61, h, w) in physical units; dry cells hold numbers without meaning.

        `state` (61, H, W), 0 in dry cells; `air` and `target_air` (8, H, W): the normalised atmosphere and its surface
        Ekman flow (2) and e-folding depth at both times; `modulation` (m, H, W) as from `modulate`; `setting` on H x W.
        H and W hold a rim of `preset.halo` cells round the window.
        """
        rim = self.preset.halo
        spiral = ekman_spiral(target_air[5:], setting.lat) - ekman_spiral(air[5:], setting.lat)
        context = list(CONTEXT_CHANNELS)
        known = (state[context] - self.mean[context, None, None]) / self.std[context, None, None]
        known = known * setting.wet[[number % LEVELS for number in context]]
        inputs = derived(state, target_air[:5], target_air[:5] - air[:5], spiral[:, 0], setting)
        # Two cells more than the window: the flow of its rim needs the neighbours' sea level, smoothed in the tropics.
        tuning, warming = modulation.split([modulation.shape[0] - LEVELS, LEVELS])
        heads = self.local(torch.cat([known, inputs]), tuning, rim - 2)
        moves, gain, source, loose, sinking, turning = heads.split(self.sizes)
        inner, edge = setting.crop(rim), setting.crop(rim - 1)
        level, change = self._sea_level(state, moves[-2:], gain[-1:], source[ZOS:] * self.tendency[ZOS], setting)
        moves, gain, source, loose, sinking, turning = (crop(part, 1) for part in (moves, gain, source, loose, sinking, turning))
        total = change + loose * self.tendency[ZOS] * edge.wet[:1]
        parts = (change, total, sinking, turning, source[:ZOS], gain, moves, *geostrophic(total, edge))
        change, total, sinking, turning, source, gain, moves, *flow = (crop(part, 1) for part in parts)
        old = crop(state, rim)[:ZOS].unflatten(0, (4, LEVELS))
        sunk = inner.heave * (1 + sinking) * change
        turned = inner.shape * (1 + turning)
        new = torch.addcmul(old, source.unflatten(0, (4, LEVELS)), self.tendency[:ZOS].view(4, LEVELS, 1, 1))
        new[:2].addcmul_(sunk[None], vertical_slope(old[:2], self.depth, inner.wet), value=-1)
        new[0].addcmul_(EAGER * self.season[:, None, None], crop(warming, rim))
        new[2:].addcmul_(turned[None], torch.stack(flow))
        new[2:, :EKMAN_LEVELS] += EAGER * self.ekman[:, None, None] * crop(spiral, rim)
        for number, group in enumerate(self.groups):
            part = moves[4 * number : 4 * number + 4]
            for name, carried in self._carried(state, part, gain[:-1], group, setting).items():
                new[list(BLOCKS).index(name), group.first : group.last] += carried
        result = torch.cat([new.flatten(0, 1), crop(level, 1) + total])
        if bool((inner.fade < 1).any()):
            before = crop(state, rim)
            result = before + inner.fade * (result - before)
        return result

    def modulate(self, features: torch.Tensor, season: torch.Tensor) -> torch.Tensor:
        """Return (m, hp, wp) on the patch grid: the local path's tuning by the features and the warming of the season."""
        return torch.cat([self.local.modulate(features), season])

    def _sea_level(
        self, state: torch.Tensor, moves: torch.Tensor, gain: torch.Tensor, source: torch.Tensor, setting: Setting
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Sea level before and its balanced change (1, h, w) in m, on the window and one cell around it."""
        rim = self.preset.halo - 2
        near = setting.crop(rim - MARGIN)
        before = crop(state[ZOS:], rim - MARGIN)
        anomaly = (before - near.mean_level) * near.wet[:1]
        moved = warp(anomaly, _displacement(moves, [], setting.crop(rim)), near.wet[:1], MARGIN)
        here = crop(anomaly, MARGIN)
        change = (moved * (1 + GAIN * gain) - here + source) * setting.crop(rim).wet[:1]
        edge = setting.crop(rim + 1)
        change, after = crop(change, 1), here + change
        if bool((edge.belt > 0).any()):
            share = edge.belt * (EAGER * self.calm).clamp(0, 1)
            change = change + share * (smoothed(after, setting.crop(rim).wet[:1]) - crop(after, 1))
        return crop(before, MARGIN + 1), change * edge.wet[:1]

    def _carried(
        self, state: torch.Tensor, moves: torch.Tensor, gain: torch.Tensor, group: LevelGroup, setting: Setting
    ) -> dict[str, torch.Tensor]:
        """Change by transport and gain of each carried field of a group of levels, on the window."""
        rim = self.preset.halo
        near = setting.crop(rim - MARGIN)
        ends = (group.first, group.last - 1)
        currents = [torch.stack([crop(state[BLOCKS[name] + level], rim) for name in ("uo", "vo")]) for level in ends]
        channels = [slice(BLOCKS[name] + group.first, BLOCKS[name] + group.last) for name in group.carried]
        before = crop(torch.cat([state[channel] for channel in channels]), rim - MARGIN)
        wet = near.wet[group.first : group.last].repeat(len(channels), 1, 1)
        after = warp(before, _displacement(moves, currents, setting.crop(rim)), wet, MARGIN)
        mean = torch.cat([self.mean[channel] for channel in channels])[:, None, None]
        factor = GAIN * gain[[list(BLOCKS).index(name) for name in group.carried]].repeat_interleave(group.last - group.first, 0)
        change = torch.addcmul(after - crop(before, MARGIN), factor, after - mean)
        return dict(zip(group.carried, change.split(group.last - group.first), strict=True))


def _displacement(moves: torch.Tensor, currents: list[torch.Tensor], setting: Setting) -> torch.Tensor:
    """Cells (2, h, w) travelled in a day: learned shares of `currents`, each (2, h, w) in m/s, and a learned rest."""
    travelled = moves[-2:]
    cells_a_day = torch.stack([DAY / setting.cell_x, DAY / setting.cell_y])
    for share, current in zip(moves, currents, strict=False):
        travelled = travelled + EAGER * share * current * cells_a_day
    return travelled.clamp(-LARGEST_DISPLACEMENT, LARGEST_DISPLACEMENT)


def ekman_spiral(surface: torch.Tensor, lat: torch.Tensor) -> torch.Tensor:
    """Return the wind-driven flow (2, 6, h, w) in m/s at 0 to 50 m of its surface flow (2) and e-folding depth (3, h, w).

    It weakens and turns by one radian per e-folding depth, to the right in the north (Ekman 1905), and ends at 50 m.
    """
    depth = torch.tensor(DEPTHS[:EKMAN_LEVELS], device=surface.device)[:, None, None]
    below = depth / surface[2]
    size = torch.exp(-below) * ((50 - depth) / 20).clamp(0, 1)
    angle = torch.tanh(lat / 5) * below
    cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
    return torch.stack([surface[0] * cosine + surface[1] * sine, surface[1] * cosine - surface[0] * sine])
