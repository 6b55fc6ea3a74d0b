"""Caches of arrays and of bodies of answers, bounded in bytes, safe between threads, keyed by plain values."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np


class ArrayCache:
    """Keeps the arrays used last, up to `limit` bytes; each key is computed once, however many threads ask for it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._arrays: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the array of `key`, made by `make` where it is not kept; the array must not be changed."""
        found = self._find(key)
        if found is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                found = self._find(key)
                if found is None:
                    found = make()
                    self._keep(key, found)
        finally:
            with self._lock:
                self._making.pop(key, None)
        return found

    @property
    def size(self) -> int:
        """Return the bytes kept."""
        return self._size

    def _find(self, key: Hashable) -> np.ndarray | None:
        with self._lock:
            found = self._arrays.get(key)
            if found is not None:
                self._arrays.move_to_end(key)
            return found

    def _keep(self, key: Hashable, array: np.ndarray) -> None:
        with self._lock:
            if key in self._arrays:
                return
            self._arrays[key] = array
            self._size += array.nbytes
            while self._size > self._limit and len(self._arrays) > 1:
                _, dropped = self._arrays.popitem(last=False)
                self._size -= dropped.nbytes


class BodyCache:
    """The bodies used last, up to `capacity` bytes; safe between threads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.bytes = 0
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, address: Hashable) -> bytes | None:
        """Return a kept body and mark it as just used."""
        with self._lock:
            if address in self._bodies:
                self._bodies.move_to_end(address)
            return self._bodies.get(address)

    def put(self, address: Hashable, body: bytes) -> None:
        """Keep a body and drop those unused for longest beyond the capacity; a body over the capacity is not kept."""
        with self._lock:
            self.bytes += len(body) - len(self._bodies.pop(address, b""))
            self._bodies[address] = body
            while self.bytes > self.capacity:
                _, dropped = self._bodies.popitem(last=False)
                self.bytes -= len(dropped)
