"""Compare a run of the sample ocean with observations: `python -m sample_data.calibration.observed_check RUN`.

Writes tables and pictures into sample_data/calibration.

Eddy amplitude by latitude band over time, its map beside that of day 0, and how far the sea moves in one to ten days beside
published figures of a reanalysis.
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.runtime.paths import SAMPLE_DATA
from engine.schema.grid import Grid
from sample_data.ocean.day_zero import day_zero
from sample_data.ocean.dynamics import eddy_weight
from sample_data.ocean.sample_ocean import SampleOcean
from sample_data.runs.run import Run

BANDS = ((-64, -50), (-50, -40), (-40, -30), (-30, -14), (14, 30), (30, 40), (40, 50), (50, 64))
"""Latitude bands in degrees."""

PUBLISHED = (1.97, 2.99, 3.64, 4.20, 4.67, 5.16, 5.54, 5.88, 6.23, 6.55)
"""Persistence error of sea surface height in cm after 1 to 10 days in GLORYS, 2020 (as WenHai reports it)."""

SPIN_UP = 120


@dataclass(frozen=True)
class Calibration:
    """Figures of one run: `days` (n,); `amplitude` (n, bands) cm; `persistence` (10,) cm and `persistence_temperature` K.

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
    """Return the error (leads,) of holding field `name` of a run still, 14 to 64 degrees, root mean square over `starts`."""
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
    amplitude = np.array([[100 * root_mean_square(heights[day], run.grid, *band) for band in BANDS] for day in days])
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


def write_table(figures: Calibration, folder: Path) -> None:
    """Write the amplitude table as CSV and everything as a page of Markdown."""
    names = [f"{abs(a)}-{abs(b)}{'S' if a < 0 else 'N'}" for a, b in BANDS]
    with (folder / "amplitude.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["day", *names])
        writer.writerows([day, *(f"{v:.2f}" for v in row)] for day, row in zip(figures.days, figures.amplitude, strict=True))
    settled = [k for k, day in enumerate(figures.days) if day >= SPIN_UP] or [len(figures.days) - 1]
    lines = [
        "# Calibration of the sample ocean",
        "",
        f"Seed {figures.seed}, days 0 to {figures.days[-1]}. Written by `python -m sample_data.calibration.observed_check`.",
        "",
        "Root mean square of eddy sea surface height h' (cm) by latitude band:",
        "",
        "| day | " + " | ".join(names) + " |",
        "|---|" + "---|" * len(names),
    ]
    lines += [
        f"| {figures.days[k]} | " + " | ".join(f"{v:.1f}" for v in figures.amplitude[k]) + " |"
        for k in range(0, len(figures.days), 2)
    ]
    mean = figures.amplitude[settled].mean(axis=0)
    low = 100 * (figures.amplitude[settled].min(axis=0) / mean - 1)
    high = 100 * (figures.amplitude[settled].max(axis=0) / mean - 1)
    lines += [
        "| range about its mean after spin-up | "
        + " | ".join(f"{a:+.0f} to {b:+.0f} %" for a, b in zip(low, high, strict=True))
        + " |",
        "| mean after spin-up over day 0 | " + " | ".join(f"{v:.2f}" for v in mean / figures.amplitude[0]) + " |",
        "",
        "Error of holding the field still (persistence), 14 to 64 degrees, beside GLORYS 2020:",
        "",
        "| lead, days | " + " | ".join(str(lead) for lead in range(1, 11)) + " |",
        "|---|" + "---|" * 10,
        "| sea surface height, cm | " + " | ".join(f"{v:.2f}" for v in figures.persistence) + " |",
        "| GLORYS, cm | " + " | ".join(f"{v:.2f}" for v in PUBLISHED) + " |",
        "| ratio | " + " | ".join(f"{a / b:.2f}" for a, b in zip(figures.persistence, PUBLISHED, strict=True)) + " |",
        "| surface temperature, K | " + " | ".join(f"{v:.2f}" for v in figures.persistence_temperature) + " |",
        "",
        "Extremes after spin-up: "
        + "; ".join(f"{name} {low:.2f} to {high:.2f}" for name, (low, high) in figures.extremes.items())
        + ".",
        "",
        "Pictures: `amplitude.png` (bands over time), `maps.png` (local eddy amplitude on day 0 and over the run),",
        "`surface.png` and `kuroshio.png` (sea surface height, temperature and salinity of one day).",
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines))


def main(folder: Path, target: Path = SAMPLE_DATA / "calibration") -> None:
    """Write table and pictures of the run in `folder` to `target`."""
    from sample_data.calibration.pictures import draw

    run = Run.open(folder)
    target.mkdir(exist_ok=True)
    figures = calibrate(run)
    write_table(figures, target)
    draw(run, figures, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
