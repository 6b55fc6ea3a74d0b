"""The sources of initial states (sample, observed, analyses) as a server holds them: each opened once."""

import threading
import time
from typing import Any, Protocol

import numpy as np

from app.data.readers import FieldReader
from app.services.options import Options
from engine.physics.sea_level_zero import ZERO
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from sample_data.provider import register

RETRY_SECONDS = 5.0
"""Time for which a source that could not be opened is not tried again: the page asks twice a second."""


class Source(Protocol):
    """What the page needs to know of a source of initial states."""

    name: str
    label: str
    forcing_kind: str

    def init_times(self) -> np.ndarray: ...


class Sources:
    """Opens sources, the sample ocean among them, with the files and the grid of the server; safe between threads."""

    def __init__(self, options: Options) -> None:
        register()
        self._options = options
        self._lock = threading.RLock()
        self._opened: dict[str, Source] = {}
        self._errors: dict[str, tuple[float, str]] = {}

    def open(self, name: str) -> Source:
        """Return the source `sample`, `observed` or one of kept altimetry; raises InputError where it cannot be opened.

        What failed is tried again some seconds later, since a disk or a file may be back.
        """
        with self._lock:
            failed_at, words = self._errors.get(name, (None, ""))
            if failed_at is not None and time.monotonic() - failed_at < RETRY_SECONDS:
                raise InputError(words)
            if name not in self._opened:
                # Opening is rare, and the module takes long to import.
                from engine.sources import open_source

                try:
                    self._opened[name] = open_source(name, **self._arguments(name))
                except (InputError, OSError) as error:
                    self._errors[name] = time.monotonic(), str(error)
                    raise InputError(str(error)) from error
            return self._opened[name]

    def forget(self, name: str) -> None:
        """Open a source anew at the next question."""
        with self._lock:
            self._opened.pop(name, None)

    def options_of(self, name: str) -> dict[str, Any]:
        """Return the files and the grid that a job opens a source with, as plain values."""
        options: dict[str, Any] = {}
        if name == "observed":
            if self._options.altimetry is not None:
                options["altimetry"] = str(self._options.altimetry)
            if self._options.sst is not None:
                options["sst"] = str(self._options.sst)
        if self._options.grid_factor != 1:
            options["grid_factor"] = self._options.grid_factor
        return options

    def _arguments(self, name: str) -> dict[str, Any]:
        options = self.options_of(name)
        factor = options.pop("grid_factor", 1)
        return options if factor == 1 else {**options, "grid": coarsened(factor)}

    def name_of(self, store: FieldReader) -> str:
        """Return the name the page gives to the source of a store: `sample` is the shipped run, others keep their own."""
        name = str(store.attrs.get("source", ""))
        sample = self._opened.get("sample")
        return "sample" if sample is not None and name == sample.name else name

    def zero_of(self, store: FieldReader) -> str:
        """Return the name of the zero of sea level of a store: that of its source, unless the store names another."""
        return str(store.attrs.get(ZERO) or self.name_of(store))
