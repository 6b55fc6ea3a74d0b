"""The times of a file as dates: CF units, ISO text and yyyymmdd numbers, rounded to the precision of their type."""

from datetime import datetime
from pathlib import Path
from typing import Any

import cftime
import netCDF4
import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import SECONDS_PER_DAY

YEARS = (1900, 2200)
"""First and last year of an ocean analysis: no model begins before, and other years are damaged or misread numbers."""

_EXPECTED = "expected CF time such as 'hours since 2000-01-01'"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": SECONDS_PER_DAY}
_GRAINS = (60, 3600, 86400)
_GRADS = "day as %Y%m%d.%f"


def read_times(path: Path, variable: netCDF4.Variable) -> np.ndarray:
    """Return the times (t,) of a time variable, datetime64[s]; a scalar one gives one.

    Raises InputError for missing times, units or a calendar that cannot be read, and dates outside `YEARS`.
    """
    variable.set_auto_maskandscale(False)
    values = np.atleast_1d(np.asarray(variable[...]))
    if values.size == 0:
        raise InputError(f"{path} holds no day at all; expected at least one: download it again")
    if values.dtype.kind in "OSU":
        return _checked(path, _from_text(path, variable, values), "text")
    _refuse_missing(path, variable, values)
    units = str(getattr(variable, "units", "")).strip()
    if is_calendar_number(variable):
        return _checked(path, _from_numbers(path, variable, values), "yyyymmdd")
    if units.lower().startswith(_GRADS[:6]):
        return _checked(path, _from_numbers(path, variable, values), units)
    return _checked(path, _from_cf(path, variable, values, units), units)


def is_calendar_number(variable: netCDF4.Variable) -> bool:
    """Return whether a time is a whole number yyyymmdd without units, as `date` of monthly ERA5."""
    return variable.name.lower() == "date" and np.dtype(variable.dtype).kind in "iu" and not getattr(variable, "units", "")


def _refuse_missing(path: Path, variable: netCDF4.Variable, values: np.ndarray) -> None:
    fill = getattr(variable, "_FillValue", netCDF4.default_fillvals.get(values.dtype.str[1:]))
    missing = ~np.isfinite(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
    if fill is not None:
        missing |= values == fill
    if missing.any():
        raise InputError(
            f"{path}: {variable.name} of step {int(np.flatnonzero(missing)[0]) + 1} of {values.size} is missing; expected a time "
            "for each step: write it in or leave the step out"
        )


def _from_text(path: Path, variable: netCDF4.Variable, values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "S" and values.ndim == 2:
        values = netCDF4.chartostring(values)
    texts = [text.decode() if isinstance(text, bytes) else str(text) for text in values]
    try:
        return np.array([np.datetime64(text.strip().removesuffix("Z"), "s") for text in texts])
    except ValueError as error:
        raise InputError(
            f"{path}: {variable.name} holds the text {texts[0][:40]!r}; expected dates such as 2014-03-05T12:00: {_EXPECTED}"
        ) from error


def _from_numbers(path: Path, variable: netCDF4.Variable, values: np.ndarray) -> np.ndarray:
    days = np.floor(values.astype(np.float64))
    try:
        dates = np.array([np.datetime64(datetime.strptime(f"{day:.0f}", "%Y%m%d"), "s") for day in days])
    except ValueError as error:
        raise InputError(
            f"{path}: {variable.name} holds {values[0]}; expected yyyymmdd numbers as its units say: {_EXPECTED}"
        ) from error
    return dates + np.rint((values - days) * SECONDS_PER_DAY).astype("timedelta64[s]")


def _from_cf(path: Path, variable: netCDF4.Variable, values: np.ndarray, units: str) -> np.ndarray:
    calendar = getattr(variable, "calendar", "standard")
    if not isinstance(calendar, str):
        raise InputError(
            f"{path}: {variable.name} has calendar {np.asarray(calendar).tolist()}; expected a word such as standard: correct it "
            f"(ncatted -a calendar,{variable.name},o,c,standard FILE)"
        )
    try:
        dates = np.atleast_1d(cftime.num2date(values.astype(np.float64), units, calendar.lower(), only_use_cftime_datetimes=True))
        outside = next((date for date in dates if not YEARS[0] <= date.year <= YEARS[1]), None)
        if outside is not None:
            raise _outside(path, variable.name, f"{outside.year:04d}-{outside.month:02d}-{outside.day:02d}", units)
        times = np.array([np.datetime64(_plain(date), "s") for date in dates])
    except InputError:
        raise
    except (ValueError, TypeError, OverflowError, AttributeError, ArithmeticError) as error:
        raise _unreadable(path, variable, units, calendar, str(error)) from error
    return _rounded(path, variable, values, units, times)


def _plain(date: Any) -> datetime:
    """Return a date of any calendar as the one of the same name; raises ValueError where there is none, such as 30 February."""
    return datetime(date.year, date.month, date.day, date.hour, date.minute, date.second)


def _rounded(path: Path, variable: netCDF4.Variable, values: np.ndarray, units: str, times: np.ndarray) -> np.ndarray:
    """Return times on whole minutes, on hours or days where float32 resolves no less: its steps since 1970 are 128 s."""
    seconds = _SECONDS.get(units[:1].lower(), 1.0) if not units.lower().startswith("mil") else 1e-3
    step = float(np.spacing(np.abs(values).max())) * seconds if values.dtype.kind == "f" else 0.0
    grain = next((grain for grain in _GRAINS if step <= grain), None)
    if grain is None:
        raise InputError(
            f"{path}: {variable.name} is kept in steps of {step / 3600:.0f} h ({values.dtype}, {units}); expected steps of a day "
            "or less: write the times as float64"
        )
    since = (times - np.datetime64("1900-01-01", "s")).astype(np.int64)
    return np.datetime64("1900-01-01", "s") + (grain * ((since + grain // 2) // grain)).astype("timedelta64[s]")


def _checked(path: Path, times: np.ndarray, units: str) -> np.ndarray:
    years = times.astype("datetime64[Y]").astype(int) + 1970
    outside = np.flatnonzero((years < YEARS[0]) | (years > YEARS[1]))
    if outside.size:
        raise _outside(path, "time", str(times[outside[0]].astype("datetime64[D]")), units)
    late = np.flatnonzero(np.diff(times) <= np.timedelta64(0, "s"))
    if late.size:
        before, after = times[late[0]], times[late[0] + 1]
        what = f"{_day(after)} is there twice" if before == after else f"{_day(after)} follows {_day(before)}"
        raise InputError(f"{path}: {what}; expected each day once, in order: remove the duplicate or sort the file")
    return times


def _outside(path: Path, name: str, date: str, units: str) -> InputError:
    return InputError(
        f"{path}: {name} reaches {date} ({units!r}); expected dates from {YEARS[0]} to {YEARS[1]}: correct the units of {name} "
        "or download the file again"
    )


def _unreadable(path: Path, variable: netCDF4.Variable, units: str, calendar: object, reason: str) -> InputError:
    said = f"units {units!r}" if units else "no units"
    return InputError(
        f"{path}: {variable.name} has {said}, calendar {str(calendar)!r} and cannot be read as dates ({reason}); {_EXPECTED}: "
        f"correct the attribute (ncatted -a units,{variable.name},o,c,'hours since 2000-01-01' FILE)"
    )


def _day(time: np.datetime64) -> str:
    return str(time.astype("datetime64[D]"))
