"""Nested Kuroshio days on disk beside their run, and the five surface fields that follow from sea level and tracers."""

from functools import cache
from pathlib import Path

import numpy as np

from engine.physics.displaced_state import bounded
from engine.physics.ekman import ekman_surface
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.kuroshio_grid import QUARTER_COLUMNS, QUARTER_ROWS, kuroshio_grid
from engine.runtime.atomic import write_atomically
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid, quarter_degree
from engine.schema.variables import Packing
from sample_data.kuroshio.nested_run import SPIN_UP_DAYS, Fields, KuroshioOcean
from sample_data.runs.day_archive import DayArchive
from sample_data.runs.run import Run
from sample_data.weather.atmosphere import forcing

PACKINGS = {
    # A fifth of a millimetre: a coarser step would be noise in the vorticity of cells this small.
    "zos": Packing(0.0002),
    "surface_temperature": Packing(0.02, 10.0),
    "surface_salinity": Packing(0.01, 34.0),
}
CHECKPOINT_EVERY = 10
EDGE = 4
"""Quarter-degree cells read around the box, so that slopes at its sides are centred like those inside."""


def archive_of(run: Run) -> DayArchive:
    """Return the nested days of a run: `run.folder`/kuroshio."""
    return DayArchive(run.folder / "kuroshio", kuroshio_grid().wet_surface, PACKINGS)


def build_kuroshio(run: Run, first: int, last: int, progress: Progress = no_progress) -> DayArchive:
    """Simulate the nested days `first` to `last` of a run into its archive; a killed build resumes from its last checkpoint.

    Raises InputError where the global run lacks one of the days or of the weeks of spin-up before them.
    """
    archive = archive_of(run)
    if all(archive.holds(day) for day in range(first, last + 1)):
        return archive
    archive.folder.mkdir(parents=True, exist_ok=True)
    saved = archive.folder / "checkpoint.npz"
    ocean = KuroshioOcean(run, max(first - SPIN_UP_DAYS, run.days.start))
    if saved.exists():
        with np.load(saved) as state:
            if ocean.day < int(state["day"]) <= last and all(archive.holds(day) for day in range(first, int(state["day"]))):
                ocean = KuroshioOcean(run, int(state["day"]))
                ocean.restore(state)
    begin = ocean.day
    while True:
        if ocean.day >= first:
            archive.write(ocean.day, ocean.fields())
        progress((ocean.day - begin + 1) / (last - begin + 1), f"Kuroshio, sample day {ocean.day}")
        if ocean.day % CHECKPOINT_EVERY == 0 or ocean.day == last:
            _save(saved, ocean)
        if ocean.day == last:
            return archive
        ocean.step()


def _save(path: Path, ocean: KuroshioOcean) -> None:
    state = {"day": np.array(ocean.day), **ocean.checkpoint()}
    write_atomically(path, lambda file: np.savez(file, **state))  # type: ignore[arg-type]


def surface_fields(seed: int, day: int, grid: Grid, stored: Fields) -> Fields:
    """Return thetao, so, uo, vo, zos (h, w) at the surface of stored zos, surface_temperature and surface_salinity.

    Currents are the geostrophic flow and the Ekman flow of the day's wind, as in every state of the sample ocean.
    """
    weather = forcing(seed, day, grid)
    flow = bounded(geostrophic_velocity(stored["zos"], grid.lat, grid.lon, grid.wet_surface))
    ekman = ekman_surface(grid.lat, weather["u10"], weather["v10"])[:2]
    land = ~grid.wet_surface
    currents = [np.where(land, np.float32(np.nan), np.clip(a + b, -3, 3)) for a, b in zip(flow, ekman, strict=True)]
    names = ("thetao", "so", "uo", "vo", "zos")
    values = (stored["surface_temperature"], stored["surface_salinity"], *currents, stored["zos"])
    return {name: value.astype(np.float32) for name, value in zip(names, values, strict=True)}


def nested_surface(run: Run, day: int) -> Fields:
    """Return the five surface fields (360, 690) of a stored nested day; raises InputError where it is not stored."""
    return surface_fields(run.seed, day, kuroshio_grid(), archive_of(run).read(day))


@cache
def quarter_box(edge: int = 0) -> Grid:
    """Return the box in the global quarter-degree grid (120 x 230), `edge` cells wider on each side."""
    rows = slice(QUARTER_ROWS.start - edge, QUARTER_ROWS.stop + edge)
    columns = slice(QUARTER_COLUMNS.start - edge, QUARTER_COLUMNS.stop + edge)
    grid = quarter_degree()
    return Grid(grid.lat[rows], grid.lon[columns], grid.depth, grid.wet[:, rows, columns], grid.deptho[rows, columns])


def global_surface(run: Run, day: int) -> Fields:
    """Return the five surface fields (120, 230) of the global run on the box, as a state of that day has them."""
    wide = quarter_box(EDGE)
    place = np.ix_(
        np.arange(QUARTER_ROWS.start - EDGE, QUARTER_ROWS.stop + EDGE),
        np.arange(QUARTER_COLUMNS.start - EDGE, QUARTER_COLUMNS.stop + EDGE),
    )
    stored = {name: getattr(run, name)(day)[place] for name in PACKINGS}
    return {name: field[EDGE:-EDGE, EDGE:-EDGE] for name, field in surface_fields(run.seed, day, wide, stored).items()}
