"""A Zarr store, version 2 or 3, under an address: its metadata and chunks by HTTP, with the pauses and checks of all requests."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable
from typing import Any

import numpy as np
import zarr
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype

from engine.providers.protocols.arrays import Variable
from engine.providers.protocols.http import Absent, Http
from engine.runtime.errors import InputError


class HttpStore(Store):
    """A store to be read key by key, as object stores without listing allow."""

    supports_writes = False
    supports_deletes = False
    supports_listing = False

    def __init__(self, http: Http, address: str) -> None:
        super().__init__(read_only=True)
        self._http, self.address = http, address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HttpStore) and other.address == self.address

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        """Return the bytes of a key, None where it is not there."""
        start, stop = _bounds(byte_range)
        try:
            content = await asyncio.to_thread(self._http.bytes, f"{self.address}/{key}", start, stop)
        except Absent:
            return None
        return prototype.buffer.from_bytes(content)

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Return parts of keys."""
        return await asyncio.gather(*(self.get(key, prototype, part) for key, part in key_ranges))

    async def exists(self, key: str) -> bool:
        """Return whether a key is there."""
        try:
            await asyncio.to_thread(self._http.bytes, f"{self.address}/{key}")
        except Absent:
            return False
        return True

    async def set(self, key: str, value: Buffer) -> None:
        """Refuse."""
        raise PermissionError("the store is read alone")

    async def delete(self, key: str) -> None:
        """Refuse."""
        raise PermissionError("the store is read alone")

    async def _nothing(self) -> AsyncIterator[str]:
        none: tuple[str, ...] = ()
        for key in none:
            yield key

    def list(self) -> AsyncIterator[str]:
        """Yield nothing: there is no listing."""
        return self._nothing()

    def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """Yield nothing: there is no listing."""
        return self._nothing()

    def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Yield nothing: there is no listing."""
        return self._nothing()


class ZarrArrays:
    """Arrays of a store by name, opened when they are first asked for; `group` says in which group each lies, empty for the root.

    Raises Absent where the store is not there.
    """

    cuts_columns = False

    def __init__(self, http: Http, address: str, names: Iterable[str], grouped: bool = False) -> None:
        self.address = address
        store = HttpStore(http, address)
        self._arrays: dict[str, zarr.Array] = {}
        self.variables: dict[str, Variable] = {}
        self._axes: dict[str, np.ndarray] = {}
        try:
            self.attributes: dict[str, Any] = dict(zarr.open_group(store, mode="r", use_consolidated=False).attrs)
        except FileNotFoundError as error:
            raise Absent(f"{address} holds no Zarr store") from error
        for name in names:
            folder = f"{name}/" if grouped else ""
            self._open(store, folder, name)
            for axis in self.variables[name].dimensions if name in self.variables else ():
                if axis not in self.variables:
                    self._open(store, folder, axis)

    def read(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        """Return the numbers of a part of an array as they are stored; absent chunks are the fill value."""
        if self.variables[name].dimensions == (name,):
            if name not in self._axes:
                self._axes[name] = np.asarray(self._arrays[name][...])
            return self._axes[name][part]
        return np.asarray(self._arrays[name][part])

    def _open(self, store: HttpStore, folder: str, name: str) -> None:
        try:
            array = zarr.open_array(store, path=f"{folder}{name}", mode="r")
        except FileNotFoundError:
            return
        told: dict[str, Any] = dict(array.attrs)
        dimensions: Any = told.pop("_ARRAY_DIMENSIONS", None) or getattr(array.metadata, "dimension_names", None)
        if not dimensions or len(dimensions) != len(array.shape):
            raise InputError(f"{self.address}: {name} names no dimensions; expected a store written by xarray: check --address")
        self._arrays[name] = array
        fill = _fill(array, told)
        known = {key: value for key, value in told.items() if isinstance(value, str | int | float) and key != "_FillValue"}
        self.variables[name] = Variable(
            tuple(dimensions), array.shape, np.dtype(array.dtype), known | ({} if fill is None else {"_FillValue": fill})
        )


def _fill(array: zarr.Array, told: dict[str, Any]) -> Any:
    """Return the missing value: an attribute in version 3, where floats are in base64, the fill of the chunks in version 2."""
    stated = told.get("_FillValue")
    if isinstance(stated, str):
        stated = np.frombuffer(base64.standard_b64decode(stated), "<f8")[0]
    if stated is None and array.metadata.zarr_format == 2:
        stated = array.fill_value
    return None if stated is None else np.dtype(array.dtype).type(stated)


def _bounds(part: ByteRequest | None) -> tuple[int, int | None]:
    match part:
        case RangeByteRequest(start=start, end=end):
            return start, end
        case OffsetByteRequest(offset=offset):
            return offset, None
        case SuffixByteRequest(suffix=suffix):
            return -suffix, None
    return 0, None
