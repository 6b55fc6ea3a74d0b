"""The header of a classic NetCDF file, read by its specification with every count bounded by the size of the file."""

import math
from typing import BinaryIO

from engine.readers.container.limits import MOST_ATTRIBUTE_BYTES, MOST_ATTRIBUTES, MOST_NAMES

VERSIONS = (1, 2, 5)
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_LONGEST_NAME = 1024
_MOST_AXES = 32
_UNKNOWN_SIZES = (0, 2**32 - 1, 2**64 - 1)
_STREAMED = (2**32 - 1, 2**64 - 1)


class DamagedHeader(Exception):
    """The header contradicts itself or the specification; the message says how, to follow 'its header'."""


class ClassicHeader:
    """The header of a classic file (NetCDF file format specification, versions 1, 2 and 5), read to find the end of the data.

    `end` is the size in bytes the whole file has at least, infinite where the header itself is cut off; `places` is the
    first byte of each variable, of its first record where it grows. Raises DamagedHeader for tags, types, dimensions and sizes
    that cannot be, for counts beyond any real file, for variables that overlap, and for records that the header leaves out.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Take a file open at its beginning and its size in bytes."""
        self._file, self._size, self._attributes = file, size, 0
        version = file.read(4)[3]
        self._count_bytes = 8 if version == 5 else 4
        self._offset_bytes = 4 if version == 1 else 8
        self.places: dict[str, int] = {}
        try:
            self.end = self._read()
        except EOFError:
            self.end = math.inf

    def _read(self) -> float:
        records = self._count()
        lengths = [self._dimension() for _ in range(self._list_length(_DIMENSIONS))]
        self._skip_attributes()
        variables = [self._variable(lengths) for _ in range(self._list_length(_VARIABLES))]
        fixed = [(begin, size) for begin, size, is_record in variables if not is_record]
        recorded = [(begin, size) for begin, size, is_record in variables if is_record]
        self._check_places(fixed + recorded)
        ends = [0] + [begin + size for begin, size in fixed]
        if records and records not in _STREAMED and recorded:
            # A lone record variable is not padded to whole words.
            step = recorded[0][1] if len(recorded) == 1 else sum(_padded(size) for _, size in recorded)
            ends += [begin + (records - 1) * step + size for begin, size in recorded]
            more = (self._size - max(ends)) // step if step else 0
            if more > 0:
                raise DamagedHeader(f"announces {records} records where the file holds {records + more}")
        return max(ends)

    def _check_places(self, places: list[tuple[int, int]]) -> None:
        """Each variable, or the first record of it, lies behind the header and behind the one before it."""
        reached = self._file.tell()
        for begin, size in sorted(places):
            if begin < reached:
                raise DamagedHeader(f"puts a variable at byte {begin}, where something else lies")
            reached = begin + size

    def _variable(self, lengths: list[int]) -> tuple[int, int, bool]:
        """Return (first byte, bytes in all or in one record, whether it grows with the records)."""
        name = self._name()
        axes = [self._count() for _ in range(self._bounded("axes", _MOST_AXES))]
        if any(axis >= len(lengths) for axis in axes):
            raise DamagedHeader(f"gives a variable dimension {max(axes)} of {len(lengths)}")
        shape = [lengths[axis] for axis in axes]
        self._skip_attributes()
        width = self._type_bytes()
        announced = self._count()
        begin = self.places[name] = self._integer(self._offset_bytes)
        is_record = bool(shape) and shape[0] == 0
        size = math.prod(shape[is_record:]) * width
        # Sizes are announced padded; of a lone record variable, and by some writers, they are not.
        if announced not in _UNKNOWN_SIZES and announced not in (size, _padded(size)) and size < 2**32:
            raise DamagedHeader(f"announces {announced} bytes of a variable whose dimensions make {size}")
        return begin, size, is_record

    def _dimension(self) -> int:
        self._skip_name()
        return self._count()

    def _skip_attributes(self) -> None:
        count = self._list_length(_ATTRIBUTES)
        self._attributes += count
        if self._attributes > MOST_ATTRIBUTES:
            raise DamagedHeader(f"counts more than {MOST_ATTRIBUTES} attributes")
        for _ in range(count):
            self._skip_name()
            width = self._type_bytes()
            self._skip(width * self._bounded("values in an attribute", MOST_ATTRIBUTE_BYTES // width))

    def _type_bytes(self) -> int:
        kind = self._integer(4)
        if kind not in _TYPE_BYTES:
            raise DamagedHeader(f"names type {kind}, of which there is none")
        return _TYPE_BYTES[kind]

    def _list_length(self, tag: int) -> int:
        found = self._integer(4)
        count = self._bounded("names in a list", MOST_NAMES)
        if found != tag and (found or count):
            raise DamagedHeader(f"has {found} where a list begins")
        return count

    def _name(self) -> str:
        length = self._bounded("letters in a name", _LONGEST_NAME)
        content = self._file.read(_padded(length))
        if len(content) < length:
            raise EOFError
        return content[:length].decode("utf-8", "replace")

    def _skip_name(self) -> None:
        self._skip(self._bounded("letters in a name", _LONGEST_NAME))

    def _bounded(self, what: str, most: int) -> int:
        count = self._count()
        if count > most:
            raise DamagedHeader(f"counts {count} {what}, at most {most} are read")
        return count

    def _count(self) -> int:
        return self._integer(self._count_bytes)

    def _integer(self, size: int) -> int:
        content = self._file.read(size)
        if len(content) < size:
            raise EOFError
        return int.from_bytes(content, "big")

    def _skip(self, size: int) -> None:
        self._file.seek(_padded(size), 1)


def _padded(size: int) -> int:
    return -(-size // 4) * 4
