"""HYCOM's files in a bucket: listed by the S3 protocol without an account, read by byte ranges."""

import re
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import numpy as np

from engine.providers.protocols.arrays import day_of
from engine.providers.protocols.classic_ranges import RemoteClassic
from engine.providers.protocols.day_file import write_day
from engine.providers.protocols.http import Absent, Http
from engine.providers.protocols.provider import date_of
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError


class BucketDays:
    """The days of a bucket whose keys are named by day: one listing of each year, then the bytes that are needed of each day."""

    def __init__(self, request: Request, http: Http) -> None:
        self._request, self._http = request, http
        self._keys: dict[int, dict[str, tuple[int, str]]] = {}

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Put the levels and the box of a day into one file; raises DayMissing where the bucket has none of 12 UTC."""
        date = date_of(day)
        part, fields = self._request.parts(day)[0]
        pattern = re.compile(date.strftime(part.path))
        # The files of 1 January may lie in the folder of the year before.
        found = [(key, told) for year in (date.year, date.year - 1) for key, told in self._listed(year, day).items()]
        for key, (size, tag) in found:
            if pattern.fullmatch(key):
                file = RemoteClassic(self._http, f"{self._request.root}/{quote(key)}", size, tag)
                names = [self._request.provider.names[name] for name in fields]
                stored = day_of(file, names, day, self._request.hours, self._request.box, self._http.each)
                return [write_day(folder / Path(key).name, stored, file.attributes)]
        raise DayMissing("the bucket has no file of 12 UTC")

    def _listed(self, year: int, day: np.datetime64) -> dict[str, tuple[int, str]]:
        """Return size and tag of every key of a year; of the year before only those on 1 January."""
        if year != date_of(day).year and date_of(day).timetuple().tm_yday > 1:
            return {}
        if year not in self._keys:
            self._keys[year] = self._list(f"{year}/")
        return self._keys[year]

    def _list(self, prefix: str) -> dict[str, tuple[int, str]]:
        found: dict[str, tuple[int, str]] = {}
        token = ""
        while True:
            address = f"{self._request.root}/?list-type=2&prefix={quote(prefix)}" + (
                f"&continuation-token={quote(token, safe='')}" if token else ""
            )
            try:
                page = ElementTree.fromstring(self._http.bytes(address))
            except (Absent, ElementTree.ParseError) as error:
                raise InputError(
                    f"{self._request.root} is no bucket that can be listed ({error}); expected the S3 protocol: check --address"
                ) from error
            space = page.tag.partition("}")[0] + "}" if page.tag.startswith("{") else ""
            for entry in page.iter(f"{space}Contents"):
                key, size, tag = (entry.findtext(f"{space}{name}") or "" for name in ("Key", "Size", "ETag"))
                found[key] = (int(size), tag)
            token = page.findtext(f"{space}NextContinuationToken") or ""
            if not token:
                return found
