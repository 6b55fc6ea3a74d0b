"""Tells a whole NetCDF file from a truncated one and from something else, before any library reads it."""

import math
from pathlib import Path
from typing import BinaryIO

from engine.errors import InputError

_HDF5 = b"\x89HDF\r\n\x1a\n"
_CLASSIC = (1, 2, 5)
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_STREAMED = (2**32 - 1, 2**64 - 1)


def check_whole(path: Path) -> None:
    """Raise InputError where `path` is missing, is not NetCDF, or ends before its content does.

    The library itself pads a truncated classic file with zeros in silence, which would read as 20 degC water.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file; expected a NetCDF file: check the path")
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(48)
        if head.startswith(_HDF5):
            expected = _end_of_hdf5(head)
        elif head.startswith(b"CDF") and len(head) > 3 and head[3] in _CLASSIC:
            file.seek(4)
            expected = _ClassicHeader(file, head[3]).end
        else:
            start = head[:16].decode("ascii", "replace")
            raise InputError(
                f"{path} is not NetCDF, it begins with {start!r}; expected a NetCDF-3 or NetCDF-4 file: check the path"
            )
    if size < expected:
        where = f"{size} bytes, within its header" if expected == math.inf else f"{size} of {expected} bytes"
        raise InputError(f"{path} ends after {where}; expected the whole file: download it again")


def _end_of_hdf5(head: bytes) -> float:
    """Return the end-of-file address in the superblock (HDF5 file format specification, II.A), 0 where unusual."""
    if len(head) < 48:
        return math.inf
    version, start = head[8], 40
    if version in (2, 3):
        start = 28
    elif version > 3 or head[13] != 8:
        return 0
    return int.from_bytes(head[start : start + 8], "little")


class _ClassicHeader:
    """The header of a classic file (NetCDF file format specification, versions 1, 2 and 5), read for where data end.

    `end` is the size in bytes the whole file has at least, infinite where the header itself is cut off.
    """

    def __init__(self, file: BinaryIO, version: int) -> None:
        self._file = file
        self._count_bytes = 8 if version == 5 else 4
        self._offset_bytes = 4 if version == 1 else 8
        try:
            self.end = self._read()
        except EOFError:
            self.end = math.inf

    def _read(self) -> float:
        records = self._count()
        lengths = [self._dimension() for _ in range(self._list_length())]
        self._skip_attributes()
        ends, record_sizes, record_begins = [0], [], []
        for _ in range(self._list_length()):
            begin, size, is_record = self._variable(lengths)
            if is_record:
                record_begins.append((begin, size))
                record_sizes.append(-(-size // 4) * 4)
            else:
                ends.append(begin + size)
        if records in _STREAMED or not records:
            return max(ends)
        # A lone record variable is not padded to whole words.
        step = record_begins[0][1] if len(record_begins) == 1 else sum(record_sizes)
        ends += [begin + (records - 1) * step + size for begin, size in record_begins]
        return max(ends)

    def _variable(self, lengths: list[int]) -> tuple[int, int, bool]:
        """Return (first byte, bytes in all or in one record, whether it grows with the records)."""
        self._skip_name()
        shape = [lengths[self._count()] for _ in range(self._count())]
        self._skip_attributes()
        kind = self._integer(4)
        self._count()
        is_record = bool(shape) and shape[0] == 0
        return self._integer(self._offset_bytes), math.prod(shape[is_record:]) * _TYPE_BYTES.get(kind, 1), is_record

    def _dimension(self) -> int:
        self._skip_name()
        return self._count()

    def _skip_attributes(self) -> None:
        for _ in range(self._list_length()):
            self._skip_name()
            kind = self._integer(4)
            self._skip(self._count() * _TYPE_BYTES.get(kind, 1))

    def _list_length(self) -> int:
        self._integer(4)
        return self._count()

    def _skip_name(self) -> None:
        self._skip(self._count())

    def _count(self) -> int:
        return self._integer(self._count_bytes)

    def _integer(self, size: int) -> int:
        content = self._file.read(size)
        if len(content) < size:
            raise EOFError
        return int.from_bytes(content, "big")

    def _skip(self, size: int) -> None:
        self._file.seek(-(-size // 4) * 4, 1)
