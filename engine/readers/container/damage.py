"""Detects truncated NetCDF files and other kinds of files before any library reads them."""

import math
from pathlib import Path

from engine.readers.container.boundary import reading
from engine.readers.container.classic import VERSIONS, ClassicHeader, DamagedHeader
from engine.readers.container.hdf5 import check_hdf5
from engine.runtime.errors import InputError

_HDF5 = b"\x89HDF\r\n\x1a\n"


def check_whole(path: Path) -> None:
    """Raise InputError where `path` is missing, is not NetCDF, has an impossible header, refers to others, or ends too early.

    The library pads a truncated classic file with zeros without an error, which would read as water of 20 degC.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file; expected a NetCDF file: check the path")
    size = path.stat().st_size
    with reading(path), path.open("rb") as file:
        head = file.read(48)
        if head.startswith(_HDF5):
            expected = _end_of_hdf5(head)
        elif head.startswith(b"CDF") and len(head) > 3 and head[3] in VERSIONS:
            file.seek(0)
            try:
                expected = ClassicHeader(file, size).end
            except DamagedHeader as error:
                raise InputError(f"{path} is damaged: its header {error}; expected a whole file: download it again") from error
        else:
            start = head[:16].decode("ascii", "replace")
            raise InputError(
                f"{path} is not NetCDF, it begins with {start!r}; expected a NetCDF-3 or NetCDF-4 file: check the path"
            )
    if size < expected:
        where = f"{size} bytes, within its header" if expected == math.inf else f"{size} of {expected} bytes"
        raise InputError(f"{path} ends after {where}; expected the whole file: download it again")
    if head.startswith(_HDF5):
        with reading(path):
            check_hdf5(path)


def _end_of_hdf5(head: bytes) -> float:
    """Return the end-of-file address in the superblock (HDF5 file format specification, II.A), 0 for other superblocks."""
    if len(head) < 48:
        return math.inf
    version, start = head[8], 40
    if version in (2, 3):
        start = 28
    elif version > 3 or head[13] != 8:
        return 0
    return int.from_bytes(head[start : start + 8], "little")
