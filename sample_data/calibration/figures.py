"""Figures of a run of the sample ocean for its calibration: eddy amplitude by latitude, persistence, extremes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.schema.grid import Grid
from sample_data.ocean.day_zero import day_zero
from sample_data.ocean.dynamics import eddy_weight
from sample_data.ocean.sample_ocean import SampleOcean
from sample_data.runs.run import Run

LATITUDE_BELTS = ((-64, -50), (-50, -40), (-40, -30), (-30, -14), (14, 30), (30, 40), (40, 50), (50, 64))
"""Latitude belts in degrees."""

SPIN_UP = 120


@dataclass(frozen=True)
class Calibration:
    """Figures of one run: `days` (n,); `amplitude` (n, belts) cm; `persistence` (10,) cm and `persistence_temperature` K.

    `first_map` and `run_map` (h, w) are local eddy amplitudes in cm on day 0 and over the run, NaN on land.
    """

    seed: int
    days: list[int]
    amplitude: np.ndarray
    persistence: np.ndarray
    persistence_temperature: np.ndarray
    first_map: np.ndarray
    run_map: np.ndarray
    extremes: dict[str, tuple[float, float]]


def root_mean_square(field: np.ndarray, grid: Grid, south: float, north: float) -> float:
    """Return the area-weighted root mean square of `field` (h, w) over wet cells between two latitudes."""
    rows = (grid.lat >= south) & (grid.lat < north)
    use = grid.wet_surface[rows] & np.isfinite(field[rows])
    area = np.where(use, grid.cell_area[rows], 0)
    return float(np.sqrt((area * np.nan_to_num(field[rows]) ** 2).sum() / area.sum()))


def both_hemispheres(field: np.ndarray, grid: Grid) -> float:
    """Return the root mean square of `field` (h, w) from 14 to 64 degrees of both hemispheres."""
    main = (np.abs(grid.lat) >= 14) & (np.abs(grid.lat) <= 64)
    area = np.where(grid.wet_surface & main[:, None] & np.isfinite(field), grid.cell_area, 0)
    return float(np.sqrt((area * np.nan_to_num(field) ** 2).sum() / area.sum()))


def persistence(run: Run, name: str, starts: Sequence[int], leads: int = 10) -> np.ndarray:
    """Return the error (leads,) of persistence of field `name` of a run, 14 to 64 degrees, root mean square over `starts`."""
    squares = np.zeros(leads)
    for start in starts:
        first = getattr(run, name)(start)
        squares += [both_hemispheres(getattr(run, name)(start + lead) - first, run.grid) ** 2 for lead in range(1, leads + 1)]
    return np.sqrt(squares / len(starts))


def calibrate(run: Run, every: int = 15) -> Calibration:
    """Return the figures of a run, taking every fifteenth day of it."""
    ocean = SampleOcean(run.grid, run.seed, noise=0)
    start = day_zero(run.grid)
    days = list(run.days)[::every]
    heights = {day: ocean.eddy_height(day, run.zos(day)) for day in days}
    amplitude = np.array([[100 * root_mean_square(heights[day], run.grid, *belt) for belt in LATITUDE_BELTS] for day in days])
    settled = [day for day in days if day >= SPIN_UP] or days[-1:]
    spread = np.sqrt(np.mean([heights[day] ** 2 for day in settled], axis=0))
    starts = list(range(SPIN_UP, run.days[-1] - 10, 30)) or [run.days[0]]
    return Calibration(
        seed=run.seed,
        days=days,
        amplitude=amplitude,
        persistence=100 * persistence(run, "zos", starts),
        persistence_temperature=persistence(run, "surface_temperature", starts),
        first_map=np.where(run.grid.wet_surface, 100 * np.abs(start.anomaly) * eddy_weight(run.grid.lat)[:, None], np.nan),
        run_map=100 * spread,
        extremes={
            name: (
                float(min(np.nanmin(getattr(run, name)(day)) for day in settled)),
                float(max(np.nanmax(getattr(run, name)(day)) for day in settled)),
            )
            for name in ("zos", "surface_temperature", "surface_salinity")
        },
    )
