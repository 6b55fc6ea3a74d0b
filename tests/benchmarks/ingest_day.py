"""One day in the layout of a global HYCOM file to the 1/4 degree grid: time and memory, beside xarray's own ways for one level.

python -m tests.benchmarks.ingest_day [--folder FOLDER] [--json]

The file is made: 3251 x 4500 cells with 0.08 degrees between rows from 40 S to 40 N and 0.04 poleward, 40 levels of int16 in a
NetCDF-3 file of 64-bit offsets, 4.83 GB with the fields at the bottom; levels that nobody reads are left empty. Each way is a
process of its own. `error` compares, over all cells that a way gives, the integral of the temperature of the surface with that
of the cells of the file, weighted by their exact areas.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import netCDF4
import numpy as np

from engine.readers.regrid import AreaMean, LevelInterpolation
from engine.schema.grid import cell_edges, quarter_degree
from engine.schema.variables import DEPTHS
from tests.engine.readers.layouts import HYCOM_DEPTHS

LAT = np.concatenate([np.arange(-80, -40, 0.04), np.arange(-40, 40, 0.08), np.arange(40, 90.01, 0.04)]).round(2)
LON = np.arange(-180, 180, 0.08).round(2)
FIELDS = ("water_temp", "salinity", "water_u", "water_v")
FILL = -30000


def write_day(path: Path) -> None:
    """Write the file; warm at the equator, colder with depth, land and sea floor as on the 1/4 degree grid."""
    assert LAT.shape == (3251,) and LON.shape == (4500,)
    around = quarter_degree()
    rows = np.clip(np.searchsorted(around.lat + 0.125, LAT), 0, 719)
    columns = np.searchsorted(around.lon + 0.125, LON % 360) % 1440
    floor = np.nan_to_num(around.deptho[np.ix_(rows, columns)], nan=-1)
    lat, lon = np.deg2rad(LAT)[:, None], np.deg2rad(LON)
    wave = np.cos(lat) * np.cos(9 * lon) * np.cos(11 * lat)
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as data:
        data.set_fill_off()
        axes = {
            "time": (np.array([124404.0]), "hours since 2000-01-01 00:00:00"),
            "depth": (HYCOM_DEPTHS, "m"), "lat": (LAT, "degrees_north"), "lon": (LON, "degrees_east"),
        }  # fmt: skip
        for name, (values, units) in axes.items():
            data.createDimension(name, values.size)
            data.createVariable(name, "f8", (name,)).units = units
        made = {name: _packed(data, name, ("time", "depth", "lat", "lon")) for name in FIELDS}
        for name in ("surf_el", *(f"{name}_bottom" for name in FIELDS)):
            made[name] = _packed(data, name, ("time", "lat", "lon"))
        for name, (values, _) in axes.items():
            data[name][:] = values
        for level in LevelInterpolation(HYCOM_DEPTHS, np.asarray(DEPTHS)).needed:
            fade, dry = np.exp(-HYCOM_DEPTHS[level] / 300), floor <= HYCOM_DEPTHS[level]
            fields = (26 * np.cos(lat) ** 2 * fade + wave, 35 + wave * fade, 0.5 * wave * fade, 0.3 * wave)
            for name, values in zip(FIELDS, fields, strict=True):
                made[name][0, level] = _numbers(name, values, dry)
        made["surf_el"][0] = _numbers("surf_el", 0.4 * wave, floor <= 0)
        made["water_v_bottom"][0, -1, -1] = FILL  # the file becomes as long as its header says


def _packed(data: netCDF4.Dataset, name: str, dimensions: tuple[str, ...]) -> netCDF4.Variable:
    variable = data.createVariable(name, "i2", dimensions, fill_value=FILL)
    variable.set_auto_maskandscale(False)
    units = {"water_temp": "degC", "salinity": "psu", "surf_el": "m"}
    variable.setncatts(
        {"units": units.get(name.removesuffix("_bottom"), "m/s"), "scale_factor": 0.001, "add_offset": _offset(name)}
    )
    return variable


def _offset(name: str) -> float:
    return 20.0 if name.startswith(("water_temp", "salinity")) else 0.0


def _numbers(name: str, values: np.ndarray, dry: np.ndarray) -> np.ndarray:
    return np.where(dry, FILL, np.rint((values - _offset(name)) / 0.001)).astype(np.int16)


def whole_day(path: Path) -> None:
    """Ingest the file."""
    from engine.ingest import ingest

    ingest("hycom", [path], "day")


def ours(path: Path) -> float:
    """Return the error of our means of a level."""
    values, grid = _surface(path), quarter_degree()
    mean = AreaMean(LAT, _east(LON), grid.lat, grid.lon)
    return _error(values, mean(values), mean.weight(np.isfinite(values)) * np.pi / 180)


def coarsened(path: Path) -> float:
    """Return the error of xarray's `coarsen` to blocks of three rows and columns, which counts all cells alike."""
    import xarray as xr

    values = _surface(path)
    blocks = xr.DataArray(values, {"lat": LAT, "lon": _east(LON)}, ("lat", "lon")).coarsen(lat=3, lon=3, boundary="pad").mean()
    wet = np.isfinite(np.pad(values, ((0, -len(LAT) % 3), (0, 0)), constant_values=np.nan))
    area = np.pad(_areas(LAT, LON), ((0, -len(LAT) % 3), (0, 0)))
    shape = wet.shape[0] // 3, 3, wet.shape[1] // 3, 3
    return _error(values, blocks.values, (wet * area).reshape(shape).sum(axis=(1, 3)))


