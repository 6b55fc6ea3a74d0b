"""Parts of a classic NetCDF file on a server, read by byte ranges that its own header gives."""

import io
import math
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from engine.providers.protocols.arrays import Variable
from engine.providers.protocols.http import Changed, Http
from engine.readers.container.boundary import reading
from engine.readers.container.classic import ClassicHeader, DamagedHeader
from engine.runtime.errors import DayMissing

_FIRST_READ = 1 << 17
"""Bytes of the first request: header and coordinates of a HYCOM file take 67 kB."""


class RemoteClassic:
    """A classic file on a server, with one time: names, attributes and places from its header, numbers as they are asked for.

    Offsets are those of this file: HYCOM's headers have 4,640 or 4,600 bytes, and offsets of one in files of the other shift
    every field by 20 cells. Raises DayMissing where the file contradicts its header or its
    length.
    """

    cuts_columns = False

    def __init__(self, http: Http, address: str, size: int, tag: str = "") -> None:
        """Take the address, and size in bytes and tag as the listing has them."""
        self._http, self.address, self._size, self._tag = http, address, size, tag
        self._head = self._piece(0, min(_FIRST_READ, size))
        if not self._head.startswith((b"CDF\x01", b"CDF\x02", b"CDF\x05")):
            raise DayMissing(f"{address} is not a classic NetCDF file")
        header = self._header()
        while header.end == math.inf and len(self._head) < size:
            self._head += self._piece(len(self._head), min(2 * len(self._head), size))
            header = self._header()
        if header.end != size:
            raise DayMissing(f"{address} has {size} bytes where its header makes {header.end:.0f}")
        self._places = header.places
        # Read once, since the library is for one thread alone.
        with reading(Path(address)), netCDF4.Dataset("header", memory=self._head) as data:
            self.attributes = _attributes(data)
            self.variables = {
                name: Variable(one.dimensions, one.shape, one.dtype.newbyteorder("="), _attributes(one))
                for name, one in data.variables.items()
            }

    def read(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        """Return the numbers of a part that lies in one range of bytes: numbers of the first axes, rows, and of them all columns.

        Coordinates come whole.
        """
        one, shape = self.variables[name], self.variables[name].shape
        starts = [index.indices(length)[:2] for index, length in zip(part, shape, strict=True)]
        sizes = [stop - start for start, stop in starts]
        if any(size != 1 for size in sizes[:-2]) or sizes[-1] != shape[-1]:
            raise ValueError(f"{name}{part} of {shape} is no single range of bytes")
        first = sum(start * math.prod(shape[axis + 1 :]) for axis, (start, _) in enumerate(starts))
        kind = one.kind.newbyteorder(">")
        begin = self._places[name] + first * kind.itemsize
        end = begin + math.prod(sizes) * kind.itemsize
        content = self._head[begin:end] if end <= len(self._head) else self._piece(begin, end)
        return np.frombuffer(content, kind).astype(one.kind).reshape(sizes)

    def _piece(self, start: int, stop: int) -> bytes:
        try:
            return self._http.bytes(self.address, start, stop, match=self._tag, whole=self._size)
        except Changed as error:
            raise DayMissing(str(error)) from error

    def _header(self) -> ClassicHeader:
        try:
            return ClassicHeader(io.BytesIO(self._head), self._size)
        except DamagedHeader as error:
            raise DayMissing(f"{self.address} is damaged: its header {error}") from error


def _attributes(owner: netCDF4.Dataset | netCDF4.Variable) -> dict[str, Any]:
    return {name: owner.getncattr(name) for name in owner.ncattrs()}
