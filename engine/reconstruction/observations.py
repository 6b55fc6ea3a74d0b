"""Observations as a table: what was measured where, how deep and when; checked before anything is computed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from engine.batch import Batch
from engine.errors import InputError
from engine.variables import PROGNOSTIC, VARIABLES

COLUMNS = ("time", "lat", "lon", "depth", "variable", "value")

USUAL_ERROR = {"thetao": 0.02, "so": 0.02, "uo": 0.05, "vo": 0.05, "zos": 0.02}
"""Standard deviation of the error where the table has no column `error`, in the units of the variable."""

FURTHEST_DAYS = 15
"""Days from the analysis beyond which an observation is refused: what it saw has gone."""

DEEPEST = 11000.0


@dataclass(frozen=True, eq=False)
class Observations:
    """Columns of equal length (n,): `days` from the analysis, `lat`, `lon` in [0, 360), `depth` in m, and what was seen.

    `error` is a standard deviation; `value` and `error` are in the units of the variable table.
    """

    days: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    depth: np.ndarray
    variable: np.ndarray
    value: np.ndarray
    error: np.ndarray

    def __len__(self) -> int:
        return self.lat.size

    def of(self, variable: str) -> "Observations":
        """Return those of one variable."""
        return self.where(self.variable == variable)

    def where(self, chosen: np.ndarray) -> "Observations":
        """Return those that the mask (n,) chooses."""
        return Observations(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def table(self, time: np.datetime64) -> pd.DataFrame:
        """Return the table that `read_observations` reads, for an analysis at `time`."""
        moments = time.astype("datetime64[s]") + np.rint(self.days * 86400).astype("timedelta64[s]")
        data = {name: getattr(self, name) for name in ("lat", "lon", "depth", "variable", "value", "error")}
        return pd.DataFrame({"time": moments, **data})


def joined(parts: list[Observations]) -> Observations:
    """Return the observations of all `parts`; none of none."""
    if not parts:
        empty = np.empty(0)
        return Observations(empty, empty, empty, empty, np.empty(0, dtype="<U8"), empty, empty)
    return Observations(*(np.concatenate([getattr(part, name) for part in parts]) for name in Observations.__dataclass_fields__))


def observations_of(batch: Batch, error: float = 0.0) -> Observations:
    """Return every finite value of an incomplete state on a grid as an observation at its time.

    `error` is a share of the usual error of each variable. A state without salinity, or with its surface alone, is such
    a state: fields may lack altogether, cells and levels may be NaN.
    """
    lat, lon = np.meshgrid(batch.grid.lat, batch.grid.lon, indexing="ij")
    parts = []
    for name in PROGNOSTIC:
        if name not in batch.fields:
            continue
        levels = batch[name] if batch[name].ndim == 3 else batch[name][None]
        for depth, values in zip(batch.grid.depth, levels, strict=False):
            there = np.isfinite(values)
            size = int(there.sum())
            whole = [np.full(size, number) for number in (0.0, depth, error * USUAL_ERROR[name])]
            parts.append(Observations(whole[0], lat[there], lon[there], whole[1], np.full(size, name), values[there], whole[2]))
    return joined(parts)


def read_observations(path: Path, time: np.datetime64) -> Observations:
    """Return the observations of a CSV file, or of a NetCDF file whose variables share one dimension, about `time`.

    Columns: time, lat, lon, depth (m; 0 for sea level), variable (thetao so uo vo zos), value and, if known, error.
    Raises InputError, which names the first row at fault, for whatever cannot be an ocean's observation.
    """
    table = _read(path)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise InputError(
            f"{path} has the columns {found}; it lacks {', '.join(missing)}: expected {', '.join(COLUMNS)} and, if known, error"
        )
    if table.empty:
        raise InputError(f"{path} has no rows; expected one for each observation: choose another file")
    table = table.reset_index(drop=True)
    variable = table["variable"].astype(str).str.strip()
    _refuse(path, table, ~variable.isin(PROGNOSTIC), "variable", f"one of {', '.join(PROGNOSTIC)}", "rename or drop it")
    numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in ("lat", "lon", "depth", "value")}
    for name, values in numbers.items():
        _refuse(path, table, ~np.isfinite(values), name, "a number", "drop rows without one")
    _refuse(path, table, numbers["lat"].abs() > 90, "lat", "-90 to 90 degrees", "mind the order of lat and lon")
    _refuse(path, table, ~numbers["lon"].between(-180, 360), "lon", "-180 to 360 degrees", "mind the order of lat and lon")
    _refuse(path, table, ~numbers["depth"].between(0, DEEPEST), "depth", f"0 to {DEEPEST:g} m, positive down", "turn its sign")
    low = variable.map({name: VARIABLES[name].valid_range[0] for name in PROGNOSTIC})
    high = variable.map({name: VARIABLES[name].valid_range[1] for name in PROGNOSTIC})
    outside = ~numbers["value"].between(low, high)
    if outside.any():
        name = variable[outside.idxmax()]
        units = f"{VARIABLES[name].valid_range[0]:g} to {VARIABLES[name].valid_range[1]:g} {VARIABLES[name].units} for {name}"
        _refuse(path, table, outside, "value", units, "convert its units (kelvin? centimetres?) or drop it")
    if "error" in table:
        error = pd.to_numeric(table["error"], errors="coerce")
        _refuse(path, table, ~(error >= 0), "error", "a standard deviation, 0 or more", "drop the column if it is unknown")
    else:
        error = variable.map(USUAL_ERROR)
    moments = pd.to_datetime(table["time"], errors="coerce", utc=True, format="mixed").dt.tz_localize(None)
    _refuse(path, table, moments.isna(), "time", "a date such as 2019-02-23T12:00", "write it so")
    days = (moments - pd.Timestamp(time)).dt.total_seconds() / 86400
    expected = f"within {FURTHEST_DAYS} days of the analysis at {time}"
    _refuse(path, table, days.abs() > FURTHEST_DAYS, "time", expected, "choose another --time or drop it")
    same = pd.DataFrame({"time": moments, **{k: numbers[k] for k in ("lat", "lon", "depth")}, "variable": variable}).duplicated()
    _refuse(path, table, same, "value", "one value for a variable, place, depth and time", "keep one of the rows")
    days, lat, lon, depth, value, error = (
        column.to_numpy(dtype=np.float64)
        for column in (days, numbers["lat"], numbers["lon"] % 360, numbers["depth"], numbers["value"], error)
    )
    return Observations(days, lat, lon, depth, variable.to_numpy(dtype="<U8"), value, error)


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"there is no file {path}; expected a table of observations, .csv or .nc: check the path")
    if path.suffix not in (".csv", ".nc"):
        raise InputError(f"{path} ends in {path.suffix or 'nothing'}; expected .csv or .nc: convert the table")
    try:
        if path.suffix == ".csv":
            return pd.read_csv(path, comment="#")
        with xr.open_dataset(path) as data:
            if len(data.dims) != 1:
                raise InputError(
                    f"{path} has the dimensions {', '.join(map(str, data.dims))}; expected one, that of observations"
                )
            return data.to_dataframe().reset_index()
    except InputError:
        raise
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a table ({error}); expected columns {', '.join(COLUMNS)}") from error


def _refuse(path: Path, table: pd.DataFrame, wrong: "pd.Series[bool]", column: str, expected: str, remedy: str) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise InputError(
            f"{path}: {column} is {table[column].iloc[row]!r} in row {row + 1} of {len(table)} ({int(wrong.sum())} such rows); "
            f"expected {expected}: {remedy}"
        )
