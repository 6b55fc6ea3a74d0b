"""Pictures of a run for its calibration page."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from engine.schema.regions import REGIONS, Region
from sample_data.calibration.figures import LATITUDE_BELTS, Calibration
from sample_data.ocean.day_zero import masked_smooth
from sample_data.runs.run import Run

FIELDS = (
    ("zos", "sea surface height, m", "turbo", (-1.5, 1.4)),
    ("surface_temperature", "surface temperature, degC", "inferno", (-2, 31)),
    ("surface_salinity", "surface salinity", "viridis", (31, 38)),
)


def draw(run: Run, figures: Calibration, folder: Path) -> None:
    """Write the four pictures of the calibration page to `folder`."""
    day = min(150, run.days[-1])
    _save(_amplitudes(figures), folder / "amplitude.png")
    _save(_maps(run, figures), folder / "maps.png")
    _save(_surface(run, day, REGIONS["global"]), folder / "surface.png")
    _save(_surface(run, day, REGIONS["kuroshio"]), folder / "kuroshio.png")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=72, pil_kwargs={"optimize": True})
    plt.close(figure)


def _amplitudes(figures: Calibration) -> Figure:
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    for k, (south, north) in enumerate(LATITUDE_BELTS):
        axes.plot(figures.days, figures.amplitude[:, k], label=f"{abs(south)}-{abs(north)}{'S' if south < 0 else 'N'}")
    axes.set(xlabel="sample day", ylabel="rms of eddy sea surface height, cm", ylim=(0, None))
    axes.legend(ncols=4, frameon=False)
    return figure


def _maps(run: Run, figures: Calibration) -> Figure:
    figure, axes = plt.subplots(2, 1, figsize=(9, 9.5), layout="constrained")
    grid = run.grid
    for axis, title, field in zip(axes, ("day 0 (satellite)", "run"), (figures.first_map, figures.run_map), strict=True):
        known = np.isfinite(field)
        local = np.sqrt(np.maximum(masked_smooth(np.nan_to_num(field) ** 2, known, grid.lat, 2.0)[0], 0))
        image = axis.imshow(
            np.where(grid.wet_surface, local, np.nan)[::-1], extent=(0, 360, -90, 90), vmin=0, vmax=35, cmap="magma"
        )
        axis.set_title(f"eddy amplitude, cm: {title}")
        figure.colorbar(image, ax=axis, shrink=0.8)
    return figure


def _surface(run: Run, day: int, region: Region) -> Figure:
    rows, columns = run.grid.rows_and_columns(region)
    extent = (region.lon_min, region.lon_max, region.lat_min, region.lat_max)
    figure, axes = plt.subplots(3, 1, figsize=(9, 14), layout="constrained")
    for axis, (name, title, palette, limits) in zip(axes, FIELDS, strict=True):
        field = getattr(run, name)(day)[np.ix_(rows, columns)]
        low, high = limits if region.name == "global" else np.nanpercentile(field, (1, 99))
        image = axis.imshow(field[::-1], extent=extent, cmap=palette, vmin=low, vmax=high)
        axis.set_title(f"{title}, sample day {day} (simulation)")
        figure.colorbar(image, ax=axis, shrink=0.8)
    return figure
