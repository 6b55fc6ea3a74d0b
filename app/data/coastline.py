"""Makes the files of coastlines that the map draws: `python -m app.data.coastline FOLDER`.

FOLDER is the unpacked npm package `world-atlas` 2.0.2 (`npm pack world-atlas`), which carries Natural Earth's land polygons,
release 4.1, public domain (naturalearthdata.com), as TopoJSON. Rings there run on across the date line, and here too: a ring's
longitudes never jump, so the browser draws them at any centre without a seam.

A file is gzip over: int32 number of rings; int32 points of each ring; int32 first point (longitude, latitude) of each ring;
int16 steps from each point to the next. All in thousandths of a degree, little-endian.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.runtime.paths import ASSETS

UNITS_PER_DEGREE = 1000
LONGEST_STEP = 30.0
"""Longer steps, in degrees, get points between, so that a step fits 16 bits."""


def rings(topology: dict[str, Any]) -> list[np.ndarray]:
    """Return the rings (n, 2) of longitude and latitude in degrees of a TopoJSON object `land`, longitudes without jumps.

    A ring around the South Pole is closed along 90 S.
    """
    scale, offset = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + offset for arc in topology["arcs"]]
    geometries = topology["objects"]["land"].get("geometries", [topology["objects"]["land"]])
    polygons = [polygon for geometry in geometries for polygon in geometry["arcs"]]
    return [_unwrapped(np.concatenate(_parts(ring, arcs))) for polygon in polygons for ring in polygon]


def pack(shapes: Iterable[np.ndarray]) -> bytes:
    """Return the file of `shapes`, each (n, 2) longitude and latitude in degrees."""
    numbers = [np.rint(_dense(shape) * UNITS_PER_DEGREE).astype(np.int32) for shape in shapes]
    header = np.array([len(numbers), *(ring.shape[0] for ring in numbers)], "<i4")
    first = np.array([ring[0] for ring in numbers], "<i4")
    steps = np.concatenate([np.diff(ring, axis=0) for ring in numbers]).astype("<i2")
    return gzip.compress(header.tobytes() + first.tobytes() + steps.tobytes(), 9, mtime=0)


def read_rings(resolution: str) -> list[np.ndarray]:
    """Return the rings (n, 2) of longitude and latitude in degrees of a shipped file, `50m` or `10m`."""
    body = gzip.decompress((ASSETS / f"coastline-{resolution}.bin").read_bytes())
    count = int(np.frombuffer(body, "<i4", 1)[0])
    sizes = np.frombuffer(body, "<i4", count, 4)
    first = np.frombuffer(body, "<i4", 2 * count, 4 + 4 * count).reshape(count, 2)
    steps = np.frombuffer(body, "<i2", offset=4 + 12 * count).reshape(-1, 2).astype(np.int32)
    pieces = np.split(steps, np.cumsum(sizes - 1)[:-1])
    return [np.cumsum(np.vstack([start, piece]), axis=0) / UNITS_PER_DEGREE for start, piece in zip(first, pieces, strict=True)]


def _parts(ring: list[int], arcs: list[np.ndarray]) -> list[np.ndarray]:
    # A negative number means the arc ~number in reverse; consecutive arcs share an end point.
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring]
    return [part if index == 0 else part[1:] for index, part in enumerate(parts)]


def _unwrapped(ring: np.ndarray) -> np.ndarray:
    lon = np.rad2deg(np.unwrap(np.deg2rad(ring[:, 0])))
    ring = np.column_stack([lon, ring[:, 1]])
    if abs(lon[-1] - lon[0]) > 180:
        pole = np.array([[lon[-1], -90.0], [lon[0], -90.0], ring[0]])
        ring = np.concatenate([ring, pole])
    # Centres of rings lie in [-180, 180), so that few copies are drawn.
    turns = np.floor(((ring[:, 0].min() + ring[:, 0].max()) / 2 + 180) / 360)
    return ring - np.array([360 * turns, 0.0])


def _dense(ring: np.ndarray) -> np.ndarray:
    steps = np.diff(ring, axis=0)
    pieces = np.maximum(np.ceil(np.abs(steps).max(axis=1) / LONGEST_STEP), 1).astype(int)
    between = [start + step * np.arange(count)[:, None] / count for start, step, count in zip(ring, steps, pieces, strict=False)]
    return np.concatenate([*between, ring[-1:]])


def main(folder: Path) -> None:
    """Write `assets/coastline-50m.bin` and `assets/coastline-10m.bin` from the package's land files."""
    for resolution in ("50m", "10m"):
        source = folder / f"land-{resolution}.json"
        if not source.is_file():
            raise InputError(f"{folder} holds no {source.name}; expected the unpacked npm package world-atlas 2.0.2")
        body = pack(rings(json.loads(source.read_text())))
        (ASSETS / f"coastline-{resolution}.bin").write_bytes(body)
        print(f"coastline-{resolution}.bin {len(body) / 1e3:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
