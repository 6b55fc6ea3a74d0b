"""The evolution operator: it advects the state, lifts and sinks its layers, and adds learned sources, on a window of the globe.

The idea of an evolution network is NowcastNet's (Zhang et al. 2023, doi 10.1038/s41586-023-06184-4). Sea level, layers and
currents change together as in the balance operators of ocean assimilation (Weaver et al. 2005, doi 10.1256/qj.04.119): the
network learns the displacement and the change of sea level; heave and geostrophic flow of all levels follow from that change
with learned factors.
"""

import numpy as np
import torch
from torch import nn

from engine.models.backbones.presets import LARGEST_DISPLACEMENT, SMOOTHING_PASSES, LevelGroup, Preset
from engine.models.evolution.dynamics import balanced_scales, finer_than_passes, geostrophic, heaved, mixing, smoothed
from engine.models.evolution.forcing import EKMAN_FLOW, FORCINGS
from engine.models.evolution.inputs import (
    CONTEXT_CHANNELS,
    DERIVED,
    STATE,
    ZOS,
    anomalies,
    climatology_at,
    derived,
    heat_exchange,
)
from engine.models.evolution.season import MIXED_LAYER
from engine.models.evolution.static_fields import StaticFields
from engine.models.layers.local_path import LocalPath
from engine.models.layers.stored_names import keep_stored_names
from engine.models.layers.warp import REACH, warp
from engine.models.layers.window import crop
from engine.physics.ekman import SPIRAL_BASE, SPIRAL_FADE, TURNING_LATITUDE
from engine.schema.channels import channel, level
from engine.schema.constants import SECONDS_PER_DAY
from engine.schema.variables import DEPTHS

LEVELS = len(DEPTHS)
BLOCKS = {name: channel(name, DEPTHS[0]) for name in ("thetao", "so", "uo", "vo")}
"""First channel of each field with levels."""

THETAO, SO = 0, 1
"""Numbers of the tracers among the fields of `BLOCKS`."""

CURRENTS = slice(2, 4)
"""Numbers of the currents among the fields of `BLOCKS`."""

MEMORY = 1
"""Planes of a state after its channels: the change of sea level in the day before, in m, 0 where it is not known."""

AIR_TEMPERATURE, AIR_PRESSURE = channel("t2m"), channel("msl")

EKMAN_LEVELS = level(50) + 1
"""Levels (0 to 50 m) that the wind-driven flow reaches."""

GAIN = 0.01
"""Share of an anomaly that a unit of the gain adds in a day; set by hand."""

OUTPUT_SCALE = 10.0
"""Factor on outputs and parameters whose right size is near one; set by hand so that the learning rate suits them as well."""

FADING_DAYS = 60.0
"""Days in which anomalies of the mixed layer would fade if the learned factor were one; set by hand."""

MARGIN = LARGEST_DISPLACEMENT + REACH
LARGEST_SOURCE = 6.0
"""Bound of a source, in typical changes of a day; set by hand."""

COLDEST = -2.2
"""degC below which no sea water stays liquid."""

FASTEST = 3.0
"""Bound of currents in m/s; that of the sample ocean, too."""

ADVECTIVE_SMOOTHING = 0.1
"""Variance (cells^2) of the mean that smooths changes of sea level where the current travels one cell in a day; it grows with the
square of the cells. Set by hand: without it, fields that travel farther than their length cause grid-scale noise at fronts."""

FRONTAL_DISSIPATION = 1.25
"""Dissipation at such a front, by the same square, relative to that of a deformation radius of one cell; set by hand."""

EDDY_PASSES = 3
"""Passes of a binomial mean that remove eddies: waves of four to ten cells, which the dissipation weakens."""

BACKSCATTER = 0.26
"""Rate at which eddies grow, as a share of the dissipation's and by the cells in a deformation radius: energy lost at the
smallest scales returns at the next ones (Jansen and Held 2014, doi 10.1016/j.ocemod.2014.06.002). Without it eddies fade in the
forecasts of a network that minimises errors. Set by hand; the power of the radius is the one that kept eddy energy alike at all
latitudes. None near the equator, where hardly any energy is lost."""

