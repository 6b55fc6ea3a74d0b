"""The layout of a store on disk: one Zarr v3 group with CF attributes, and one marker that lists the finished leads.

Each variable is int16 in chunks of (1, 1, 180, 360), one shard a lead, so that a map reads 16 chunks and a point's profile
one column of chunks. The marker is the group's own `zarr.json`, replaced atomically after the lead's shards are on the disk:
a reader, also after a process was killed at any moment, sees a lead either finished or not at all. Fields on another grid, such
as waves beside an ocean, are a group inside the group, whose leads are finished together with those of the outer group.
`engine.stores.integrity` detects damage.
"""

import json
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import zarr
from zarr.codecs import BloscCodec, Crc32cCodec
from zarr.core.buffer import Buffer
from zarr.storage import MemoryStore

from engine.runtime.atomic import write_atomically
from engine.schema.constants import DAY
from engine.schema.dataset import grid_coordinates, grid_variables
from engine.schema.grid import Grid
from engine.schema.variables import FILL, VARIABLES
from engine.stores.integrity import FIXED, RECORD, checked_attributes, fixed_record, sealed

CHUNK = (180, 360)
"""Rows and columns of a chunk, set by hand; clipped where the grid is smaller."""

CODECS = (BloscCodec(cname="lz4", clevel=5, shuffle="shuffle"), Crc32cCodec())
"""Measured on a global loop of 31 maps and one lead's write: lz4 133 and 75 ms, zstd 153 and 83 ms for files 12 % smaller."""

LONG_AXIS = 4096
"""Days in a chunk of the time of an analysis, which may grow day by day."""

PART = "part"
"""Attribute that names a group inside the group of a store."""

LEAD_DIMENSION = {"forecast": "lead_time", "reference": "lead_time", "analysis": "time", "forcing": "time"}
"""Name of the first dimension by kind of store."""

_SECONDS = {"units": "seconds since 1970-01-01", "calendar": "proleptic_gregorian"}


# A chunk takes a fraction of a millisecond to decode, so handing chunks one by one to many threads dominates the cost:
# in batches and on as many threads as there are cores, loops read 1.6 times faster than with zarr's defaults.
zarr.config.set({"codec_pipeline.batch_size": 64, "threading.max_workers": min(os.cpu_count() or 1, 8)})


@dataclass(frozen=True)
class Part:
    """Fields of a store on a grid of their own."""

    grid: Grid
    variables: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


def create_group(
    folder: Path,
    grid: Grid,
    kind: str,
    variables: Iterable[str],
    times: np.ndarray,
    attributes: Mapping[str, Any],
    parts: Mapping[str, Part] | None = None,
    init_time: np.datetime64 | None = None,
) -> None:
    """Make an empty store in `folder` for `times` (n,) datetime64; no lead is finished yet.

    Lead 0 is `init_time`, by default the first of `times`. `parts` by name are groups inside it, for the same times.
    """
    group = zarr.open_group(folder, mode="w-", zarr_format=3)
    since = times[0] if init_time is None else init_time
    _fill(group, grid, kind, variables, times, since)
    for name, part in (parts or {}).items():
        inner = group.create_group(name, attributes={**part.attributes, "kind": kind, PART: name})
        _fill(inner, part.grid, kind, part.variables, times, since)
    for name in parts or {}:
        _consolidate(folder / name)
    close_group(folder, {**attributes, "status": "partial", "finished_leads": []})


