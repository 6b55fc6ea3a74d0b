"""A full state from observations: interpolation of sea level, surface and thermocline, displaced layers, residuals at depth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.physics.displaced_state import climatology, displaced_state, mean_sea_level
from engine.physics.sea_level_zero import mean_offset
from engine.readers.tables.observations import Observations
from engine.reconstruction.covariances import Covariance, covariance, residual_covariance, weather_spread
from engine.reconstruction.interpolation import Estimate, Sparse, interpolate
from engine.reconstruction.superobservations import at_surface, profiles
from engine.reconstruction.thermocline import sea_level_of_profiles
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.variables import PROGNOSTIC, VARIABLES

BACKGROUND_SHARE = 0.5
"""Spread of the error of a background other than climatology, as a share of that of climatology; set by hand, not fitted."""

GUESSED = 0.5
"""Remaining share of the background's error variance above which a cell counts as guessed; set by hand."""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """A full state and its error.

    `error` holds standard deviations (h, w) of zos (m) and of thetao (degC) and so of the surface; `guess` the share
    (h, w) of the background's error variance that remains: 0 where the state was observed, 1 where it is the background.
    """

    state: Batch
    error: Mapping[str, np.ndarray]
    guess: Mapping[str, np.ndarray]

    def guessed_share(self) -> dict[str, float]:
        """Return the share of the ocean's area that is guessed rather than observed, by field."""
        area = self.state.grid.cell_area
        return {
            name: float(area[np.nan_to_num(share) > GUESSED].sum() / area[np.isfinite(share)].sum())
            for name, share in self.guess.items()
        }


@dataclass(frozen=True, eq=False)
class Surface:
    """Estimates (1, h, w) of the anomalies from the background: `zos`, `thetao` and `so` of the surface, and of the
    sea level that moves the `thermocline`."""

    zos: Estimate
    thetao: Estimate
    so: Estimate
    thermocline: Estimate


Complete = Callable[[Surface, Mapping[str, Covariance], Grid], Surface]


def reconstruct(
    observed: Observations,
    grid: Grid,
    time: np.datetime64,
    background: Batch | None = None,
    remove_zero: bool = False,
    complete: Complete | None = None,
) -> Reconstruction:
    """Return thetao, so, uo, vo and zos at `time` from observations about it and a background, the climatology by default.

    Without observations it is the background. Salinity without observations follows the thermocline; currents follow sea level.
    `remove_zero` first removes the mean difference of sea level from the climatology, since altimetry has its own zero level.
    `complete` may correct the interpolation, as a trained network does. Raises InputError for a background on another grid.
    """
    seasonal_mean = climatology(grid, time)
    if background is not None and not background.grid.same_as(grid):
        raise InputError(f"the background has the grid {background.grid.shape}; expected {grid.shape}: choose another")
    start = seasonal_mean if background is None else background.with_fields(**_filled(background, seasonal_mean))
    share = 1.0 if background is None else BACKGROUND_SHARE
    spreads = {name: covariance(grid, name).scaled(share) for name in ("zos", "thetao", "so")}
    found = surface_estimates(observed, grid, time, start, spreads, remove_zero)
    if complete is not None:
        found = complete(found, spreads, grid)
    state = _corrected(observed, _moved(start, seasonal_mean, found, time))
    error = {name: getattr(found, name).error for name in spreads}
    guess = {name: (error[name] / spreads[name].spread) ** 2 for name in spreads}
    return Reconstruction(state, error, guess)


def _filled(background: Batch, seasonal_mean: Batch) -> dict[str, np.ndarray]:
    return {name: np.where(np.isfinite(background[name]), background[name], seasonal_mean[name]) for name in PROGNOSTIC}


def surface_estimates(
    observed: Observations,
    grid: Grid,
    time: np.datetime64,
    start: Batch,
    spreads: Mapping[str, Covariance],
    remove_zero: bool = False,
) -> Surface:
    """Return the optimal interpolation of observations of sea level, surface and thermocline, as anomalies from `start`."""
    level = at_surface(observed.of("zos"), grid, start["zos"])
    if remove_zero and len(level):
        lat = grid.lat[level.rows]
        values = level.values - mean_offset(level.values[:, 0], lat, np.cos(np.deg2rad(lat)))
        level = Sparse(level.rows, level.columns, level.days, values, level.noise)
    tracers = observed.where(np.isin(observed.variable, ("thetao", "so")))
    spots, columns = profiles(tracers, grid)
    weather = weather_spread(grid) ** 2
    deep = sea_level_of_profiles(spots, columns, grid, time)
    anomaly = start["zos"] - mean_sea_level(grid)
    deep = Sparse(deep.rows, deep.columns, deep.days, deep.values - anomaly[deep.rows, deep.columns][:, None], deep.noise)
    zos = interpolate(_together(level, _noisier(deep, weather)), grid, spreads["zos"])
    thermocline = interpolate(_together(_noisier(level, weather), deep), grid, spreads["zos"]) if len(deep) else zos
    thetao, so = (
        interpolate(at_surface(observed.of(name), grid, start[name][0]), grid, spreads[name]) for name in ("thetao", "so")
    )
    return Surface(zos, thetao, so, thermocline)


def _noisier(observed: Sparse, variance: np.ndarray) -> Sparse:
    """Return a copy with an error variance (h, 1) by row added."""
    return Sparse(observed.rows, observed.columns, observed.days, observed.values, observed.noise + variance[observed.rows, 0])


def _together(first: Sparse, second: Sparse) -> Sparse:
    if not len(second):
        return first
    names = ("rows", "columns", "days", "values", "noise")
    return Sparse(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def _moved(start: Batch, seasonal_mean: Batch, found: Surface, time: np.datetime64) -> Batch:
    """Return the background with its layers displaced by the change of sea level and surface from its own to the estimated."""
    grid = start.grid
    before = start["zos"] - seasonal_mean["zos"]
    after = displaced_state(
        grid,
        time,
        before + found.zos.values[0],
        start["thetao"][0] + found.thetao.values[0],
        start["so"][0] + found.so.values[0],
        thermocline_anomaly=before + found.thermocline.values[0],
    )
    if start is seasonal_mean:
        return after
    theirs = displaced_state(grid, time, before, start["thetao"][0], start["so"][0])
    return Batch({name: _valid(name, start[name] + after[name] - theirs[name]) for name in PROGNOSTIC}, grid, time)


def _valid(name: str, values: np.ndarray) -> np.ndarray:
    return np.clip(values, *VARIABLES[name].valid_range)


def _corrected(observed: Observations, state: Batch) -> Batch:
    """Return the state plus the interpolated residuals of profiles and measured currents, level by level."""
    grid = state.grid
    fields = {}
    for pair in (("thetao", "so"), ("uo", "vo")):
        spots, columns = profiles(observed.where(np.isin(observed.variable, pair)), grid)
        if not len(spots):
            continue
        for name, values in columns.items():
            rest = np.nan_to_num(values - state[name][:, spots.rows, spots.columns].T)
            residuals = residual_covariance(grid, name)
            found = interpolate(Sparse(spots.rows, spots.columns, spots.days, rest, spots.noise), grid, residuals)
            fields[name] = _valid(name, state[name] + found.values)
    return state.with_fields(**fields)
