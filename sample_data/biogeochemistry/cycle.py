"""Biogeochemistry of the sample ocean at 1 degree: chlorophyll of four groups, nitrate, iron and mixed layer depth. A simulation.

Columns of the run drive it, a day at a time: mixed layer and density set the supply of nutrients from below (so eddies that lift
the thermocline increase growth), the surface flow advects, light and temperature control growth. Constants without a source are
set by hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.physics.climatology import climatological_forcing, day_of_year
from engine.physics.irradiance import daily_light
from engine.schema.batch import Batch
from engine.schema.constants import EARTH_RADIUS, SECONDS_PER_DAY
from engine.schema.grid import coarsened
from engine.schema.head_grids import one_degree
from engine.schema.sample_calendar import sample_date
from engine.schema.variables import BIOGEOCHEMISTRY, PLANKTON, Packing
from sample_data.biogeochemistry.nutrients import dust_iron, iron_at_depth, nitrate_of_density
from sample_data.biogeochemistry.plankton import step
from sample_data.ocean.mixed_layer import at_depth, mixed_layer, sigma_columns
from sample_data.ocean.tracers import coast_rings, extend_to_coast, mix, transport
from sample_data.ocean.upwelling import upwelling
from sample_data.weather.atmosphere import forcing
from sample_data.weather.ice import ice

Array = NDArray[np.floating]
Columns = Callable[[int], Batch]
"""Gives the state of a sample day on the 1-degree grid."""

TRACERS: tuple[str, ...] = (*PLANKTON, "no3", "fe")
PACKINGS = {name: Packing(0.002, log10=True) for name in (*TRACERS, "mlotst")}
"""Rounding of stored days: to 0.46 %."""

KEY_EVERY = 8
"""On every eighth day the model continues from its rounded fields, so that it can restart exactly from a stored day."""

BELOW = 45.0
"""Depth in metres below the mixed layer from which water is mixed in."""

EXCHANGE_LENGTH = 30.0
MIXING, STORM_MIXING = 2.0e-5, 1.0e-4
"""m2 s-1 at the base of the mixed layer, in calm and added at 10 m s-1 of wind (with its cube)."""

DIFFUSION = 400.0
FLOW_LEVELS = 4
SHELF_IRON, SHELF_DAYS = 0.9, 6.0
UNDER_ICE = 0.08


@dataclass(frozen=True)
class DayConditions:
    """The physical conditions of a day for the plankton, by cell of the open ocean (n,); see `conditions_of`."""

    temperature: Array
    layer: Array
    nitrate_below: Array
    iron_below: Array
    light: Array
    lifted: Array
    mixing: Array
    flow: tuple[Array, Array]


def conditions_of(state: Batch, day: int, wind: Batch) -> DayConditions:
    """Return mixed layer (m), its temperature, nutrients beneath, light (W m-2), exchange (m/d) and flow (h, w) of a day."""
    grid, time = state.grid, sample_date(day)
    cells = one_degree().wet_surface
    sigma = sigma_columns(state, cells)
    layer = mixed_layer(sigma, grid.depth, grid.deptho[cells])
    source = np.minimum(layer + BELOW, np.minimum(grid.deptho[cells], grid.depth[-1]))
    mean_wind = climatological_forcing(grid, time)
    speed = np.hypot(wind["u10"], wind["v10"])[cells]
    light = daily_light(grid.lat, day_of_year(time))[:, None] * np.where(ice(grid, day), UNDER_ICE, 1.0)
    flow = tuple(np.nan_to_num(np.mean(state[name][:FLOW_LEVELS], axis=0)) for name in ("uo", "vo"))
    return DayConditions(
        temperature=np.clip(state["thetao"][0][cells], -2, 32),
        layer=np.maximum(layer, 12.0),
        nitrate_below=nitrate_of_density(grid, cells, at_depth(sigma, grid.depth, source)),
        iron_below=iron_at_depth(grid, cells, source),
        light=light[cells].astype(np.float32),
        lifted=upwelling(grid, cells, mean_wind["u10"], mean_wind["v10"])[cells],
        mixing=((MIXING + STORM_MIXING * (speed / 10) ** 3) * SECONDS_PER_DAY / EXCHANGE_LENGTH).astype(np.float32),
        flow=flow,
    )


class Biogeochemistry:
    """Plankton and nutrients of a run over its open ocean at `day`; `step` computes the next day.

    `tracers` (6, h, w): the four groups in mg m-3, nitrate in umol L-1, iron in nmol L-1.
    """

    def __init__(self, day: int, tracers: Mapping[str, Array], today: DayConditions) -> None:
        self.grid = coarsened(4)
        self.cells = one_degree().wet_surface
        self.day, self.today = day, today
        self.tracers = np.stack([np.where(self.cells, tracers[name], 0) for name in TRACERS]).astype(np.float32)
        self._round()

    def _round(self) -> None:
        for field, name in zip(self.tracers, TRACERS, strict=True):
            packing = PACKINGS[name]
            field[self.cells] = packing.unpack(packing.pack(field[self.cells]))

    def step(self, tomorrow: DayConditions) -> None:
        """Compute the next day: advection by the mean flow of both days, exchange with the water below, growth."""
        self._stir(tomorrow)
        inside = self.tracers[:, self.cells]
        self._exchange(inside, tomorrow)
        groups, nitrate, iron = inside[:4], inside[4], inside[5]
        step(groups, nitrate, iron, tomorrow.temperature, tomorrow.light, tomorrow.layer)
        self.tracers[:, self.cells] = inside
        self.day, self.today = self.day + 1, tomorrow
        if self.day % KEY_EVERY == 0:
            self._round()

    def _stir(self, tomorrow: DayConditions) -> None:
        to_cells_east, to_cells_north, mix_east, mix_north, rings = _metrics()
        east = np.clip(0.5 * (self.today.flow[0] + tomorrow.flow[0]) * to_cells_east, -2, 2).astype(np.float32)
        north = np.clip(0.5 * (self.today.flow[1] + tomorrow.flow[1]) * to_cells_north, -2, 2).astype(np.float32)
        for field in self.tracers:
            extend_to_coast(field, rings)
        self.tracers = mix(transport(self.tracers, east, north, self.cells), self.cells, mix_east, mix_north)

    def _exchange(self, inside: Array, tomorrow: DayConditions) -> None:
        deeper = np.maximum(tomorrow.layer - self.today.layer, 0)
        share = 1 - np.exp(-(deeper + tomorrow.lifted + tomorrow.mixing) / tomorrow.layer)
        inside[4] += share * (tomorrow.nitrate_below - inside[4])
        inside[5] += share * (tomorrow.iron_below - inside[5])
        inside[5] += dust_iron(self.grid)[self.cells] / tomorrow.layer
        inside[5] += _shelf()[self.cells] / SHELF_DAYS * np.maximum(SHELF_IRON - inside[5], 0)
        inside[:4] *= 1 - np.minimum(deeper / tomorrow.layer, 0.5)
        np.maximum(inside, 1e-3, out=inside)

    def fields(self) -> dict[str, Array]:
        """Return the eight fields (180, 360), float32, missing on land and over water shallower than 200 m."""
        result = {name: np.where(self.cells, field, np.nan) for name, field in zip(TRACERS, self.tracers, strict=True)}
        result["mlotst"] = np.full(self.grid.shape, np.nan, np.float32)
        result["mlotst"][self.cells] = self.today.layer
        return with_total(result)


def with_total(fields: Mapping[str, Array]) -> dict[str, Array]:
    """Return the eight fields of the schema: those given and total chlorophyll, the sum of the groups."""
    total = np.sum([fields[name] for name in PLANKTON], axis=0)
    return {name: total if name == "chl" else fields[name] for name in BIOGEOCHEMISTRY}


def begin(day: int, tracers: Mapping[str, Array], seed: int, columns: Columns) -> Biogeochemistry:
    """Return the model of run `seed` at `day` with given `tracers` (h, w); `columns` gives the run's states."""
    return Biogeochemistry(day, tracers, conditions_of(columns(day), day, forcing(seed, day, coarsened(4))))