def close_group(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Make the arrays in the group quick to open, record their files, and give it `attributes`, after arrays were added."""
    _consolidate(folder)
    leads = {lead: files for lead, files in attributes.get(RECORD, {}).items() if lead != FIXED}
    fixed = fixed_record(folder, (path for files in leads.values() for path in files))
    replace_attributes(folder, {**attributes, RECORD: {FIXED: fixed, **leads}})


def _consolidate(folder: Path) -> None:
    with warnings.catch_warnings():
        # zarr warns that other implementations may ignore the consolidated copy, which xarray opens quickly.
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(folder, zarr_format=3)


def _fill(group: zarr.Group, grid: Grid, kind: str, variables: Iterable[str], times: np.ndarray, since: np.datetime64) -> None:
    lead_dimension = LEAD_DIMENSION[kind]
    seconds = times.astype("datetime64[s]").astype(np.int64)
    placed = ""
    if lead_dimension == "lead_time":
        placed = "valid_time init_time"
        _coordinate(
            group, "lead_time", lead_numbers(times, since), ("lead_time",),
            long_name="time since the initial state", standard_name="forecast_period", units="days",
            dtype="timedelta64[s]",
        )  # fmt: skip
        _coordinate(group, "valid_time", seconds, ("lead_time",), standard_name="time", **_SECONDS)
        begun = since.astype("datetime64[s]").astype(np.int64)
        _coordinate(group, "init_time", begun, (), standard_name="forecast_reference_time", **_SECONDS)
    else:
        _coordinate(group, "time", seconds, ("time",), standard_name="time", axis="T", **_SECONDS)
    for name, (axis, values, attributes) in grid_coordinates(grid).items():
        _coordinate(group, name, values, (axis,), **attributes)
    for name, (dimensions, values, attributes) in grid_variables(grid).items():
        _coordinate(group, name, values, dimensions, **attributes)
    for name in variables:
        _create_field(group, name, grid, (lead_dimension, times.size), {"coordinates": placed} if placed else {})


def lead_numbers(times: np.ndarray, since: np.datetime64 | None = None) -> np.ndarray:
    """Return whole days of `times` (n,) datetime64 after `since`, by default the first of them, int32."""
    days = (times - (times[0] if since is None else since)) / DAY
    return np.rint(days).astype(np.int32)


def _coordinate(
    group: zarr.Group,
    name: str,
    values: np.ndarray,
    dimensions: tuple[str, ...],
    **attributes: Any,
) -> None:
    data = np.asarray(values)
    chunks: tuple[int, ...] | Literal["auto"] = (max(LONG_AXIS, data.size),) if name == "time" else "auto"
    group.create_array(name, data=data, chunks=chunks, compressors=CODECS, dimension_names=dimensions, attributes=attributes)


def _create_field(group: zarr.Group, name: str, grid: Grid, lead_axis: tuple[str, int], attributes: dict[str, str]) -> None:
    variable = VARIABLES[name]
    levels = (grid.depth.size,) if variable.depths else ()
    h, w = grid.shape
    rows, columns = min(CHUNK[0], h), min(CHUNK[1], w)
    # A shard holds whole chunks; rows and columns beyond a grid that 180 x 360 does not divide are never stored.
    shard = (1, *levels, -(-h // rows) * rows, -(-w // columns) * columns)
    packing = variable.packing
    encoding: dict[str, Any] = {"_FillValue": FILL, "scale_factor": packing.scale, "add_offset": packing.offset}
    if packing.log10:
        encoding = {"_FillValue": FILL, "packing": f"log10(value) = number * {packing.scale} + {packing.offset}"}
    group.create_array(
        name,
        shape=(lead_axis[1], *levels, h, w),
        dtype=np.int16,
        chunks=(1, *(1 for _ in levels), rows, columns),
        shards=shard,
        compressors=CODECS,
        filters=None,
        fill_value=FILL,
        dimension_names=(lead_axis[0], *("depth" for _ in levels), "lat", "lon"),
        attributes={**variable.attributes, **attributes, **encoding},
    )


def packed(name: str, values: np.ndarray) -> np.ndarray:
    """Return the whole numbers (z, h, w) or (h, w) that stand for the values of a field."""
    packing = VARIABLES[name].packing
    return np.stack([packing.pack(level) for level in values]) if values.ndim == 3 else packing.pack(values)


def packed_shard(name: str, grid: Grid, values: np.ndarray) -> bytes | None:
    """Return the content of the file that holds a field (z, h, w) or (h, w) of one lead; None where all of it is missing."""
    content: dict[str, Buffer] = {}
    group = zarr.create_group(MemoryStore(content), zarr_format=3)
    _create_field(group, name, grid, ("time", 1), {})
    array_of(group, name)[0] = packed(name, values)
    shard = content.get(shard_path(name, 0, values.ndim + 1))
    return None if shard is None else shard.to_bytes()


def shard_path(name: str, position: int, dimensions: int) -> str:
    """Return the path, below the store, of the shard of a field at a position along the leads."""
    return "/".join((name, "c", str(position), *("0" for _ in range(dimensions - 1))))


def array_of(group: zarr.Group, name: str) -> zarr.Array:
    """Return an array of a group; raises KeyError where there is none."""
    array = group[name]
    if not isinstance(array, zarr.Array):
        raise KeyError(name)
    return array


def read_attributes(folder: Path) -> dict[str, Any]:
    """Return the attributes of the group in `folder`; raises OSError or ValueError where there is none or it is damaged."""
    return checked_attributes((folder / "zarr.json").read_bytes())


def add_attributes(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Add `attributes` to those of the group, replacing those of the same names, in one atomic step."""
    replace_attributes(folder, {**read_attributes(folder), **attributes})


def replace_attributes(folder: Path, attributes: Mapping[str, Any]) -> None:
    """Replace the attributes of the group, and seal them with their checksum, in one atomic step."""
    metadata = json.loads((folder / "zarr.json").read_bytes())
    content = sealed({**metadata, "attributes": dict(attributes)})
    write_atomically(folder / "zarr.json", lambda file: file.write(content))


def flush(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    # Windows writes out only what is open for writing.
    with path.open("rb+") as file:
        os.fsync(file.fileno())
