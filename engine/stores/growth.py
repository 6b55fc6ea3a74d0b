"""Changes to the coordinates of a store that holds days already: a longer axis of time, more water in the mask.

The group's own `zarr.json` holds the metadata of every array and is replaced in one step, so that a reader sees the store as it
was or as it became. The files of the arrays that change are taken out of the record first and recorded again at the end: a
process that is killed between leaves a store that reads as it was before, and the next change repeats the whole.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from engine.runtime.atomic import PARTIAL, write_atomically
from engine.stores.integrity import FIXED, RECORD, file_record, sealed
from engine.stores.layout import array_of, flush, read_attributes, replace_attributes


def lengthen(folder: Path, times: np.ndarray, attributes: Mapping[str, Any]) -> None:
    """Make `times` (n,) datetime64[s], which begin with those of the analysis in `folder`, its axis; fields are missing there.

    `attributes` become those of the store in the same step.
    """
    fields = {name for name, entry in _arrays(folder).items() if entry["dimension_names"][:1] == ["time"]} - {"time"}
    with _changing(folder, ["time", *sorted(fields)], attributes) as group:
        for name in fields:
            array = array_of(group, name)
            array.resize((times.size, *array.shape[1:]))
        axis = array_of(group, "time")
        axis.resize(times.shape)
        axis[:] = times.astype("datetime64[s]").astype(np.int64)


def widen(folder: Path, wet: np.ndarray, deptho: np.ndarray) -> None:
    """Make `wet` (z, h, w), which holds the water of the store in `folder` and more, its mask, `deptho` (h, w) its sea floor."""
    with _changing(folder, ["wet", "deptho"], read_attributes(folder)) as group:
        array_of(group, "wet")[:] = wet
        array_of(group, "deptho")[:] = deptho


@contextmanager
def _changing(folder: Path, names: Iterable[str], attributes: Mapping[str, Any]) -> Iterator[zarr.Group]:
    """Give the group, to change the arrays `names` of it, and put them in force with `attributes` when the block ends."""
    before, arrays = read_attributes(folder), _arrays(folder)
    changed = {name: arrays[name]["dimension_names"][0] == "time" and name != "time" for name in names}
    own = {path for name, is_field in changed.items() for path in _files(folder, name, is_field)}
    kept = {path: record for path, record in before[RECORD][FIXED].items() if path not in own}
    replace_attributes(folder, {**before, RECORD: {**before[RECORD], FIXED: kept}})
    yield zarr.open_group(folder, mode="r+", zarr_format=3, use_consolidated=False)
    metadata = json.loads((folder / "zarr.json").read_bytes())
    record = dict(kept)
    for name, is_field in changed.items():
        for path in _files(folder, name, is_field):
            flush(folder / path)
            record[path] = file_record(folder / path)
        metadata["consolidated_metadata"]["metadata"][name] = json.loads((folder / name / "zarr.json").read_bytes())
    metadata["attributes"] = {**attributes, RECORD: {**before[RECORD], FIXED: dict(sorted(record.items()))}}
    content = sealed(metadata)
    write_atomically(folder / "zarr.json", lambda file: file.write(content))


def _arrays(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "zarr.json").read_bytes())["consolidated_metadata"]["metadata"]
    return {name: entry for name, entry in found.items() if entry["node_type"] == "array"}


def _files(folder: Path, name: str, is_field: bool) -> list[str]:
    """Return the paths of the files of a coordinate, and of a field those that belong to no lead."""
    own = [folder / name / "zarr.json"]
    if not is_field:
        own += (path for path in (folder / name / "c").rglob("*") if path.is_file() and path.suffix != PARTIAL)
    return [path.relative_to(folder).as_posix() for path in own]