def advance(model: Biogeochemistry, seed: int, columns: Columns) -> None:
    """Advance `model` of run `seed` to the next day."""
    day = model.day + 1
    model.step(conditions_of(columns(day), day, forcing(seed, day, coarsened(4))))


@cache
def _metrics() -> tuple[Array, float, Array, float, tuple[Array, Array]]:
    grid = coarsened(4)
    spacing = EARTH_RADIUS * np.deg2rad(grid.lat[1] - grid.lat[0])
    width = spacing * np.cos(np.deg2rad(grid.lat))
    mix_east = np.minimum(DIFFUSION * SECONDS_PER_DAY / width**2, 0.1).astype(np.float32)
    rings = coast_rings(one_degree().wet_surface)
    return (
        (SECONDS_PER_DAY / width)[:, None],
        SECONDS_PER_DAY / spacing,
        mix_east,
        DIFFUSION * SECONDS_PER_DAY / spacing**2,
        rings,
    )


@cache
def _shelf() -> Array:
    """1 beside land or shelf, 0 elsewhere (h, w)."""
    cells = one_degree().wet_surface
    around = [np.roll(cells, shift, axis=1) for shift in (-1, 1)] + [np.roll(cells, shift, axis=0) for shift in (-1, 1)]
    return (cells & ~np.logical_and.reduce(around)).astype(np.float32)
