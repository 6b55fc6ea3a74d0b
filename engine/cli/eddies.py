"""The work of `goms eddies`: heights of a store or a file, their eddies and tracks, a table on the disk."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from engine.diagnostics.eddies import Eddies, detect, track
from engine.readers.netcdf import GriddedFile
from engine.readers.sea_level import HEIGHT
from engine.runtime.atomic import replacing
from engine.runtime.csv_table import csv_of
from engine.runtime.errors import InputError
from engine.runtime.failures import written
from engine.runtime.progress import Progress, no_progress
from engine.sources.guarded import check_guarded
from engine.stores import find_store, open_store

SUFFIXES = (".nc", ".csv")


@dataclass(frozen=True)
class HeightMaps:
    """Maps of sea surface height in metres, NaN where there is none, to be read one by one."""

    lat: np.ndarray
    lon: np.ndarray
    times: np.ndarray
    read: Callable[[int], np.ndarray]


def height_maps(name: str) -> HeightMaps:
    """Return the heights of a NetCDF file, or of the finished leads of the store with this name or folder.

    Raises InputError where there is neither, or no height in it.
    """
    path = Path(name)
    if path.is_file():
        file = GriddedFile(path, HEIGHT)
        return HeightMaps(file.lat, file.lon, file.times, lambda number: file.read("zos", number))
    store = open_store(path if path.is_dir() else find_store(name))
    leads = store.leads
    if "zos" not in store.variables or not leads:
        held = ", ".join(store.variables) if leads else "no finished day"
        raise InputError(f"store {store.identifier} holds {held}; eddies need sea surface height (zos): choose another store")
    times = np.array([store.valid_time(lead) for lead in leads])
    return HeightMaps(store.grid.lat, store.grid.lon, times, lambda number: store.read("zos", leads[number]))


def find_eddies(name: str, out: Path | None = None, progress: Progress = no_progress) -> dict[str, Any]:
    """Return how many eddies and tracks the heights of `name` have, and write them to `out`, CF NetCDF or CSV, where given.

    CSV has a row for each eddy and map and leaves the contours out. Raises InputError for what cannot be read, and for an
    `out` that is there already or has another suffix, before anything is computed.
    """
    _check(out)
    if Path(name).is_file():
        check_guarded("heights", [Path(name)])
    heights = height_maps(name)
    began = time.perf_counter()
    found: list[Eddies] = []
    for number, moment in enumerate(heights.times):
        progress(number / heights.times.size, f"eddies of {moment.astype('datetime64[D]')}")
        found.append(detect(heights.read(number), heights.lat, heights.lon))
    tracks = track(found, heights.times)
    eddies = tracks.eddies
    result: dict[str, Any] = {
        "source": name,
        "maps": len(found),
        "eddies": len(eddies),
        "cyclonic": int(np.sum(eddies.rotation > 0)),
        "anticyclonic": int(np.sum(eddies.rotation < 0)),
        "over_5_cm": int(np.sum(eddies.amplitude > 0.05)),
        "tracks": tracks.count,
        "births": int(np.sum(~tracks.born_before)),
        "deaths": int(np.sum(~tracks.alive_at_end)),
    }
    if out is not None:
        _write(tracks.to_dataset().assign_attrs(source=Path(name).name), out)
        result["out"] = out
    progress(1.0, "eddies found")
    return {**result, "seconds": round(time.perf_counter() - began, 2)}


def _check(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix not in SUFFIXES:
        raise InputError(f"--out is {out}; expected a name that ends in {' or '.join(SUFFIXES)}")
    if out.exists():
        raise InputError(f"--out {out} is there already; choose another name or delete it first")
    if not out.absolute().parent.is_dir():
        raise InputError(f"--out {out} lies in no folder; expected one that exists: make {out.parent} first")


def _write(data: xr.Dataset, out: Path) -> None:
    """Write atomically."""
    with replacing(out, shared=True) as temporary:
        if out.suffix == ".csv":
            temporary.write_bytes(csv_of(data.drop_dims(["point", "track"]).to_dataframe()).encode())
        else:
            since = {"units": "days since 1950-01-01", "dtype": "float64"}
            encoding = {name: {"dtype": "float32", "zlib": True} for name in ("contour_lon", "contour_lat")}
            times = dict.fromkeys(("time", "birth", "death"), since)
            with written(temporary):
                data.to_netcdf(temporary, engine="netcdf4", encoding={**encoding, **times})
