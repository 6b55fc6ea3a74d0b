"""Simulated observing systems in a known ocean: random columns, altimeter tracks, profiling floats; for training and scores.

Scores from such observations are an observing-system simulation experiment (OSSE); with the same ocean in the training they are
an upper bound.
"""

from collections.abc import Callable

import numpy as np

from engine.readers.tables.observations import Observations, joined
from engine.reconstruction.superobservations import cells_of
from engine.schema.batch import Batch

State = Callable[[float], Batch]
"""The ocean a number of days from the analysis."""

WINDOW_DAYS = 10
"""Length of the cycle in which altimeters and floats observe the ocean, five days on either side of the analysis."""

INCLINATIONS = (66.0, 98.5, 92.0, 78.0)
"""Degrees, of four altimeters such as Jason, Sentinel-3, CryoSat and SWOT's nadir instrument."""

REVOLUTIONS = 13.5
"""Orbits a day."""

TRACK_STEP_KM = 7.0
FLOAT_DEGREES = 3.0


def random_columns(batch: Batch, share: float, generator: np.random.Generator) -> Observations:
    """Return zos, thetao and so of whole columns of a random `share` of the wet cells of a state, without error."""
    rows, columns = np.nonzero(batch.grid.wet_surface)
    chosen = np.sort(generator.permutation(rows.size)[: max(1, round(share * rows.size))])
    return joined([_columns(batch, rows[chosen], columns[chosen], 0.0, name) for name in ("zos", "thetao", "so")])


def _columns(batch: Batch, rows: np.ndarray, columns: np.ndarray, days: float, name: str) -> Observations:
    levels = batch[name] if batch[name].ndim == 3 else batch[name][None]
    values = levels[:, rows, columns]
    depth = np.broadcast_to(batch.grid.depth[: len(levels), None], values.shape)
    lat, lon = (np.broadcast_to(axis, values.shape) for axis in (batch.grid.lat[rows], batch.grid.lon[columns]))
    there = np.isfinite(values)
    size = int(there.sum())
    same = np.full(size, days), np.full(size, name), np.zeros(size)
    return Observations(same[0], lat[there], lon[there], depth[there], same[1], values[there].astype(np.float64), same[2])


def track_positions(day: float, satellite: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days, latitudes and longitudes (n,) every 7 km of a satellite in circular orbit from `day` to a day later."""
    circumference = 40030.0
    steps = round(REVOLUTIONS * circumference / TRACK_STEP_KM)
    days = day + np.arange(steps) / steps
    inclination = np.deg2rad(INCLINATIONS[satellite])
    along = 2 * np.pi * REVOLUTIONS * days + satellite
    lat = np.rad2deg(np.arcsin(np.sin(inclination) * np.sin(along)))
    # The plane of the orbit is nearly fixed while the Earth rotates below it.
    lon = np.rad2deg(np.arctan2(np.cos(inclination) * np.sin(along), np.cos(along))) - 360 * days + 90 * satellite
    return days, lat, lon % 360


def tracks(state: State, generator: np.random.Generator, noise: float = 0.02, satellites: int = 4) -> Observations:
    """Return sea level under `satellites` altimeters over ten days, with white noise of `noise` m."""
    parts = []
    for number in range(-(WINDOW_DAYS // 2), WINDOW_DAYS // 2 + 1):
        batch = state(float(number))
        for satellite in range(satellites):
            days, lat, lon = track_positions(number - 0.5, satellite)
            rows, columns = cells_of(lat, lon, batch.grid)
            values = batch["zos"][rows, columns]
            there = (rows >= 0) & np.isfinite(values) & (np.abs(days) <= WINDOW_DAYS / 2)
            size = int(there.sum())
            seen = values[there] + noise * generator.standard_normal(size)
            parts.append(
                Observations(
                    days[there], lat[there], lon[there], np.zeros(size), np.full(size, "zos"), seen, np.full(size, noise)
                )
            )
    return joined(parts)


def floats(state: State, generator: np.random.Generator) -> Observations:
    """Return one profile of thetao and so in each open cell of 3 x 3 degrees, at a random place and day of ten days."""
    size = FLOAT_DEGREES
    south, west = np.meshgrid(np.arange(-75, 75, size), np.arange(0, 360, size), indexing="ij")
    lat = (south + size * generator.random(south.shape)).ravel()
    lon = (west + size * generator.random(west.shape)).ravel()
    days = generator.integers(-(WINDOW_DAYS // 2), WINDOW_DAYS // 2 + 1, lat.size)
    parts = []
    for day in np.unique(days):
        batch = state(float(day))
        rows, columns = cells_of(lat[days == day], lon[days == day], batch.grid)
        open_sea = rows >= 0
        for name in ("thetao", "so"):
            parts.append(_columns(batch, rows[open_sea], columns[open_sea], float(day), name))
    seen = joined(parts)
    error = np.where(seen.variable == "so", 0.01, 0.02)
    return Observations(
        seen.days, seen.lat, seen.lon, seen.depth, seen.variable, seen.value + error * generator.standard_normal(len(seen)), error
    )