def regridded(path: Path) -> float:
    """Return the error of the conservative method of xarray-regrid, which leaves dry cells out."""
    import xarray as xr
    import xarray_regrid  # noqa: F401

    values, grid = _surface(path), quarter_degree()
    data = xr.DataArray(values, {"latitude": LAT, "longitude": _east(LON)}, ("latitude", "longitude"))
    target = xr.Dataset(coords={"latitude": grid.lat, "longitude": grid.lon})
    means = data.regrid.conservative(target, latitude_coord="latitude", skipna=True, nan_threshold=1.0)
    weight = AreaMean(LAT, _east(LON), grid.lat, grid.lon).weight(np.isfinite(values)) * np.pi / 180
    return _error(values, means.transpose("latitude", "longitude").values, weight)


def _surface(path: Path) -> np.ndarray:
    """Return the temperature of the surface (h, w) float32, columns from the prime meridian."""
    with netCDF4.Dataset(path) as data:
        data.set_auto_maskandscale(False)
        packed = np.roll(data["water_temp"][0, 0], LON.size // 2, axis=1)
    return np.where(packed == FILL, np.float32(np.nan), packed * np.float32(0.001) + np.float32(20))


def _east(lon: np.ndarray) -> np.ndarray:
    return np.roll(lon % 360, lon.size // 2).round(2)


def _areas(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    edges = np.sin(np.deg2rad(np.clip(cell_edges(lat), -90, 90)))
    return np.outer(np.diff(edges), np.deg2rad(np.diff(cell_edges(lon))))


def _error(values: np.ndarray, means: np.ndarray, weights: np.ndarray) -> float:
    wet = np.isfinite(values)
    exact = float((np.where(wet, values, 0).astype(np.float64) * _areas(LAT, LON)).sum())
    found = float((np.where(np.isfinite(means), means, 0).astype(np.float64) * weights).sum())
    return abs(found - exact) / abs(exact)


WAYS: dict[str, Callable[[Path], float | None]] = {
    "write": write_day, "day": whole_day, "ours": ours, "coarsen": coarsened, "xarray-regrid": regridded,
}  # fmt: skip


def _timed(way: str, path: Path) -> dict[str, Any]:
    began = perf_counter()
    error = WAYS[way](path)
    seconds = perf_counter() - began
    return {"seconds": seconds, "error": error, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def _in_a_process(way: str, path: Path, home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.ingest_day", "--way", way, "--file", str(path)]
    done = subprocess.run(command, env={**os.environ, "GOMS_HOME": str(home)}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main() -> None:
    """Make the file, go each way, print seconds, gigabytes and the error of the integral, and remove the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None, help="where there is room for 5 GB; the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        print(json.dumps(_timed(chosen.way, chosen.file)))
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder) / "hycom_GLBv0.08_day.nc"
        found = {}
        for way in WAYS:
            if way == "xarray-regrid" and find_spec("xarray_regrid") is None:
                print("xarray-regrid is not installed")
                continue
            found[way] = _in_a_process(way, path, Path(folder) / way)
            error = "" if found[way]["error"] is None else f"{found[way]['error']:.1e}"
            print(f"{way:14} {found[way]['seconds']:7.1f} s {found[way]['bytes'] / 1e9:6.2f} GB  {error}", flush=True)
    if chosen.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
