"""Compare a run of the sample ocean with observations: `python -m sample_data.calibration.observed_check RUN`.

Writes tables and pictures into sample_data/calibration.

Eddy amplitude by latitude belt over time, its map beside that of day 0, and the change of sea level in one to ten days beside
published figures of a reanalysis.
"""

import csv
import sys
from pathlib import Path

from sample_data.calibration.figures import LATITUDE_BELTS, SPIN_UP, Calibration, calibrate
from sample_data.calibration.pictures import draw
from sample_data.runs.run import Run

PUBLISHED = (1.97, 2.99, 3.64, 4.20, 4.67, 5.16, 5.54, 5.88, 6.23, 6.55)
"""Persistence error of sea surface height in cm after 1 to 10 days in GLORYS, 2020 (as WenHai reports it)."""


def write_table(figures: Calibration, folder: Path) -> None:
    """Write the amplitude table as CSV and everything as a page of Markdown."""
    names = [f"{abs(a)}-{abs(b)}{'S' if a < 0 else 'N'}" for a, b in LATITUDE_BELTS]
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


def main(folder: Path, target: Path = Path(__file__).parent) -> None:
    """Write table and pictures of the run in `folder` to `target`."""
    run = Run.open(folder)
    target.mkdir(exist_ok=True)
    figures = calibrate(run)
    write_table(figures, target)
    draw(run, figures, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
