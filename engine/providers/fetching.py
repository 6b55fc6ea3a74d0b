"""`goms fetch`: the days of a provider, got one by one, checked, taken in and deleted; what is there already is left."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest import ingest_days
from engine.providers.altimetry import keep_days
from engine.providers.checks import check_day
from engine.providers.plan import ALTIMETRY, OBSERVATIONS, days_there, keep_rate
from engine.providers.profiles import keep_rows
from engine.providers.protocols.copernicus import CopernicusDays
from engine.providers.protocols.erddap import TableDays
from engine.providers.protocols.http import Http
from engine.providers.protocols.object_store import BucketDays
from engine.providers.protocols.remote_days import dap_days, zarr_days
from engine.providers.protocols.request import Getter, Request
from engine.providers.protocols.whole_files import FileDays
from engine.runtime.atomic import write_atomically
from engine.runtime.errors import InputError
from engine.runtime.names import plain_name
from engine.runtime.paths import cache_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid
from engine.stores import open_store
from engine.stores.validity import missing_days

PROTOCOLS: dict[str, Callable[[Request, Http], Getter]] = {
    "s3": BucketDays,
    "opendap": dap_days,
    "zarr": zarr_days,
    "files": FileDays,
    "copernicus": CopernicusDays,
    "erddap": TableDays,
}

_REMEMBERED = 10
"""Days whose digests are kept for the comparison with the next."""


class FetchedDays:
    """Gets and checks the files of a day; can be sent to another process, which makes a connection of its own."""

    def __init__(self, request: Request, identifier: str, first_pause: float = 1.0, timeout: float = 60.0) -> None:
        """Take what is asked for, the store that it is for, and how patient the requests are."""
        self._request, self._identifier = request, identifier
        self._first_pause, self._timeout = first_pause, timeout
        self._http: Http | None = None
        self._getter: Getter | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_http": None, "_getter": None}

    def __call__(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Return the files of a day, got into `folder`; raises DayMissing where there are none that can be used."""
        if self._http is None or self._getter is None:
            self._http = Http(self._request.provider.connections, first_pause=self._first_pause, timeout=self._timeout)
            self._getter = PROTOCOLS[self._request.provider.protocol](self._request, self._http)
        files = self._getter.files(day, folder)
        keep_rate(self._request.provider.name, self._http.received, self._http.seconds)
        if self._request.provider.kind == OBSERVATIONS:
            return files
        known = _digests(self._identifier)
        earlier = max((each for each in known if each < str(day)), default="")
        names = {field: self._request.provider.names[field] for field in self._request.fields}
        found = check_day(files, names, known.get(earlier, {}), earlier)
        _remember(self._identifier, {**known, str(day): found})
        return files


def identifier_of(request: Request) -> str:
    """Return the name of the store of a request, made of provider, box, fields and first day."""
    place = "global" if request.box is None else "_".join(f"{each:g}" for each in request.box).replace("-", "m").replace(".", "p")
    fields = "" if len(request.fields) == len(request.provider.names) else f"__{'-'.join(request.fields)}"
    return plain_name(f"{request.provider.name}__{place}__{str(request.start).replace('-', '')}{fields}")


def fetch(
    request: Request,
    identifier: str | None = None,
    scheduler: str | None = None,
    grid: Grid | None = None,
    timeout: float = 60.0,
    first_pause: float = 1.0,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Get the days of a request into a store and return its folder, how many days are new, and those missing with the reason.

    Days that are in the store are left; missing ones are tried again. Raises InputError for what cannot be used, ResourceError
    where the server does not answer or the disk is full: the finished days stay, and the same call goes on.
    """
    name = identifier or identifier_of(request)
    if scheduler and request.provider.connections == 1:
        raise InputError(
            f"{request.provider.label} serves one connection at a time, and --scheduler has one a worker; expected one process: "
            "leave --scheduler out"
        )
    files_of = FetchedDays(request, name, first_pause=first_pause, timeout=timeout)
    if request.provider.kind == ALTIMETRY:
        if request.box is not None:
            raise InputError(f"{request.provider.label} starts forecasts of the globe; expected no box: leave --region out")
        return keep_days(request.days, files_of, grid, progress)
    if request.provider.kind == OBSERVATIONS:
        return keep_rows(request, name, files_of, progress)
    before = days_there(name)
    folder = ingest_days(
        request.provider.kind, request.days, files_of, name, progress, grid, scheduler=scheduler,
        attributes={"provider": request.provider.name, "license": request.provider.licence}, sampling=request.way,
    )  # fmt: skip
    reasons = missing_days(open_store(folder).attrs)
    missing = {str(day): reasons[day].reason for day in request.days if day in reasons}
    return {"store": folder.name, "folder": folder, "new_days": len(days_there(name) - before), "missing": missing}


def _record(identifier: str) -> Path:
    return cache_folder() / "fetched" / f"{identifier}.json"


def _digests(identifier: str) -> dict[str, dict[str, str]]:
    """Return day -> field -> digest of the last days that were good."""
    with suppress(OSError, ValueError):
        found = json.loads(_record(identifier).read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _remember(identifier: str, digests: dict[str, dict[str, str]]) -> None:
    last = dict(sorted(digests.items())[-_REMEMBERED:])
    path = _record(identifier)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda file: file.write(json.dumps(last).encode()), shared=True)
