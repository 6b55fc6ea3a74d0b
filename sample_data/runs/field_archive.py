"""One day of a run on disk: three int16 fields of wet cells, differenced in time and space, compressed, written atomically.

Rounding: sea surface height to 1 mm, temperature to 0.02 K, salinity to 0.01, so no stored value is off by more than half a
step and no one-day error can be measured below 0.3 mm, 0.006 K and 0.003. Nothing is dithered.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numcodecs import Zstd

from engine.runtime.atomic import write_atomically
from engine.runtime.errors import InputError

STEPS = {"zos": 0.001, "surface_temperature": 0.02, "surface_salinity": 0.01}
"""Rounding step of each stored field in its unit (m, degC, 1e-3)."""

KEY_EVERY = 8
"""Every eighth day is stored completely, set by hand; the others hold the change since the day before."""

_CODEC = Zstd(level=9)
_LENGTH = 8


def file_of_day(folder: Path, day: int) -> Path:
    """Return the file of sample day `day` in a run's folder."""
    return folder / f"day-{day:04d}.zst"


def to_steps(name: str, values: np.ndarray) -> np.ndarray:
    """Return `values` of field `name` as whole steps, int16."""
    return np.clip(np.rint(values / STEPS[name]), -32767, 32767).astype(np.int16)


def from_steps(name: str, steps: np.ndarray) -> np.ndarray:
    """Return float32 values of whole `steps` of field `name`."""
    return steps.astype(np.float32) * np.float32(STEPS[name])


def _predicted_away(steps: np.ndarray, previous: np.ndarray | None) -> np.ndarray:
    change = steps if previous is None else steps - previous
    return np.diff(change, prepend=np.int16(0))


def _encode(numbers: np.ndarray) -> bytes:
    # Small numbers of either sign become small unsigned ones; high and low bytes apart compress far better.
    folded = ((numbers << 1) ^ (numbers >> 15)).view(np.uint16)
    low, high = (bytes(_CODEC.encode(part.astype(np.uint8))) for part in (folded & 255, folded >> 8))
    return len(low).to_bytes(_LENGTH, "little") + low + high


def _decode(body: bytes) -> np.ndarray:
    length = int.from_bytes(body[:_LENGTH], "little")
    low = np.frombuffer(_CODEC.decode(body[_LENGTH : _LENGTH + length]), np.uint8).astype(np.uint16)
    high = np.frombuffer(_CODEC.decode(body[_LENGTH + length :]), np.uint8).astype(np.uint16)
    folded = low | (high << 8)
    return (folded >> 1).astype(np.int16) ^ -(folded & 1).astype(np.int16)


def write_day(folder: Path, day: int, steps: Mapping[str, np.ndarray], previous: Mapping[str, np.ndarray] | None) -> None:
    """Write the steps (cells,) of all fields of `day` atomically; `previous` (the day before) is None on a key day."""
    bodies = {name: _encode(_predicted_away(steps[name], previous[name] if previous else None)) for name in steps}
    head = json.dumps({"day": day, "key": previous is None, "bytes": {name: len(body) for name, body in bodies.items()}})
    content = head.encode() + b"\n" + b"".join(bodies.values())
    write_atomically(file_of_day(folder, day), lambda file: file.write(content))


def read_change(folder: Path, day: int, name: str) -> tuple[bool, np.ndarray]:
    """Return whether `day` is stored completely, and field `name`: its steps (cells,) then, else their change since the day
    before.

    Raises InputError when the file is missing or damaged.
    """
    path = file_of_day(folder, day)
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
            for other, length in head["bytes"].items():
                if other == name:
                    numbers = _decode(file.read(length))
                    break
                file.seek(length, os.SEEK_CUR)
    except FileNotFoundError:
        raise InputError(f"sample day {day} is not in run {folder}; build it with `goms sample build`") from None
    except (ValueError, KeyError, RuntimeError) as error:
        raise InputError(f"file {path} of the sample ocean is damaged ({error}); delete it and run `goms sample build`") from None
    return bool(head["key"]), np.cumsum(numbers, dtype=np.int16)
