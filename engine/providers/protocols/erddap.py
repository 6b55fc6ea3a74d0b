"""Rows of a table on an ERDDAP server (tabledap): asked for by time and box, as CSV with a row of names and a row of units."""

import io
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd

from engine.providers.protocols.http import Absent, Http
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError


class TableDays:
    """The days of a table; the path of a part is that of its data set, the provider's names its columns."""

    def __init__(self, request: Request, http: Http) -> None:
        self._request, self._http = request, http

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Write the rows of a day as the server sends them; raises DayMissing where it has none."""
        (part, _), *_ = self._request.parts(day)
        columns = self._request.provider.columns
        limits = [f"time>={day}T00:00:00Z", f"time<{day + 1}T00:00:00Z"]
        if self._request.box is not None:
            south, north, west, east = self._request.box
            if east < west:
                raise InputError(
                    "--region crosses the seam of longitudes; expected west below east for a table: ask for two boxes"
                )
            limits += [f"latitude>={south:g}", f"latitude<={north:g}", f"longitude>={west:g}", f"longitude<={east:g}"]
        query = "&".join([",".join(columns), *limits])
        try:
            content = self._http.bytes(f"{self._request.root}/{part.path}.csv?{quote(query, safe='&,=')}", complete=_whole)
        except Absent as error:
            raise DayMissing("the table has no row of this day") from error
        file = folder / f"{self._request.provider.name}_{day}.csv"
        file.write_bytes(content)
        return [file]


def rows_of(file: Path) -> pd.DataFrame:
    """Return the rows of a file of such a server, without the row of units; raises InputError where it is none."""
    text = file.read_text(encoding="utf-8")
    try:
        found = pd.read_csv(io.StringIO(text), skiprows=[1])
    except (ValueError, pd.errors.ParserError) as error:
        raise InputError(f"{file} is no table of ERDDAP ({error}); expected names, units and rows: check --address") from error
    return found


def _whole(body: bytes) -> bool:
    """Return whether the last row ends, since a table has no length of its own."""
    return body.endswith(b"\n")
