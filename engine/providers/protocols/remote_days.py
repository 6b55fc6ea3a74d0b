"""Days of remote arrays: the data set of each day is opened once and kept while the days lie in it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.providers.protocols.arrays import Arrays, day_of
from engine.providers.protocols.day_file import write_day
from engine.providers.protocols.http import Absent, Http
from engine.providers.protocols.opendap import DapDataset
from engine.providers.protocols.provider import date_of
from engine.providers.protocols.request import Request
from engine.providers.protocols.zarr_http import ZarrArrays
from engine.runtime.errors import DayMissing, InputError

STOPS = ("valid_time_stop", "valid_time_stop_era5t")
"""Attributes of ARCO-ERA5 that say to which day it is filled: what lies behind is missing without an error."""


class ArrayDays:
    """The days of a provider of arrays; `open_arrays` opens those of an address that hold some names."""

    def __init__(self, request: Request, http: Http, open_arrays: Callable[[str, tuple[str, ...]], Arrays]) -> None:
        self._request, self._http, self._open_arrays = request, http, open_arrays
        self._open: dict[str, Arrays] = {}

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Write a file for each data set that holds fields of the day; raises DayMissing where one lacks it."""
        request, files, opened = self._request, [], {}
        parts = request.parts(day)
        if {name for _, fields in parts for name in fields} != set(request.fields):
            raise DayMissing(f"{request.provider.label} has no data set with {', '.join(request.fields)}")
        for number, (part, fields) in enumerate(parts):
            names = tuple(request.provider.names[name] for name in fields)
            address = f"{request.root}/{date_of(day).strftime(part.path)}"
            try:
                arrays = self._open.get(address) or self._open_arrays(address, names)
            except Absent as error:
                raise DayMissing(str(error)) from error
            opened[address] = arrays
            _check_filled(arrays, day)
            stored = day_of(arrays, names, day, request.hours, request.box, self._http.each)
            files.append(write_day(folder / f"{request.provider.name}_{day}_{number}.nc", stored, _plain(arrays)))
        self._open = opened
        return files


def dap_days(request: Request, http: Http) -> ArrayDays:
    """Return the days of a provider on an OPeNDAP server; raises InputError for an aggregation of the newest of several runs."""

    def opened(address: str, names: tuple[str, ...]) -> DapDataset:
        if "best" in address.rpartition("/")[2]:
            raise InputError(
                f"{address} holds of each time the newest run, so that a forecast of five days from it is one of one day; "
                "expected a named run (.../runs/..._RUN_YYYY-MM-DDT12:00:00Z)"
            )
        return DapDataset(http, address)

    return ArrayDays(request, http, opened)


def zarr_days(request: Request, http: Http) -> ArrayDays:
    """Return the days of a provider with Zarr stores."""
    grouped = request.provider.grouped
    return ArrayDays(request, http, lambda address, names: ZarrArrays(http, address, names, grouped))


def _check_filled(arrays: Arrays, day: np.datetime64) -> None:
    stops = [np.datetime64(str(arrays.attributes[name])[:10]) for name in STOPS if name in arrays.attributes]
    if stops and day > max(stops):
        raise DayMissing(f"{arrays.address} is filled to {max(stops)}")


def _plain(arrays: Arrays) -> dict[str, str]:
    """Return the attributes of a data set that are text or numbers, without those that libraries keep for themselves."""
    return {
        name: str(value)[:10_000]
        for name, value in arrays.attributes.items()
        if isinstance(value, str | int | float) and not name.startswith("_")
    }