COLUMN_ROWS = 24
"""Rows of a window whose columns are computed at once where no gradient is needed.

With fewer, threads wait for Python's lock: in three turns on two cores a float32 day took 2.75 to 2.90 s with 8 and 2.60 to
2.85 with 24.
"""

OUTSIDE = SMOOTHING_PASSES + 3
"""Cells around the window on which the change of sea level is first computed."""

STORED_NAMES = {"equatorial_smoothing": "calm"}
"""Names of parameters in files of weights, where they differ."""


class Evolution(nn.Module):
    """x(t + 1) = warp(x, displacement) + gain * anomaly + balanced change + source on a window; untrained it is persistence."""

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
        # Displacement: for each group shares of the currents at its top and bottom and a rest in cells, for sea level the rest
        # alone; gain of temperature, salinity and sea level; source by channel; barotropic change of sea level; heave and shear
        # factors by level.
        self.sizes = (4 * len(self.groups) + 2, 3, STATE, 1, LEVELS, LEVELS)
        self.local = LocalPath(
            len(CONTEXT_CHANNELS) + DERIVED, preset.decoder_width, preset.local_width, preset.dilations, sum(self.sizes)
        )
        self.ekman = nn.Parameter(torch.zeros(EKMAN_LEVELS))
        self.equatorial_smoothing = nn.Parameter(torch.zeros(()))
        self.dissipation = nn.Parameter(torch.zeros(()))
        self.radius = nn.Parameter(torch.tensor(0.25 / OUTPUT_SCALE))
        self.season = nn.Parameter(torch.zeros(LEVELS))
        self.exchange = nn.Parameter(torch.zeros(LEVELS))
        self.fading = nn.Parameter(torch.zeros(2, LEVELS))
        constants = {"mean": mean[:STATE], "std": std[:STATE], "tendency": tendency, "depth": np.asarray(DEPTHS)}
        for name, values in (constants | {"air_mean": mean[STATE:], "air_std": std[STATE:]}).items():
            self.register_buffer(name, torch.as_tensor(np.asarray(values), dtype=torch.float32), persistent=False)
        keep_stored_names(self, STORED_NAMES)

    def forward(
        self,
        state: torch.Tensor,
        air: torch.Tensor,
        target_air: torch.Tensor,
        annual_harmonics: torch.Tensor,
        modulation: torch.Tensor,
        warming: torch.Tensor,
        static: StaticFields,
        out: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the next state (62, h, w) in physical units, in `out` where it is given; dry cells hold no meaningful numbers.

        `state` (62, H, W), 0 in dry cells, its last plane the memory; `annual_harmonics` (5,) of the day; `air` and
        `target_air` (8, H, W): the normalised atmosphere and its surface Ekman flow (2) and e-folding depth at both times;
        `modulation` (m, H, W) of the local path and `warming` (15, h, w) in K of the season, as from `modulate`; `static` on
        H x W. H and W include a halo of `preset.halo` cells around the window.
        """
        halo = self.preset.halo
        context = list(CONTEXT_CHANNELS)
        known = (state[context] - self.mean[context, None, None]).mul_(1 / self.std[context, None, None])
        known = known.mul_(static.wet[[number % LEVELS for number in context]])
        weather = self._physical(air), self._physical(target_air)
        ekman_change = target_air[EKMAN_FLOW] - air[EKMAN_FLOW]
        mean_weather = (weather[0] + weather[1]) / 2
        climatology = climatology_at(annual_harmonics, static)
        anomaly = anomalies(state, climatology, static)
        forcing, change = target_air[:FORCINGS], target_air[:FORCINGS] - air[:FORCINGS]
        inputs = derived(state, forcing, change, mean_weather, ekman_change, climatology, anomaly, static)
        inner = static.crop(halo)
        # More cells than the window: the flow at its edge needs the sea level of the neighbours, smoothed by that of theirs.
        cells = self.local.cells(torch.cat([known, inputs]), modulation, halo - OUTSIDE)
        displacement, gain, source, barotropic_change = self._level_outputs(*cells)
        tendency = self.tendency[ZOS] * static.crop(halo - OUTSIDE).wet[:1]
        before, change, barotropic_change = self._sea_level(
            state, displacement[-2:], gain[-1:], source * tendency, barotropic_change * tendency, static
        )
        displacement, gain, hidden, read = (crop(part, OUTSIDE) for part in (displacement, gain, *cells))
        total = change + barotropic_change
        flow = torch.stack(geostrophic(total, static.crop(halo - 1)))
        changed = {"level": before, "change": change, "total": total, "flow": flow}
        mixed_layer = climatology[MIXED_LAYER][None]
        around = {"state": state, "anomaly": anomaly, "air": air, "target_air": target_air, "mixed_layer": mixed_layer}
        heating = heat_exchange(anomaly[0], mean_weather[0], climatology, static)
        columns = {
            **{name: crop(part, 1) for name, part in changed.items()},
            **{name: crop(part, halo) for name, part in (around | {"heating": heating}).items()},
            **{name: getattr(inner, name) for name in ("heave", "shear", "tropics", "polar_fade", "lat", "wet")},
            **{"gain": gain, "hidden": hidden, "read": read, "warming": warming},
        }
        for group, part in zip(self.groups, displacement.split(4), strict=False):
            columns[group.name] = self._advected(state, part, group, static)
        if out is None:
            return self._column_changes(columns)
        # A few rows at a time, so that all operations on a column find it in the processor's cache; from coast to coast.
        for first in range(0, out.shape[-2], COLUMN_ROWS):
            rows = slice(first, first + COLUMN_ROWS)
            water = inner.wet[0, rows].any(0).nonzero()[:, 0]
            if water.numel():
                along = slice(int(water[0]), int(water[-1]) + 1)
                out[:, rows, along] = self._column_changes({name: _part(part, rows, along) for name, part in columns.items()})
        return out

    def _column_changes(self, given: dict[str, torch.Tensor]) -> torch.Tensor:
        """Return the next state (62, h, w) from planes (..., h, w) by name; no cell reads its neighbours here."""
        source, heave_factor, shear_factor = self._column_outputs(given["hidden"], given["read"])
        before, anomaly, gain, change, total = (given[name] for name in ("state", "anomaly", "gain", "change", "total"))
        old = before[:ZOS].unflatten(0, (4, LEVELS))
        sunk = given["heave"] * (1 + heave_factor) * change
        # Outside the tropics currents stay in balance with sea level: a factor below one each day would be a loss of energy.
        shear = given["shear"] * (1 + shear_factor * given["tropics"])
        new = torch.addcmul(old, source.unflatten(0, (4, LEVELS)), self.tendency[:ZOS].view(4, LEVELS, 1, 1))
        new[THETAO].addcmul_(OUTPUT_SCALE * self.exchange[:, None, None], given["heating"])
        surface = {THETAO: anomaly[:1], SO: anomaly[-1:]}
        for field, excess in surface.items():
            new[field].addcmul_(self.fading[field, :, None, None], excess, value=-OUTPUT_SCALE / FADING_DAYS)
        new[CURRENTS].addcmul_(shear[None], given["flow"])
        spirals = [ekman_spiral(given[name][FORCINGS:], given["lat"]) for name in ("target_air", "air")]
        new[CURRENTS, :EKMAN_LEVELS] += OUTPUT_SCALE * self.ekman[:, None, None] * (spirals[0] - spirals[1])
        for group in self.groups:
            for name, advected in zip(group.carried, given[group.name].split(group.last - group.first), strict=True):
                new[list(BLOCKS).index(name), group.first : group.last] += advected
            if group.first == 0:
                # Anomalies of the surface fade, or grow, in the whole mixed layer.
                for field, excess in surface.items():
                    new[field, : group.last].addcmul_(gain[field], excess, value=OUTPUT_SCALE * GAIN)
        new[:2] += mixing(new[:2] - old[:2], self.depth, torch.exp(given["mixed_layer"]))
        new[:2] += heaved(old[:2], sunk, self.depth, given["wet"])
        new[THETAO].addcmul_(OUTPUT_SCALE * self.season[:, None, None], given["warming"])
        new[THETAO].clamp_(min=COLDEST)
        new[CURRENTS].clamp_(-FASTEST, FASTEST)
        after = given["level"] + total
        if bool((given["polar_fade"] < 1).any()):
            new = old + given["polar_fade"] * (new - old)
            after = before[ZOS:STATE] + given["polar_fade"] * (after - before[ZOS:STATE])
        return torch.cat([new.flatten(0, 1), after, after - before[ZOS:STATE]])

    def _level_outputs(self, hidden: torch.Tensor, read: torch.Tensor) -> list[torch.Tensor]:
        """The outputs of the local path that move sea level: displacement, gain, source and barotropic change of sea level."""
        first = sum(self.sizes[:2])
        numbers = [*range(first), first + ZOS, first + STATE]
        displacement, gain, source, barotropic_change = self.local.outputs(hidden, read, numbers).split((*self.sizes[:2], 1, 1))
        # Anomalies of temperature and salinity may fade by a fifth in a day and grow by a fiftieth; bounds set by hand.
        gain = torch.cat([gain[:2].clamp(-2.0, 0.2), gain[2:].clamp(-5.0, 5.0)])
        return [displacement, gain, *(part.clamp(-LARGEST_SOURCE, LARGEST_SOURCE) for part in (source, barotropic_change))]

    def _column_outputs(self, hidden: torch.Tensor, read: torch.Tensor) -> list[torch.Tensor]:
        """The other outputs: source of fields with levels, heave factor and shear factor."""
        first = sum(self.sizes[:2])
        numbers = [*range(first, first + ZOS), *range(first + STATE + 1, sum(self.sizes))]
        source, heave_factor, shear_factor = self.local.outputs(hidden, read, numbers).split((ZOS, LEVELS, LEVELS))
        return [source.clamp(-LARGEST_SOURCE, LARGEST_SOURCE), *(part.clamp(-1.0, 1.0) for part in (heave_factor, shear_factor))]

    def _physical(self, air: torch.Tensor) -> torch.Tensor:
        """Return temperature in degC and pressure in hPa over 1000 (2, h, w) of a normalised atmosphere."""
        chosen = [AIR_TEMPERATURE, AIR_PRESSURE]
        physical = air[chosen] * self.air_std[chosen, None, None] + self.air_mean[chosen, None, None]
        return torch.stack([physical[0], physical[1] / 100 - 1000])

    def modulate(self, features: torch.Tensor, season: torch.Tensor) -> torch.Tensor:
        """Return (m, hp, wp) on the patch grid: the modulation of the local path by features and the warming of the season."""
        return torch.cat([self.local.modulate(features), season])

    def _sea_level(
        self,
        state: torch.Tensor,
        displacement: torch.Tensor,
        gain: torch.Tensor,
        source: torch.Tensor,
        barotropic_change: torch.Tensor,
        static: StaticFields,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Sea level before, its balanced and its barotropic change (1, h, w) in m, on the window and one cell around it."""
        halo = self.preset.halo - OUTSIDE
        near, wide = static.crop(halo - MARGIN), static.crop(halo)
        before = crop(state[ZOS:STATE], halo - MARGIN)
        anomaly = (before - near.mean_level) * near.wet[:1]
        advected = warp(anomaly, _cells_travelled(displacement, [], wide), near.wet[:1], MARGIN)
        here = crop(anomaly, MARGIN)
        changes = torch.cat([(advected * (1 + GAIN * gain) - here + source) * wide.wet[:1], barotropic_change])
        radius, travel = (OUTPUT_SCALE * self.radius).clamp_min(0), _squared_travel(state, wide, halo)
        changes = balanced_scales(
            changes, radius * _squared_radius(wide) + ADVECTIVE_SMOOTHING * travel, wide.wet[:1], SMOOTHING_PASSES
        )
        around, edge = (static.crop(self.preset.halo - cells) for cells in (3, 1))
        loss = OUTPUT_SCALE * self.dissipation
        eddies = crop(finer_than_passes(here, wide.wet[:1], EDDY_PASSES), SMOOTHING_PASSES - EDDY_PASSES)
        growth = BACKSCATTER * loss * _squared_radius(around).sqrt() * (1 - around.tropics)
        change = torch.addcmul(changes[:1], growth, eddies)
        after = crop(here, SMOOTHING_PASSES) + change
        # Difference from the mean of the neighbours, and the same of that: it grows with the fourth power of wavenumber.
        rough = crop(after, 1) - smoothed(after, around.wet[:1])
        rougher = crop(rough, 1) - smoothed(rough, crop(around.wet[:1], 1))
        share = edge.equatorial_belt * (OUTPUT_SCALE * self.equatorial_smoothing).clamp(0, 1)
        drag = loss * (_squared_radius(edge) + FRONTAL_DISSIPATION * _squared_travel(state, edge, self.preset.halo - 1))
        change = crop(change, 2) - share * crop(rough, 1) - drag.clamp(0, 1) * rougher
        return crop(before, MARGIN + OUTSIDE - 1), change * edge.wet[:1], crop(changes[1:], 2) * edge.wet[:1]

    def _advected(self, state: torch.Tensor, displacement: torch.Tensor, group: LevelGroup, static: StaticFields) -> torch.Tensor:
        """Change by advection of the fields of a group of levels, on the window."""
        halo = self.preset.halo
        near = static.crop(halo - MARGIN)
        ends = (group.first, group.last - 1)
        currents = [torch.stack([crop(state[BLOCKS[name] + end], halo) for name in ("uo", "vo")]) for end in ends]
        channels = [slice(BLOCKS[name] + group.first, BLOCKS[name] + group.last) for name in group.carried]
        before = crop(torch.cat([state[part] for part in channels]), halo - MARGIN)
        wet = near.wet[group.first : group.last].repeat(len(channels), 1, 1)
        after = warp(before, _cells_travelled(displacement, currents, static.crop(halo)), wet, MARGIN)
        return after - crop(before, MARGIN)


def _part(plane: torch.Tensor, rows: slice, columns: slice) -> torch.Tensor:
    """Return rows and columns of `plane` (..., h, w); a plane of latitude alone (h, 1) keeps its column."""
    return plane[..., rows, :] if plane.shape[-1] == 1 else plane[..., rows, columns]


def _squared_radius(static: StaticFields) -> torch.Tensor:
    """The deformation radius in cells (1, h, w), squared."""
    return static.radius**2 / (static.cell_x * static.cell_y)


def _squared_travel(state: torch.Tensor, static: StaticFields, halo: int) -> torch.Tensor:
    """The cells (1, h, w) that the surface current travels in a day, squared, `halo` cells inside the state."""
    east, north = (crop(state[BLOCKS[name]][None], halo) * SECONDS_PER_DAY for name in ("uo", "vo"))
    return (east / static.cell_x) ** 2 + (north / static.cell_y) ** 2


def _cells_travelled(displacement: torch.Tensor, currents: list[torch.Tensor], static: StaticFields) -> torch.Tensor:
    """Cells (2, h, w) travelled in a day: learned shares of `currents`, each (2, h, w) in m/s, and a learned rest."""
    travelled = displacement[-2:]
    cells_a_day = torch.stack([SECONDS_PER_DAY / static.cell_x, SECONDS_PER_DAY / static.cell_y])
    for share, current in zip(displacement, currents, strict=False):
        travelled = travelled + OUTPUT_SCALE * share * current * cells_a_day
    return travelled.clamp(-LARGEST_DISPLACEMENT, LARGEST_DISPLACEMENT)


def ekman_spiral(surface: torch.Tensor, lat: torch.Tensor) -> torch.Tensor:
    """Return the wind-driven flow (2, 6, h, w) in m/s at 0 to 50 m of its surface flow (2) and e-folding depth (3, h, w).

    It weakens and turns by one radian per e-folding depth, to the right in the north (Ekman 1905), and ends at 50 m.
    """
    east, north, folding_depth = surface
    depth = torch.tensor(DEPTHS[:EKMAN_LEVELS], device=surface.device)[:, None, None]
    below = depth / folding_depth
    size = torch.exp(-below) * ((SPIRAL_BASE - depth) / SPIRAL_FADE).clamp(0, 1)
    angle = torch.tanh(lat / TURNING_LATITUDE) * below
    cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
    return torch.stack([east * cosine + north * sine, north * cosine - east * sine])
