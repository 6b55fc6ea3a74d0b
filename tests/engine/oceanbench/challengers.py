"""Challengers with fields of a closed form, written as the public ones are: Zarr version 2, nodes, days, CF names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from engine.oceanbench.layout import LATITUDES, LONGITUDES, NAMES, SCORED

FIRST = np.datetime64("2024-01-03", "D")
FIELDS = tuple(NAMES)

Closed = Callable[[str, np.ndarray, np.ndarray, float, int], np.ndarray]
"""A field of a name at latitudes (h, 1) and longitudes (1, w) in degrees, a depth in metres, and day n after the first."""


def waves(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
    """Return a smooth field of the ocean, a long wave that moves a degree a day."""
    mean, size = {"thetao": (12.0, 4.0), "so": (35.0, 0.5), "uo": (0.0, 0.5), "vo": (0.1, 0.4), "zos": (0.2, 0.3)}[name]
    wave = np.sin(np.deg2rad(6 * (lon - day))) * np.cos(np.deg2rad(3 * lat))
    return (mean + size * wave) * (1 - depth / 2000)


def write_challenger(
    folder: Path,
    closed: Closed = waves,
    fields: Sequence[str] = FIELDS,
    depths: Sequence[float] = SCORED,
    lat: np.ndarray = LATITUDES,
    lon: np.ndarray = LONGITUDES,
    days: int = 2,
    first: np.datetime64 = FIRST,
    land: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
    attributes: dict[str, Any] | None = None,
    chunks: tuple[int, int] = (1, 1),
    **options: Any,
) -> Path:
    """Write a challenger into `folder` and return it; `chunks` are days and levels in one chunk of a field.

    `land(lat, lon)` is True where there is none. Options go to `xarray.Dataset.to_zarr`.
    """
    rows, columns = lat[:, None], lon[None, :]
    dry = np.zeros((lat.size, lon.size), bool) if land is None else land(rows, columns)
    data = {}
    for name in fields:
        levels = [] if name == "zos" else list(depths)
        values = np.stack([
            np.stack([np.where(dry, np.nan, closed(name, rows, columns, metres, day)) for metres in levels or [0.0]])
            for day in range(days)
        ]).astype(np.float32)  # fmt: skip
        axes = ("time", *(("depth",) if levels else ()), "latitude", "longitude")
        data[name] = (axes, values if levels else values[:, 0], {"standard_name": NAMES[name][0]})
    coordinates = {
        "time": ("time", (first + np.arange(days)).astype("datetime64[ns]"), {"standard_name": "time"}),
        "latitude": ("latitude", lat, {"standard_name": "latitude", "units": "degrees_north"}),
        "longitude": ("longitude", lon, {"standard_name": "longitude", "units": "degrees_east"}),
    }
    if set(fields) - {"zos"}:
        coordinates["depth"] = ("depth", np.array(depths, np.float32), {"standard_name": "depth", "positive": "down"})
    made = xr.Dataset(data, coordinates, attributes or {})
    encoding: dict[str, Any] = {
        name: {"chunks": (chunks[0], *((chunks[1],) if "depth" in made[name].dims else ()), lat.size, lon.size)}
        for name in fields
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    made.to_zarr(folder, zarr_format=2, consolidated=True, encoding=encoding, **options)
    return folder


def one_degree() -> dict[str, np.ndarray]:
    """Return the nodes of the track at 1 degree."""
    return {"lat": np.arange(-77.5, 90), "lon": np.arange(-179.5, 180)}
