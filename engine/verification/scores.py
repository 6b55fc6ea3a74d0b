"""RMSE and other scores of one forecast against its reference by lead, fast enough to follow a map that is moved."""

from collections.abc import Callable

import numpy as np

from engine.physics.sea_level_zero import align_zero, zero_of
from engine.readers.regrid import AreaMean
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.regions import Region
from engine.stores import Store
from engine.verification.aggregation import Box, region_weights, weighted_means
from engine.verification.statistics import cell_statistics, metrics

MeanField = Callable[[np.datetime64], np.ndarray]
"""Gives the climatological field (h, w) of the scored variable and depth, on the forecast's grid, at a valid time."""


def score(
    forecast: Store,
    reference: Store,
    variable: str,
    depth_index: int,
    region: Region,
    lead: int,
    climatology: MeanField | None = None,
) -> dict[str, float | None]:
    """Return rmse, bias and acc of a forecast at `lead` days over the wet cells of a region, in the variable's unit.

    `acc` is None without `climatology`. The two are compared at the same valid day and depth, on the cells of the coarser grid.
    Sea surface height with another zero is aligned by the mean difference over the water that both have; `zero_removed` holds
    it. Raises InputError where nothing can be compared.
    """
    level = _level(forecast, reference, variable, depth_index)
    predicted = forecast.read(variable, lead, depth_index)
    observed = reference.read(variable, reference_lead(forecast, reference, lead), level)
    seasonal_mean = None if climatology is None else climatology(forecast.valid_time(lead))
    other_zero = variable == "zos" and zero_of(forecast.attrs) != zero_of(reference.attrs)
    return score_fields(predicted, forecast.grid, observed, reference.grid, region, seasonal_mean, other_zero)


def score_fields(
    prediction: np.ndarray,
    grid: Grid,
    target: np.ndarray,
    target_grid: Grid,
    region: Region,
    climatology: np.ndarray | None = None,
    other_zero: bool = False,
) -> dict[str, float | None]:
    """Return rmse, bias, acc and `zero_removed` of a field (h, w) of `grid` against one of `target_grid` over a region.

    `climatology` (h, w) is on `grid`; with `other_zero` the prediction first takes the zero of the target. Cells of the
    coarser grid that are missing in either are left out; where none is left every figure is NaN.
    """
    cells = _coarser(grid, target_grid)
    predicted, observed = _bring(prediction, grid, cells), _bring(target, target_grid, cells)
    zero = 0.0
    if other_zero:
        predicted, zero = align_zero(predicted, observed, cells)
    box, weights = region_weights(cells, region)
    predicted, observed = _pick(predicted, box), _pick(observed, box)
    # Land is a third of the cells: removed once here instead of in each statistic.
    present = (weights > 0) & np.isfinite(predicted) & np.isfinite(observed)
    seasonal_mean = None if climatology is None else _pick(_bring(climatology, grid, cells), box)[present]
    means = weighted_means(cell_statistics(predicted[present], observed[present], seasonal_mean), weights[present])
    return {**metrics(means), "zero_removed": zero}


def _coarser(one: Grid, other: Grid) -> Grid:
    return other if _step(other) > 1.01 * _step(one) else one


def _step(grid: Grid) -> float:
    return float(np.median(np.diff(grid.lat)))


def _bring(values: np.ndarray, source: Grid, cells: Grid) -> np.ndarray:
    """Return a field (h, w) of the grid `source` on the grid `cells`."""
    if source.shape == cells.shape and np.allclose(source.lat, cells.lat) and np.allclose(source.lon, cells.lon):
        return values
    return AreaMean(source.lat, source.lon, cells.lat, cells.lon)(values)


def _pick(values: np.ndarray, box: Box) -> np.ndarray:
    return values[box[0]][:, box[1]]


def reference_lead(forecast: Store, reference: Store, lead: int) -> int:
    """Return the lead of the reference whose valid day is that of the forecast's `lead`; raises InputError where none is."""
    day = forecast.valid_time(lead).astype("datetime64[D]")
    for candidate in reference.leads:
        if reference.valid_time(candidate).astype("datetime64[D]") == day:
            return candidate
    raise InputError(
        f"{reference.identifier} has no finished day {day}, lead {lead} of {forecast.identifier}; choose a reference that has it"
    )


def _level(forecast: Store, reference: Store, variable: str, depth_index: int) -> int:
    depths = forecast.depths(variable)
    if not depths:
        return 0
    same = np.flatnonzero(np.abs(np.array(reference.depths(variable)) - depths[depth_index]) < 0.01)
    if not same.size:
        raise InputError(
            f"{reference.identifier} has {variable} at {', '.join(f'{d:g}' for d in reference.depths(variable))} m, not at "
            f"{depths[depth_index]:g} m; choose another depth"
        )
    return int(same[0])
