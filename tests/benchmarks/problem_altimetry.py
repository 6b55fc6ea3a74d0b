"""The part of `tests.benchmarks.problem_inputs` that is global: altimetry and surface temperature as starts of forecasts."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.sources.observed import ObservedSource

DAY = "2019-02-23"
NEAR = {"zos": 1e-3, "uo": 1e-3, "thetao": 0.03}


@dataclass(frozen=True)
class Start:
    """A file of altimetry, or of temperature beside the first of altimetry, and how it is to end."""

    file: str
    refused: str = ""
    day: str = DAY
    counted: str = ""
    flow: float = 1.0
    """What the units make of the currents."""
    like: str = ""
    """Another input of the same sea level; the closed form where there is none."""


def _starts(*names: str) -> list[Start]:
    return [Start(f"{name}.nc") for name in names]


STARTS: tuple[Start, ...] = (
    *_starts("a01_base", "a02_pm180", "a03_desc", "a04_scalar_time", "a05_double_big", "a05_double_nan", "a06_vector", "a08_60"),
    Start("a07_sla_only.nc", "has no variable adt or ADT; it holds sla"),
    *(Start(f"a09_{name}.nc", counted="out_of_range") for name in ("undeclared_999", "undeclared_u", "214748")),
    Start("a10_cm.nc", flow=0.01),
    Start("a10_cm_said_m.nc", "lie outside the range of the ocean"),
    Start("a10_mm.nc", like="a10_mm.nc"),
    *_starts("a11_cyclic", "a12_three_days", "a14_lonlat", "a14_NbL"),
    Start("a11_360nodes.nc"),
    Start("a12_same_day.nc", f"several times on one day \\({DAY}"),
    Start("a13_1e30.nc", "cannot be read as dates|expected dates from 1900"),
    # In float32 days a minute before midnight is midnight.
    Start("a13_2359.nc", day="2019-02-24"),
    Start("a13_future.nc", day="2041-02-23"),
    Start("a13_zero.nc", day="1950-01-01"),
    Start("a13_leap.nc", day="2020-02-29"),
    Start("a15_coarse.nc", "has steps of 4 degrees; expected 1 or finer"),
    *_starts("s01_base", "s02_desc", "s03_celsius", "s03_degC", "s04_oisst"),
    Start("s05_other_day.nc", "is of 2017-06-05, .* days from the altimetry"),
    Start("s06_valid.nc", counted="out_of_range"),
    Start("s08_K_said_C.nc", "lie outside the range of the ocean"),
    *(Start(f"r_{name}.nc", like="r_pm180.nc") for name in ("pm180", "desc", "0125")),
    Start("r_9999.nc", like="r_pm180.nc", counted="out_of_range"),
    Start("r_landzero.nc", like="r_pm180.nc", counted="zero_land"),
)


def altimetry_rows(folder: Path, begins: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (input, ending, verdict, remark) of each start."""
    for start in STARTS:
        if begins and not start.file.startswith(tuple(begins)):
            continue
        try:
            wrong, remark = _wrong(folder, start)
            if start.refused:
                wrong.append("was to be refused")
            yield start.file, "read", "; ".join(wrong) or "right", remark
        except InputError as error:
            said = str(error).replace(f"{folder}{os.sep}", "")
            fits = bool(start.refused) and re.search(start.refused, said) is not None
            yield start.file, "refused", "right" if fits else "was to be read", said
        except Exception as error:
            yield start.file, "failed", "a traceback", f"{type(error).__name__}: {error}"


def _wrong(folder: Path, start: Start) -> tuple[list[str], str]:
    grid = quarter_degree() if start.file.startswith("r_") else coarsened(4)
    day, wrong = np.datetime64(start.day), []
    if start.file.startswith("s"):
        source = ObservedSource(folder / "a01_base.nc", sst=folder / start.file, grid=grid)
        expected = np.broadcast_to(28 * np.cos(np.deg2rad(grid.lat))[:, None] ** 2 - 1, grid.shape)
        seen = grid.wet_surface & ~_near(grid.lat, grid.lon, bool(start.counted))
        difference = np.abs(source.state(day)["thetao"][0] - expected)[seen]
        if difference.max() > NEAR["thetao"]:
            wrong.append(f"thetao is off by {difference.max():.3g}")
    else:
        source = ObservedSource(folder / start.file, grid=grid)
        height = source.sea_level(day)
        assert height is not None
        if start.like:
            other = ObservedSource(folder / start.like, grid=grid).sea_level(day)
            assert other is not None
            patch = (np.abs(grid.lat - 40.75) < 6)[:, None] & (np.abs(grid.lon - 161) < 6)
            # A patch of 48 cells moves the zero of the sea by nothing that counts.
            difference = np.abs(height - other)[np.isfinite(other) & ~(patch & bool(start.counted))]
            # Where 0 stands for land a few true zeros are filled from around them.
            if difference.max() > (0.03 if start.counted == "zero_land" else 5e-3):
                wrong.append(f"zos is off by {difference.max():.3g} from {start.like}")
        else:
            wrong += _against_the_formula(source, grid, height, start, day)
    report = source.report
    if start.counted and start.counted not in report:
        wrong.append(f"{start.counted} is not reported")
    return wrong, str(report or "")


def _against_the_formula(source: ObservedSource, grid: Grid, height: np.ndarray, start: Start, day: np.datetime64) -> list[str]:
    lat, lon = grid.lat, grid.lon
    y, x = np.meshgrid(np.deg2rad(lat), np.deg2rad(lon), indexing="ij")
    expected = 0.6 * np.cos(y) ** 2 + 0.2 * np.sin(3 * x) * np.cos(2 * y)
    seen = grid.wet_surface & (y < np.deg2rad(48)) & ~_near(lat, lon, bool(start.counted))
    if "a08" in start.file:
        seen &= np.abs(lat)[:, None] < 65
    away = (height - expected)[seen]
    wrong = []
    # Nodes on whole degrees are means of two where the grid has its cells between them.
    near = 0.01 if "nodes" in start.file or "cyclic" in start.file else NEAR["zos"]
    if np.ptp(away) > 2 * near:
        wrong.append(f"zos is off by {np.ptp(away):.3g}")
    flow = source.state(day)["uo"][0]
    difference = np.abs(flow - start.flow * 0.2 * np.sin(2 * y) * np.cos(x))[seen]
    if difference.max() > near:
        wrong.append(f"uo is off by {difference.max():.3g}")
    return wrong


def _near(lat: np.ndarray, lon: np.ndarray, bad: bool) -> np.ndarray:
    """Return where the bad patch of some inputs lies, with what is filled around it."""
    rows, columns = np.abs(lat - 2) < 6, np.minimum(np.abs(lon - 202), np.abs(lon - 22)) < 8
    return bad & rows[:, None] & columns
