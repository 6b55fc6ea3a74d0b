"""The error of one forecast against its reference, quick enough to follow a pan of the map."""

from collections.abc import Callable

import numpy as np

from engine.errors import InputError
from engine.grid import Grid
from engine.regions import Region
from engine.regrid import AreaMean
from engine.store import Store
from engine.verify.aggregation import Place, region_weights, weighted_means
from engine.verify.statistics import cell_statistics, metrics

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

    `acc` is None without `climatology`. The two are compared at the same valid time and depth; a reference on a finer grid is
    averaged to the forecast's cells. Of sea surface height from different sources the mean difference over the common cells is
    removed, since each counts from its own zero; `zero_removed` says how much. Raises InputError where nothing can be compared.
    """
    place, weights = region_weights(forecast.grid, region)
    predicted = _pick(forecast.read(variable, lead, depth_index), place)
    observed = _observed(forecast, reference, variable, depth_index, lead, place)
    usual = None if climatology is None else _pick(climatology(forecast.valid_time(lead)), place)
    # Land is a third of the cells: left out once here instead of in each statistic.
    present = (weights > 0) & np.isfinite(predicted) & np.isfinite(observed)
    predicted, observed, weights = predicted[present], observed[present], weights[present]
    usual = None if usual is None else usual[present]
    zero = 0.0
    if variable == "zos" and forecast.attrs.get("source") != reference.attrs.get("source"):
        zero = weighted_means({"error": predicted - observed}, weights)["error"]
        predicted = predicted - np.float32(zero)
    means = weighted_means(cell_statistics(predicted, observed, usual), weights)
    return {**metrics(means), "zero_removed": zero}


def _observed(
    forecast: Store, reference: Store, variable: str, depth_index: int, lead: int, place: Place
) -> np.ndarray:
    """Return the reference (rows, columns) at the forecast's valid time and depth, on the forecast's cells of a region."""
    level = _level(forecast, reference, variable, depth_index)
    values = reference.read(variable, reference_lead(forecast, reference, lead), level)
    if reference.grid.same_as(forecast.grid) or _same_cells(reference.grid, forecast.grid):
        return _pick(values, place)
    mean = AreaMean(reference.grid.lat, reference.grid.lon, forecast.grid.lat[place[0]], forecast.grid.lon)
    return mean(values)[:, place[1]]


def _pick(values: np.ndarray, place: Place) -> np.ndarray:
    return values[place[0]][:, place[1]]


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


def _same_cells(one: Grid, other: Grid) -> bool:
    return one.shape == other.shape and np.allclose(one.lat, other.lat) and np.allclose(one.lon, other.lon)
