"""The evolution operator: the state is carried, heaved, turned and changed, as the local path and the features say.

The idea of an evolution network is NowcastNet's (Zhang et al. 2023, doi 10.1038/s41586-023-06184-4). Sea level, layers and
currents move together as in the balance operators of ocean assimilation (Weaver et al. 2005, doi 10.1256/qj.04.119): what
is learned is how sea level moves; heave and geostrophic flow of all levels follow it with learned factors.
"""

import numpy as np
import torch
from torch import nn

from engine.models.backbones.presets import LARGEST_DISPLACEMENT, SMOOTHING_PASSES, LevelGroup, Preset
from engine.models.evolution.dynamics import DAY, balanced_scales, finer_than_passes, geostrophic, heaved, mixing, smoothed
from engine.models.evolution.inputs import CONTEXT_CHANNELS, DERIVED, departure, derived, heat_exchange, usual
from engine.models.evolution.static_fields import Setting
from engine.models.layers.local_path import LocalPath
from engine.models.layers.warp import REACH, warp
from engine.models.layers.window import crop
from engine.schema.variables import DEPTHS

LEVELS = len(DEPTHS)
BLOCKS = {"thetao": 0, "so": LEVELS, "uo": 2 * LEVELS, "vo": 3 * LEVELS}
"""First channel of each field with levels."""

ZOS = 4 * LEVELS
STATE = ZOS + 1
MEMORY = 1
"""Planes of a state beside its channels: the change of sea level in the day before, in m, 0 where it is not known."""

AIR_TEMPERATURE, AIR_PRESSURE = 2, 3
"""Numbers of these forcing channels."""

EKMAN_LEVELS = 6
"""Levels (0 to 50 m) that the wind turns."""

GAIN = 0.01
EAGER = 10.0
"""Factor on outputs whose right size is near one, so that a learning rate that suits the weights gets them there soon."""

FADING_DAYS = 60.0
"""Days in which what is unusual in the mixed layer would fade if the learned factor were one."""

MARGIN = LARGEST_DISPLACEMENT + REACH
LARGEST_SOURCE = 6.0
"""Typical changes of a day that a source may add in one."""

COLDEST = -2.2
"""degC below which no sea water stays liquid."""

FASTEST = 3.0
"""m/s at which currents are held; the sample ocean's end there, too."""

CARRIED_AWAY = 0.1
"""Variance (cells^2) of the mean that smooths changes of sea level, where the current travels one cell in a day, grown by the
square of the cells: a day's change of what is carried past its own length grows into teeth along every sharp front."""

FRONTS = 1.25
"""Dissipation at such a front, by the same square, relative to that of a deformation radius of one cell."""

EDDY_PASSES = 3
"""Passes of a binomial mean that eddies do not survive: waves of four to ten cells, which the dissipation weakens."""

GIVEN_BACK = 0.26
"""Rate at which eddies grow, as a share of the dissipation's and by the cells in a deformation radius: energy lost at the
smallest scales returns at the next ones (Jansen and Held 2014, doi 10.1016/j.ocemod.2014.06.002). Without it eddies fade in the
forecasts of a network that learns from errors. The power of the radius is the one that kept energy alike at all latitudes.
None near the equator, where hardly any energy is lost."""

COLUMN_ROWS = 24
"""Rows of a window whose columns are worked on at once where nothing is to be learned from them.

Fewer cost threads that work side by side their waits for Python's lock: in three turns on two cores a float32 day took 2.75 to
2.90 s with 8 and 2.60 to 2.85 with 24.
"""

OUTSIDE = SMOOTHING_PASSES + 3
"""Cells around the window on which the change of sea level is first made."""


