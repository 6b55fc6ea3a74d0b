"""A full ocean state from sea level: observed climatology displaced by the sea-surface height anomaly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.physics.climatology import (
    Atlas,
    Modes,
    annual_basis,
    atlas,
    atlas_weights,
    climatological_forcing,
    day_of_year,
    mean_sea_level,
    mixed_layer_depth,
    on_day,
    vertical_modes,
)
from engine.physics.ekman import ekman_surface
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.water_columns import MeanFlow, MeanWater, SurfaceFlow, SurfaceState, current_rows, over_rows, tracer_rows
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid, from_sea_floor
from engine.schema.variables import DEPTHS

__all__ = [
    "Modes",
    "climatological_forcing",
    "climatology",
    "displaced_state",
    "mean_sea_level",
    "mixed_layer_depth",
    "vertical_modes",
]

Array = NDArray[np.floating]

SHALLOWEST_DISPLACED, FULLY_DISPLACED = 50.0, 500.0
BRISK, FASTEST = 1.6, 2.2


def climatology(grid: Grid, time: np.datetime64, mean: Atlas | None = None) -> Batch:
    """Return the mean ocean of the day of the year of `time`: thetao, so, uo, vo, zos on `grid`, NaN on land.

    Of the shipped climatology temperature follows the year; salinity, sea level and the geostrophic flow are annual means. In
    a `mean` of training data on the same grid all fields follow the year. The grid has the model's depths or some of them, such
    as the surface alone.
    """
    found = _annual_mean(grid, time, mean)
    if mean is None or mean.grid is None or not mean.grid.same_as(grid):
        return found
    basis = annual_basis(round(day_of_year(time), 2))
    known = {name: np.tensordot(basis, harmonics, axes=(0, 0)) for name, harmonics in mean.harmonics.items()}
    return found.with_fields(**{n: np.where(np.isfinite(known[n]), known[n], found[n]) for n in known})


def _annual_mean(grid: Grid, time: np.datetime64, mean: Atlas | None) -> Batch:
    undisturbed = np.zeros(grid.shape, dtype=np.float32)
    if grid.depth.size == len(DEPTHS) or not set(grid.depth) <= set(DEPTHS):
        return displaced_state(grid, time, undisturbed, mean=mean)
    whole = displaced_state(from_sea_floor(grid.lat, grid.lon, grid.deptho), time, undisturbed, mean=mean)
    levels = [DEPTHS.index(depth) for depth in grid.depth]
    picked = {name: np.where(grid.wet, field[levels], np.nan) for name, field in whole.fields.items() if field.ndim == 3}
    return Batch({**whole.fields, **picked}, grid, time)


def displaced_state(
    grid: Grid,
    time: np.datetime64,
    zos_anomaly: Array,
    surface_temperature: Array | None = None,
    surface_salinity: Array | None = None,
    wind: tuple[Array, Array] | None = None,
    surface_currents: tuple[Array, Array] | None = None,
    thermocline_anomaly: Array | None = None,
    mean: Atlas | None = None,
) -> Batch:
    """Return thetao, so, uo, vo (z, h, w) and zos (h, w) of an ocean with the anomaly `zos_anomaly` of sea level from its mean.

    All inputs are (h, w) on `grid`; NaN means "as the climatology". `zos_anomaly` in m over `mean_sea_level(grid)`;
    `surface_temperature` (degC) and `surface_salinity` fill the mixed layer; `wind` = (u10, v10) in m s-1 adds an Ekman
    spiral to the upper 50 m; `surface_currents` = (u, v) in m s-1 replaces the geostrophic flow at the surface;
    `thermocline_anomaly` is the part of `zos_anomaly` that moves the water below (default: all of it). `mean` is the ocean that
    is displaced, the shipped climatology by default.
    Below, water moves by T(d + D h') = Tclim(d) with D of the first baroclinic mode, and the flow anomaly decays as F;
    the effect fades out over sea floors shallower than 500 m, where sea level moves without the thermocline.
    Raises InputError when a field does not fit the grid or the grid lacks the model's depths.
    """
    if grid.depth.shape != (len(DEPTHS),) or not np.allclose(grid.depth, DEPTHS):
        raise InputError(f"grid has depths {grid.depth.tolist()}; a displaced state needs {list(DEPTHS)}: regrid first")
    surface = (zos_anomaly, surface_temperature, surface_salinity, thermocline_anomaly)
    given = (*surface, *(wind or ()), *(surface_currents or ()))
    for field in given:
        if field is not None and field.shape != grid.shape:
            raise InputError(f"surface field has shape {field.shape}; expected {grid.shape}: bring it to the grid first")
    anomaly = np.nan_to_num(np.asarray(zos_anomaly, dtype=np.float32))
    zos = np.where(grid.wet_surface, mean_sea_level(grid, mean) + anomaly, np.float32(np.nan))
    moving = anomaly if thermocline_anomaly is None else np.nan_to_num(thermocline_anomaly.astype(np.float32))
    thetao, so = _tracers(grid, time, moving, surface_temperature, surface_salinity, mean)
    flow = geostrophic_velocity(zos, grid.lat, grid.lon, grid.wet_surface)
    if surface_currents is not None:
        flow = tuple(  # type: ignore[assignment]
            np.where(np.isfinite(theirs), theirs, ours) for theirs, ours in zip(surface_currents, flow, strict=True)
        )
    uo, vo = _currents(grid, bounded(flow), wind, mean)
    return Batch({"thetao": thetao, "so": so, "uo": uo, "vo": vo, "zos": zos}, grid, time)


def bounded(flow: tuple[Array, Array]) -> tuple[Array, Array]:
    """Limit speeds over 1.6 m s-1 smoothly to 2.2, set by hand: near tropical coasts a centimetre of noise gives metres a
    second."""
    speed = np.hypot(*flow)
    room = FASTEST - BRISK
    bent = np.where(speed > BRISK, BRISK + room * np.tanh((speed - BRISK) / room), speed)
    factor = bent / np.maximum(speed, 1e-6)
    return flow[0] * factor, flow[1] * factor


def _tracers(
    grid: Grid,
    time: np.datetime64,
    anomaly: Array,
    surface_temperature: Array | None,
    surface_salinity: Array | None,
    climate: Atlas | None,
) -> tuple[Array, Array]:
    source = climate or atlas()
    floor = np.nan_to_num(grid.deptho)
    deep = np.clip((floor - SHALLOWEST_DISPLACED) / (FULLY_DISPLACED - SHALLOWEST_DISPLACED), 0.0, 1.0).astype(np.float32)
    unknown = np.full(grid.shape, np.nan, dtype=np.float32)
    thetao = np.empty((len(DEPTHS), *grid.shape), dtype=np.float32)
    so = np.empty_like(thetao)
    mean = MeanWater(source.level, on_day("thetao", time, climate), source.fields["so"], source.fields["D"])
    surface = SurfaceState(
        anomaly * deep,
        mixed_layer_depth(grid, time),
        unknown if surface_temperature is None else np.asarray(surface_temperature, dtype=np.float32),
        unknown if surface_salinity is None else np.asarray(surface_salinity, dtype=np.float32),
    )
    over_rows(tracer_rows, grid.shape[0], mean, atlas_weights(grid, climate), grid.wet, surface, thetao, so)
    return thetao, so


def _currents(
    grid: Grid, flow: tuple[Array, Array], wind: tuple[Array, Array] | None, climate: Atlas | None
) -> tuple[Array, Array]:
    fields = (climate or atlas()).fields
    still = np.zeros(grid.shape, dtype=np.float32)
    u, v = (np.asarray(part, dtype=np.float32) for part in flow)
    surface = SurfaceFlow(u, v, *ekman_surface(grid.lat, *(wind or (still, still))))
    mean = MeanFlow(fields["uo"], fields["vo"], fields["F"])
    uo = np.empty((len(DEPTHS), *grid.shape), dtype=np.float32)
    vo = np.empty_like(uo)
    depth = grid.depth.astype(np.float64)
    over_rows(current_rows, grid.shape[0], depth, mean, atlas_weights(grid, climate), grid.wet, surface, uo, vo)
    return uo, vo
