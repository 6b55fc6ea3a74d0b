"""Checks an HDF5 file before the NetCDF library opens it, which follows every link and lists every name."""

import math
from pathlib import Path

import h5py

from engine.readers.container.limits import (
    ALWAYS_READ,
    DEEPEST_GROUP,
    MOST_ATTRIBUTE_BYTES,
    MOST_CHUNK_BYTES,
    MOST_NAMES,
    MOST_VALUES_A_BYTE,
)
from engine.runtime.errors import InputError

_REMEDY = "choose another file"


def check_hdf5(path: Path) -> None:
    """Raise InputError where a file refers to other files or to itself, or has endless names, huge chunks or no content.

    A variable that keeps its values in another file would show that file to every viewer of the store; a group within
    itself would be listed without end.
    """
    with h5py.File(path, "r", locking=False) as file:
        waiting, seen = [(0, file)], set()
        names = values = 0
        while waiting:
            depth, group = waiting.pop()
            address = h5py.h5o.get_info(group.id).addr
            if address in seen:
                raise InputError(f"{path} has a group within itself; expected groups within each other: {_REMEDY}")
            seen.add(address)
            names += len(group)
            if names > MOST_NAMES or depth > DEEPEST_GROUP:
                what = f"more than {MOST_NAMES} names" if names > MOST_NAMES else f"groups {depth} deep"
                raise InputError(f"{path} has {what}; expected the few variables of a provider's file: {_REMEDY}")
            _check_attributes(path, group)
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise InputError(f"{path}: {name} is a link to another place; expected all variables in one file: {_REMEDY}")
                item = group[name]
                if isinstance(item, h5py.Group):
                    waiting.append((depth + 1, item))
                elif isinstance(item, h5py.Dataset):
                    values += _checked_size(path, item)
    size = path.stat().st_size
    if values > max(ALWAYS_READ, MOST_VALUES_A_BYTE * size):
        raise InputError(
            f"{path} announces {values:.2g} values in {size} bytes, so that nearly all are missing or one constant; expected "
            "fields with content: download it again or cut out a box"
        )


def _checked_size(path: Path, variable: h5py.Dataset) -> int:
    """Return how many values a variable has."""
    name = variable.name.lstrip("/")
    if variable.is_virtual or variable.external:
        raise InputError(f"{path}: {name} keeps its values in another file; expected all values in one file: {_REMEDY}")
    _check_attributes(path, variable)
    if variable.chunks and math.prod(variable.chunks) * variable.id.get_type().get_size() > MOST_CHUNK_BYTES:
        raise InputError(
            f"{path}: {name} is stored in chunks of {' x '.join(map(str, variable.chunks))} values; expected at most "
            f"{MOST_CHUNK_BYTES >> 20} MiB each: write it with smaller ones (nccopy -c time/1,depth/1 in.nc out.nc)"
        )
    return math.prod(variable.shape or ())


def _check_attributes(path: Path, item: h5py.Group | h5py.Dataset) -> None:
    count = h5py.h5a.get_num_attrs(item.id)
    largest = max((h5py.h5a.get_info(item.id, index=number).data_size for number in range(min(count, MOST_NAMES))), default=0)
    if count > MOST_NAMES or largest > MOST_ATTRIBUTE_BYTES:
        raise InputError(
            f"{path}: {item.name} has {count} attributes of up to {largest} bytes; expected at most {MOST_NAMES} of "
            f"{MOST_ATTRIBUTE_BYTES}: {_REMEDY}"
        )