class Evolution(nn.Module):
    """x(t + 1) = warp(x, displacement) + gain (x - usual) + balanced change + source on a window; all heads start at zero."""

    mean: torch.Tensor
    std: torch.Tensor
    tendency: torch.Tensor
    depth: torch.Tensor
    air_mean: torch.Tensor
    air_std: torch.Tensor

    def __init__(self, preset: Preset, mean: np.ndarray, std: np.ndarray, tendency: np.ndarray) -> None:
        super().__init__()
        self.preset = preset
        self.groups: tuple[LevelGroup, ...] = preset.groups
        # Shares of the currents at a group's top and bottom and a free displacement, for each group; the latter for sea
        # level too; gain of temperature, salinity and sea level; source by channel; sea level that moves without the
        # layers; learned factors of heave and of geostrophic flow.
        self.sizes = (4 * len(self.groups) + 2, 3, STATE, 1, LEVELS, LEVELS)
        self.local = LocalPath(
            len(CONTEXT_CHANNELS) + DERIVED, preset.decoder_width, preset.local_width, preset.dilations, sum(self.sizes)
        )
        self.ekman = nn.Parameter(torch.zeros(EKMAN_LEVELS))
        self.calm = nn.Parameter(torch.zeros(()))
        self.dissipation = nn.Parameter(torch.zeros(()))
        self.radius = nn.Parameter(torch.tensor(0.25 / EAGER))
        self.season = nn.Parameter(torch.zeros(LEVELS))
        self.exchange = nn.Parameter(torch.zeros(LEVELS))
        self.fading = nn.Parameter(torch.zeros(2, LEVELS))
        constants = {"mean": mean[:STATE], "std": std[:STATE], "tendency": tendency, "depth": np.asarray(DEPTHS)}
        for name, values in (constants | {"air_mean": mean[STATE:], "air_std": std[STATE:]}).items():
            self.register_buffer(name, torch.as_tensor(np.asarray(values), dtype=torch.float32), persistent=False)

    def forward(
        self,
        state: torch.Tensor,
        air: torch.Tensor,
        target_air: torch.Tensor,
        moment: torch.Tensor,
        tuning: torch.Tensor,
        warming: torch.Tensor,
        setting: Setting,
        out: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the next state (62, h, w) in physical units, in `out` where it is given.

        Dry cells hold numbers without meaning.

        `state` (62, H, W), 0 in dry cells, its last plane the memory; `moment` (5,) the harmonics of the year; `air` and
        `target_air` (8, H, W): the normalised atmosphere and its surface Ekman flow (2) and e-folding depth at both times;
        `tuning` (m, H, W) of the local path and `warming` (15, h, w) in K of the season, as from `modulate`; `setting` on
        H x W. H and W hold a rim of `preset.halo` cells round the window.
        """
        rim = self.preset.halo
        context = list(CONTEXT_CHANNELS)
        known = (state[context] - self.mean[context, None, None]).mul_(1 / self.std[context, None, None])
        known = known.mul_(setting.wet[[number % LEVELS for number in context]])
        weather = self._physical(air), self._physical(target_air)
        turned_wind = target_air[5:7] - air[5:7]
        mean_weather = (weather[0] + weather[1]) / 2
        normal = usual(moment, setting)
        unusual = departure(state, normal, setting)
        inputs = derived(state, target_air[:5], target_air[:5] - air[:5], mean_weather, turned_wind, normal, unusual, setting)
        inner = setting.crop(rim)
        # More cells than the window: the flow of its rim needs the neighbours' sea level, smoothed by theirs.
        cells = self.local.cells(torch.cat([known, inputs]), tuning, rim - OUTSIDE)
        moves, gain, source, loose = self._early(*cells)
        tendency = self.tendency[ZOS] * setting.crop(rim - OUTSIDE).wet[:1]
        level, change, loose = self._sea_level(state, moves[-2:], gain[-1:], source * tendency, loose * tendency, setting)
        moves, gain, hidden, read = (crop(part, OUTSIDE) for part in (moves, gain, *cells))
        total = change + loose
        flow = torch.stack(geostrophic(total, setting.crop(rim - 1)))
        changed = {"level": level, "change": change, "total": total, "flow": flow}
        around = {"state": state, "unusual": unusual, "air": air, "target_air": target_air, "mixed_layer": normal[5:]}
        heating = heat_exchange(unusual[0], mean_weather[0], normal, setting)
        columns = {
            **{name: crop(part, 1) for name, part in changed.items()},
            **{name: crop(part, rim) for name, part in (around | {"heating": heating}).items()},
            **{name: getattr(inner, name) for name in ("heave", "shape", "tropics", "fade", "lat", "wet")},
            **{"gain": gain, "hidden": hidden, "read": read, "warming": warming},
        }
        for group, part in zip(self.groups, moves.split(4), strict=False):
            columns[group.name] = self._carried(state, part, group, setting)
        if out is None:
            return self._column_changes(columns)
        # A few rows at a time, so that all that is done to a column finds it in the processor's cache; from coast to coast.
        for first in range(0, out.shape[-2], COLUMN_ROWS):
            rows = slice(first, first + COLUMN_ROWS)
            water = inner.wet[0, rows].any(0).nonzero()[:, 0]
            if water.numel():
                along = slice(int(water[0]), int(water[-1]) + 1)
                out[:, rows, along] = self._column_changes({name: _part(part, rows, along) for name, part in columns.items()})
        return out

    def _column_changes(self, given: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the next state (62, h, w) of what is `given` of it, planes of h x w each: nothing here looks sideways."""
        source, sinking, turning = self._late(given["hidden"], given["read"])
        before, unusual, gain, change, total = (given[name] for name in ("state", "unusual", "gain", "change", "total"))
        old = before[:ZOS].unflatten(0, (4, LEVELS))
        sunk = given["heave"] * (1 + sinking) * change
        # Outside the tropics currents stay in balance with sea level: what is shrunk a little each day is a loss of energy.
        turned = given["shape"] * (1 + turning * given["tropics"])
        new = torch.addcmul(old, source.unflatten(0, (4, LEVELS)), self.tendency[:ZOS].view(4, LEVELS, 1, 1))
        new[0].addcmul_(EAGER * self.exchange[:, None, None], given["heating"])
        for field, surface in enumerate((unusual[0], unusual[3])):
            new[field].addcmul_(self.fading[field, :, None, None], surface, value=-EAGER / FADING_DAYS)
        new[2:].addcmul_(turned[None], given["flow"])
        spirals = [ekman_spiral(given[name][5:], given["lat"]) for name in ("target_air", "air")]
        new[2:, :EKMAN_LEVELS] += EAGER * self.ekman[:, None, None] * (spirals[0] - spirals[1])
        for group in self.groups:
            for name, carried in zip(group.carried, given[group.name].split(group.last - group.first), strict=True):
                new[list(BLOCKS).index(name), group.first : group.last] += carried
            if group.first == 0:
                # What is unusual at the surface fades, or grows, in the whole mixed layer.
                new[0, : group.last].addcmul_(gain[0], unusual[0], value=EAGER * GAIN)
                new[1, : group.last].addcmul_(gain[1], unusual[3], value=EAGER * GAIN)
        new[:2] += mixing(new[:2] - old[:2], self.depth, torch.exp(given["mixed_layer"]))
        new[:2] += heaved(old[:2], sunk, self.depth, given["wet"])
        new[0].addcmul_(EAGER * self.season[:, None, None], given["warming"])
        new[0].clamp_(min=COLDEST)
        new[2:].clamp_(-FASTEST, FASTEST)
        level = given["level"] + total
        if bool((given["fade"] < 1).any()):
            new = old + given["fade"] * (new - old)
            level = before[ZOS:STATE] + given["fade"] * (level - before[ZOS:STATE])
        return torch.cat([new.flatten(0, 1), level, level - before[ZOS:STATE]])

    def _early(self, hidden: torch.Tensor, read: torch.Tensor) -> list[torch.Tensor]:
        """The outputs of the local path that decide where water and sea level go: moves, gain, source and loose of sea level."""
        first = sum(self.sizes[:2])
        numbers = [*range(first), first + ZOS, first + STATE]
        moves, gain, source, loose = self.local.outputs(hidden, read, numbers).split((*self.sizes[:2], 1, 1))
        # What is unusual in temperature and salinity may fade by a fifth in a day and grow by a fiftieth.
        gain = torch.cat([gain[:2].clamp(-2.0, 0.2), gain[2:].clamp(-5.0, 5.0)])
        return [moves, gain, *(part.clamp(-LARGEST_SOURCE, LARGEST_SOURCE) for part in (source, loose))]

    def _late(self, hidden: torch.Tensor, read: torch.Tensor) -> list[torch.Tensor]:
        """The others: source of fields with levels, learned factors of heave and of geostrophic flow."""
        first = sum(self.sizes[:2])
        numbers = [*range(first, first + ZOS), *range(first + STATE + 1, sum(self.sizes))]
        source, sinking, turning = self.local.outputs(hidden, read, numbers).split((ZOS, LEVELS, LEVELS))
        return [source.clamp(-LARGEST_SOURCE, LARGEST_SOURCE), *(part.clamp(-1.0, 1.0) for part in (sinking, turning))]

    def _physical(self, air: torch.Tensor) -> torch.Tensor:
        """Return temperature in degC and pressure in hPa over 1000 (2, h, w) of a normalised atmosphere."""
        chosen = [AIR_TEMPERATURE, AIR_PRESSURE]
        physical = air[chosen] * self.air_std[chosen, None, None] + self.air_mean[chosen, None, None]
        return torch.stack([physical[0], physical[1] / 100 - 1000])

    def modulate(self, features: torch.Tensor, season: torch.Tensor) -> torch.Tensor:
        """Return (m, hp, wp) on the patch grid: the local path's tuning by the features and the warming of the season."""
        return torch.cat([self.local.modulate(features), season])

    def _sea_level(
        self,
        state: torch.Tensor,
        moves: torch.Tensor,
        gain: torch.Tensor,
        source: torch.Tensor,
        loose: torch.Tensor,
        setting: Setting,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Sea level before, its balanced and its loose change (1, h, w) in m, on the window and one cell around it."""
        rim = self.preset.halo - OUTSIDE
        near, wide = setting.crop(rim - MARGIN), setting.crop(rim)
        before = crop(state[ZOS:STATE], rim - MARGIN)
        anomaly = (before - near.mean_level) * near.wet[:1]
        moved = warp(anomaly, _displacement(moves, [], wide), near.wet[:1], MARGIN)
        here = crop(anomaly, MARGIN)
        changes = torch.cat([(moved * (1 + GAIN * gain) - here + source) * wide.wet[:1], loose])
        scale = (EAGER * self.radius).clamp_min(0) * _squared_radius(wide) + CARRIED_AWAY * _squared_travel(state, wide, rim)
        changes = balanced_scales(changes, scale, wide.wet[:1], SMOOTHING_PASSES)
        around, edge = (setting.crop(self.preset.halo - cells) for cells in (3, 1))
        loss = EAGER * self.dissipation
        eddies = crop(finer_than_passes(here, wide.wet[:1], EDDY_PASSES), SMOOTHING_PASSES - EDDY_PASSES)
        growth = GIVEN_BACK * loss * _squared_radius(around).sqrt() * (1 - around.tropics)
        change = torch.addcmul(changes[:1], growth, eddies)
        after = crop(here, SMOOTHING_PASSES) + change
        # What differs from the neighbours' mean, and of that what differs again: grows as the fourth power of wavenumber.
        rough = crop(after, 1) - smoothed(after, around.wet[:1])
        rougher = crop(rough, 1) - smoothed(rough, crop(around.wet[:1], 1))
        share = edge.belt * (EAGER * self.calm).clamp(0, 1)
        drag = loss * (_squared_radius(edge) + FRONTS * _squared_travel(state, edge, self.preset.halo - 1))
        change = crop(change, 2) - share * crop(rough, 1) - drag.clamp(0, 1) * rougher
        return crop(before, MARGIN + OUTSIDE - 1), change * edge.wet[:1], crop(changes[1:], 2) * edge.wet[:1]

    def _carried(self, state: torch.Tensor, moves: torch.Tensor, group: LevelGroup, setting: Setting) -> torch.Tensor:
        """Change by transport of the carried fields of a group of levels, one after another, on the window."""
        rim = self.preset.halo
        near = setting.crop(rim - MARGIN)
        ends = (group.first, group.last - 1)
        currents = [torch.stack([crop(state[BLOCKS[name] + level], rim) for name in ("uo", "vo")]) for level in ends]
        channels = [slice(BLOCKS[name] + group.first, BLOCKS[name] + group.last) for name in group.carried]
        before = crop(torch.cat([state[channel] for channel in channels]), rim - MARGIN)
        wet = near.wet[group.first : group.last].repeat(len(channels), 1, 1)
        after = warp(before, _displacement(moves, currents, setting.crop(rim)), wet, MARGIN)
        return after - crop(before, MARGIN)


def _part(plane: torch.Tensor, rows: slice, columns: slice) -> torch.Tensor:
    """Return rows and columns of `plane` (..., h, w); one of latitude alone (h, 1) has no columns to leave out."""
    return plane[..., rows, :] if plane.shape[-1] == 1 else plane[..., rows, columns]


def _squared_radius(setting: Setting) -> torch.Tensor:
    """The deformation radius in cells (1, h, w), squared."""
    return setting.radius**2 / (setting.cell_x * setting.cell_y)


def _squared_travel(state: torch.Tensor, setting: Setting, rim: int) -> torch.Tensor:
    """The cells (1, h, w) that the surface current travels in a day, squared, `rim` cells inside the state."""
    east, north = (crop(state[BLOCKS[name]][None], rim) * DAY for name in ("uo", "vo"))
    return (east / setting.cell_x) ** 2 + (north / setting.cell_y) ** 2


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
