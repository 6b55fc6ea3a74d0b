"""Files that a provider keeps by day on a web server or in a bucket: taken whole, since they are small."""

from pathlib import Path

import numpy as np

from engine.providers.protocols.http import Absent, Http
from engine.providers.protocols.provider import date_of
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing


class FileDays:
    """The days of a provider with a file a day; a part with several paths has them in the order in which they are tried."""

    def __init__(self, request: Request, http: Http) -> None:
        self._request, self._http = request, http

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Download the files of a day; raises DayMissing where one is not there."""
        return [self._file(part.path.split(" or "), day, folder) for part, _ in self._request.parts(day)]

    def _file(self, paths: list[str], day: np.datetime64, folder: Path) -> Path:
        tried = []
        for path in paths:
            address = f"{self._request.root}/{date_of(day).strftime(path)}"
            file = folder / address.rpartition("/")[2]
            try:
                self._http.download(address, file)
            except Absent:
                tried.append(address)
            else:
                return file
        raise DayMissing(f"{' and '.join(tried)} {'is' if len(tried) == 1 else 'are'} not there")
