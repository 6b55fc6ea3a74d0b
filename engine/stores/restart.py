"""The restart state of a forecast on disk: exact float32 fields beside the store, replaced after every few leads."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import google_crc32c
import numpy as np

from engine.runtime.atomic import partial_path, write_atomically

_LEAD, _CHECKSUM = "lead", "crc32c"
"""Names of the lead and of the checksum among the fields; the checksum is the last."""


def restart_path(folder: Path) -> Path:
    """Return the path of the restart state of a store: beside the group, which holds Zarr alone."""
    return folder.with_name(f".{folder.name}.restart")


def write_restart(folder: Path, lead: int, restart: Mapping[str, np.ndarray]) -> None:
    """Keep the state after `lead` in place of the last one, atomically; raises OSError where the disk is full."""
    write_atomically(restart_path(folder), lambda file: _save_all(file, {_LEAD: np.array(lead), **restart}))


def read_restart(folder: Path) -> tuple[int, dict[str, np.ndarray]] | None:
    """Return (lead, state) of the last restart state; None where there is none, or a damaged one."""
    state: dict[str, np.ndarray] = {}
    # NumPy's reader may raise anything on a damaged file; a state without a valid checksum counts as missing.
    with suppress(Exception):
        state = dict(_load_all(restart_path(folder)))
    checksum = state.pop(_CHECKSUM, None)
    if checksum is None or int(checksum) != _checksum(state):
        return None
    return int(state.pop(_LEAD)), state


def delete_restart(folder: Path) -> None:
    """Remove the restart state of a store, where there is one."""
    path = restart_path(folder)
    for each in (path, partial_path(path)):
        each.unlink(missing_ok=True)


def _save_all(file: BinaryIO, arrays: Mapping[str, np.ndarray]) -> None:
    """Write each name and array; a zip archive would spend half of the time on checksums of data that is soon deleted."""
    for name, values in {**arrays, _CHECKSUM: np.array(_checksum(arrays))}.items():
        np.save(file, np.array(name))
        np.save(file, values)


def _load_all(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    size = path.stat().st_size
    with path.open("rb") as file:
        while file.tell() < size:
            yield str(np.load(file)), np.load(file)


def _checksum(arrays: Mapping[str, np.ndarray]) -> int:
    """Return the CRC-32C of names, shapes, types and numbers; 11 GB/s, where a quarter of a gigabyte takes 0.1 s to write."""
    found = 0
    for name, values in arrays.items():
        found = google_crc32c.extend(found, f"{name} {values.shape} {values.dtype}".encode())
        found = google_crc32c.extend(found, np.ascontiguousarray(values).reshape(-1).view(np.uint8))
    return int(found)
