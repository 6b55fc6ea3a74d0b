"""Profiles of Argo floats as a table for `goms analyse`: adjusted values with a good flag, temperature made potential."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gsw
import numpy as np
import pandas as pd

from engine.providers.protocols.erddap import rows_of
from engine.providers.protocols.request import Request
from engine.runtime.atomic import write_atomically
from engine.runtime.csv_table import csv_of
from engine.runtime.errors import DayMissing, InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import home
from engine.runtime.progress import Progress

GOOD = (1, 2)
"""Flags of Argo (reference table 2) of values that are kept: good, and probably good."""

_COLUMNS = ("time", "lat", "lon", "pressure", "variable", "value", "platform")


def table_of(identifier: str) -> Path:
    """Return the path of the table of a request."""
    return home() / "observations" / f"{checked_name(identifier, 'table')}.csv"


def kept_days(identifier: str) -> set[np.datetime64]:
    """Return the days whose rows are there."""
    folder = table_of(identifier).with_suffix("")
    return {np.datetime64(path.stem) for path in folder.glob("*.csv")}


def keep_rows(
    request: Request,
    identifier: str,
    files_of: Callable[[np.datetime64, Path], Sequence[Path]],
    progress: Progress,
) -> dict[str, Any]:
    """Get the rows of each day that is not there yet, and write the table of all; return it, new days and missing ones.

    Raises InputError where not one day is there.
    """
    table, there, new, missing = table_of(identifier), kept_days(identifier), 0, dict[str, str]()
    folder = table.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for number, day in enumerate(request.days):
        progress(number / request.days.size, f"profiles of {day}")
        if day in there:
            continue
        try:
            with tempfile.TemporaryDirectory(prefix=".profiles-", dir=folder) as place:
                (file,) = files_of(day, Path(place))
                rows = _observations(rows_of(file), request.fields)
        except DayMissing as error:
            missing[str(day)] = error.reason
            continue
        _write(rows, folder / f"{day}.csv")
        new += 1
    found = [path for path in sorted(folder.glob("*.csv")) if np.datetime64(path.stem) in set(request.days)]
    if not found:
        day, reason = next(iter(missing.items()))
        raise InputError(f"none of {request.days.size} days of {request.provider.label} is there; {day}: {reason}")
    _write(pd.concat([pd.read_csv(path) for path in found]), table)
    progress(1.0, f"{new} days")
    return {"table": table, "new_days": new, "missing": missing}


def _observations(rows: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """Return one row for each good value: potential temperature (TEOS-10 from practical salinity) and practical salinity."""
    good = {
        name: rows[f"{name}_adjusted_qc"].isin(GOOD) & np.isfinite(rows[f"{name}_adjusted"]) for name in ("pres", "temp", "psal")
    }
    pressure, lat, lon = (rows[name].to_numpy(float) for name in ("pres_adjusted", "latitude", "longitude"))
    salinity = rows["psal_adjusted"].to_numpy(float)
    absolute = gsw.SA_from_SP(salinity, pressure, lon, lat)
    values = {"thetao": gsw.pt0_from_t(absolute, rows["temp_adjusted"].to_numpy(float), pressure), "so": salinity}
    usable = {"thetao": good["pres"] & good["temp"] & good["psal"], "so": good["pres"] & good["psal"]}
    parts = []
    for field in fields:
        part = pd.DataFrame({"time": rows["time"], "lat": lat, "lon": lon, "pressure": pressure, "variable": field})
        part["value"], part["platform"] = np.round(values[field], 4), rows["platform_number"]
        parts.append(part[usable[field]])
    found = pd.concat(parts).drop_duplicates(["time", "lat", "lon", "pressure", "variable"])
    if found.empty:
        raise DayMissing("no value has a good flag")
    return found[list(_COLUMNS)]


def _write(rows: pd.DataFrame, path: Path) -> None:
    write_atomically(path, lambda file: file.write(csv_of(rows).encode()))
