"""The evolution operator: the state is carried, heaved, turned and changed, as the local path and the features say.

The idea of an evolution network is NowcastNet's (Zhang et al. 2023, doi 10.1038/s41586-023-06184-4). Sea level, layers and
currents move together as in the balance operators of ocean assimilation (Weaver et al. 2005, doi 10.1256/qj.04.119): what
is learned is how sea level moves; heave and geostrophic flow of all levels follow it with learned factors.
"""

import numpy as np
import torch
from torch import nn

from engine.models.dynamics import DAY, geostrophic, vertical_slope
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
MARGIN = LARGEST_DISPLACEMENT + REACH


class Evolution(nn.Module):
    """x(t + 1) = warp(x, displacement) (1 + gain) + balanced change + source on a window; all heads start at zero."""

    def __init__(self, preset: Preset, mean: np.ndarray, std: np.ndarray, tendency: np.ndarray) -> None:
        super().__init__()
        self.preset = preset
        self.groups: tuple[LevelGroup, ...] = preset.groups
        # Displacement (2) and share of the group's own current (1) for each group and for sea level; gain by field;
        # source by channel; sea level that moves without the layers; learned factors of heave and of geostrophic flow.
        self.sizes = (3 * (len(self.groups) + 1), len(BLOCKS) + 1, STATE, 1, LEVELS, LEVELS)
        self.local = LocalPath(
            len(CONTEXT_CHANNELS) + DERIVED, preset.decoder_width, preset.local_width, preset.dilations, sum(self.sizes)
        )
        self.ekman = nn.Parameter(torch.zeros(EKMAN_LEVELS))
        for name, values in (("mean", mean), ("std", std), ("tendency", tendency), ("depth", np.asarray(DEPTHS))):
            self.register_buffer(name, torch.as_tensor(np.asarray(values), dtype=torch.float32), persistent=False)

    def forward(
        self, state: torch.Tensor, air: torch.Tensor, target_air: torch.Tensor, modulation: torch.Tensor, setting: Setting
    ) -> torch.Tensor:
        """Return the next state (61, h, w) in physical units, 0 in dry cells.

        `state` (61, H, W), 0 in dry cells; `air` and `target_air` (8, H, W): the normalised atmosphere and its surface
        Ekman flow (2) and e-folding depth at both times; `modulation` (m, H, W); `setting` on H x W. H and W hold a rim
        of `preset.halo` cells round the window.
        """
        rim = self.preset.halo
        spiral = ekman_spiral(target_air[5:], setting.lat) - ekman_spiral(air[5:], setting.lat)
        context = list(CONTEXT_CHANNELS)
        known = (state[context] - self.mean[context, None, None]) / self.std[context, None, None]
        known = torch.where(setting.wet[[number % LEVELS for number in context]], known, 0.0)
        inputs = derived(state, target_air[:5], target_air[:5] - air[:5], spiral[:, 0], setting)
        # One cell more than the window, because the geostrophic flow of its rim needs the neighbours' sea level.
        heads = crop(self.local(torch.cat([known, inputs]), modulation), rim - 1)
        moves, gain, source, loose, sinking, turning = heads.split(self.sizes)
        carried = self._carry(state, moves, setting, rim)
        inner, edge = setting.crop(rim), setting.crop(rim - 1)
        before = crop(state[ZOS:], rim - 1)
        anomaly = torch.where(edge.wet[:1], before - edge.mean_level, 0.0)
        level = carried[ZOS:] + GAIN * gain[4:5] * anomaly + source[ZOS:] * self.tendency[ZOS]
        change = torch.where(edge.wet[:1], level - before, 0.0)
        flow = geostrophic(change, edge)
        change, loose, sinking, turning, source, gain = (crop(part, 1) for part in (change, loose, sinking, turning, source, gain))
        new = crop(carried, 1)[:ZOS].unflatten(0, (4, LEVELS))
        old = crop(state, rim)[:ZOS].unflatten(0, (4, LEVELS))
        sunk = inner.heave * (1 + sinking) * change
        rise = [-sunk * vertical_slope(tracer, self.depth, inner.wet) for tracer in old[:2]]
        turned = [crop(part, 1) * inner.shape * (1 + turning) for part in flow]
        wind = self.ekman[:, None, None] * crop(spiral, rim)
        turned = [torch.cat([part[:EKMAN_LEVELS] + blown, part[EKMAN_LEVELS:]]) for part, blown in zip(turned, wind, strict=True)]
        scale = self.tendency[:ZOS].view(4, LEVELS, 1, 1)
        reference = torch.cat([self.mean[: 2 * LEVELS], torch.zeros_like(self.mean[: 2 * LEVELS])]).view(4, LEVELS, 1, 1)
        new = new + torch.stack([*rise, *turned]) + source[:ZOS].unflatten(0, (4, LEVELS)) * scale
        new = new + GAIN * gain[:4, None] * (new - reference)
        new = torch.where(inner.wet, new, 0.0).flatten(0, 1)
        surface = torch.where(inner.wet[:1], crop(before, 1) + change + loose * self.tendency[ZOS], 0.0)
        return torch.cat([new, surface])

    def _carry(self, state: torch.Tensor, moves: torch.Tensor, setting: Setting, rim: int) -> torch.Tensor:
        """The state after transport, on the window and one cell around it."""
        result = list(crop(state, rim - 1).split([LEVELS] * 4 + [1]))
        outer = rim - 1 - MARGIN
        near = setting.crop(outer)
        for number, group in enumerate(self.groups):
            levels = slice(group.first, group.last)
            flow = [crop(state[BLOCKS[name] + group.first], rim - 1) for name in ("uo", "vo")]
            displacement = _displacement(moves[3 * number : 3 * number + 3], flow, setting.crop(rim - 1))
            channels = torch.cat([crop(state, outer)[BLOCKS[name] + group.first : BLOCKS[name] + group.last] for name in group.carried])
            wet = near.wet[levels].repeat(len(group.carried), 1, 1)
            moved = warp(channels, displacement, wet, MARGIN).split(group.last - group.first)
            for name, part in zip(group.carried, moved, strict=True):
                place = BLOCKS[name] // LEVELS
                result[place] = torch.cat([result[place][: group.first], part, result[place][group.last :]])
        displacement = _displacement(moves[-3:], None, setting.crop(rim - 1))
        anomaly = torch.where(near.wet[:1], crop(state[ZOS:], outer) - near.mean_level, 0.0)
        result[4] = result[4] + (warp(anomaly, displacement, near.wet[:1], MARGIN) - crop(anomaly, MARGIN))
        return torch.cat(result)


def _displacement(moves: torch.Tensor, flow: list[torch.Tensor] | None, setting: Setting) -> torch.Tensor:
    """Cells (2, h, w) travelled in a day: a learned share of the group's own current and a learned rest."""
    travelled = moves[:2]
    if flow is not None:
        cells = torch.stack([flow[0] / setting.cell_x, flow[1] / setting.cell_y]) * DAY
        travelled = travelled + moves[2] * cells
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
