"""Pictures of one full state of the sample ocean: surface maps and sections.

    python -m sample_data.calibration.state_pictures --run FOLDER --day N

Writes state_surface.jpg and state_sections.jpg to sample_data/calibration and prints the share of stable cells.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cmocean
import gsw
import matplotlib

from engine.schema.channels import level

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from engine.schema.batch import Batch
from engine.schema.sample_calendar import sample_date
from sample_data.source import SHIPPED, SampleSource

Array = NDArray[np.floating]

LABEL = "sample ocean - simulation, sample day {day}, not for navigation"


def squared_buoyancy_frequency(state: Batch) -> Array:
    """Return N2 (z-1, h, w) in s-2 by TEOS-10, NaN where dry."""
    grid = state.grid
    result = np.empty((grid.depth.size - 1, *grid.shape), dtype=np.float32)
    pressure = gsw.p_from_z(-grid.depth, 0.0)[:, None]
    for j, lat in enumerate(grid.lat):
        salinity = gsw.SA_from_SP(state["so"][:, j].astype(float), pressure, grid.lon, lat)
        temperature = gsw.CT_from_pt(salinity, state["thetao"][:, j].astype(float))
        result[:, j], _ = gsw.Nsquared(salinity, temperature, np.broadcast_to(pressure, salinity.shape), lat, axis=0)
    return result


def _map(axes: Axes, state: Batch, field: Array, colours: Colormap, limits: tuple[float, float], title: str) -> None:
    axes.set_facecolor("0.75")
    picture = axes.pcolormesh(
        state.grid.lon, state.grid.lat, field, cmap=colours, vmin=limits[0], vmax=limits[1], rasterized=True
    )
    axes.set_title(title, fontsize=9)
    plt.colorbar(picture, ax=axes, shrink=0.8)


def surface_picture(state: Batch, day: int, target: Path) -> None:
    """Write temperature, salinity, height and speed at the surface, temperature and speed at 300 m."""
    speed = np.hypot(state["uo"], state["vo"])
    figure, axes = plt.subplots(3, 2, figsize=(16, 13), constrained_layout=True)
    colours = cmocean.cm
    _map(axes[0, 0], state, state["thetao"][0], colours.thermal, (-2, 31), "surface temperature (degC)")
    _map(axes[0, 1], state, state["so"][0], colours.haline, (31, 38), "surface salinity")
    _map(axes[1, 0], state, state["zos"], colours.balance, (-1.6, 1.6), "sea surface height (m)")
    _map(axes[1, 1], state, speed[0], colours.speed, (0, 1), "surface speed (m/s)")
    _map(axes[2, 0], state, state["thetao"][level(300)], colours.thermal, (-2, 20), "temperature at 300 m (degC)")
    _map(axes[2, 1], state, speed[12], colours.speed, (0, 0.6), "speed at 300 m (m/s)")
    figure.suptitle(LABEL.format(day=day))
    _save(figure, target)


def _save(figure: Figure, target: Path) -> None:
    """Save as JPEG: a quarter of the size of PNG."""
    figure.savefig(target, dpi=75, pil_kwargs={"quality": 80})
    plt.close(figure)


def _section(axes: Axes, x: Array, depth: Array, field: Array, colours: Colormap, levels: Array, title: str) -> None:
    picture = axes.contourf(x, depth, field, levels=levels, cmap=colours, extend="both")
    axes.contour(x, depth, field, levels=levels, colors="k", linewidths=0.3)
    axes.invert_yaxis()
    axes.set_facecolor("0.75")
    axes.set_title(title, fontsize=9)
    plt.colorbar(picture, ax=axes)


def section_picture(state: Batch, n2: Array, day: int, target: Path) -> None:
    """Write temperature, salinity, eastward flow and stability along 137E (left) and the equatorial Pacific (right)."""
    grid, colours = state.grid, cmocean.cm
    column, row = int(np.argmin(np.abs(grid.lon - 137))), int(np.argmin(np.abs(grid.lat)))
    rows, columns = (grid.lat > -2) & (grid.lat < 35), (grid.lon > 130) & (grid.lon < 282)
    middle = 0.5 * (grid.depth[1:] + grid.depth[:-1])
    figure, axes = plt.subplots(4, 2, figsize=(15, 16), constrained_layout=True)
    kinds = (
        (state["thetao"], grid.depth, colours.thermal, np.arange(4, 31.0), "temperature (degC)"),
        (state["so"], grid.depth, colours.haline, np.arange(33.8, 35.8, 0.1), "salinity"),
        (state["uo"], grid.depth, colours.balance, np.arange(-1.0, 1.05, 0.1), "eastward flow (m/s)"),
        (np.log10(np.maximum(n2, 1e-8)), middle, colours.dense, np.arange(-6, -2.9, 0.25), "log10 N2 (s-2)"),
    )
    for pair, (field, depth, palette, levels, title) in zip(axes, kinds, strict=True):
        _section(pair[0], grid.lat[rows], depth, field[:, rows, column], palette, levels, f"{title}, 137E")
        _section(pair[1], grid.lon[columns], depth, field[:, row, columns], palette, levels, f"{title}, equator")
    figure.suptitle(LABEL.format(day=day))
    _save(figure, target)


def main() -> None:
    """Draw the pictures from the command line."""
    parser = argparse.ArgumentParser(description="pictures of one state of the sample ocean")
    parser.add_argument("--run", type=Path, default=SHIPPED, help="folder of a run")
    parser.add_argument("--day", type=int, required=True, help="sample day")
    parser.add_argument("--to", type=Path, default=Path(__file__).parent, help="folder of the pictures")
    chosen = parser.parse_args()
    state = SampleSource(folder=chosen.run).state(sample_date(chosen.day))
    n2 = squared_buoyancy_frequency(state)
    known = np.isfinite(n2)
    print(f"N2 >= 0 in {(n2[known] >= 0).mean():.5f} of {known.sum()} cells")
    chosen.to.mkdir(parents=True, exist_ok=True)
    surface_picture(state, chosen.day, chosen.to / "state_surface.jpg")
    section_picture(state, n2, chosen.day, chosen.to / "state_sections.jpg")


if __name__ == "__main__":
    main()
