"""Dates of tables: accepted where they are unambiguous, refused where day and month could be exchanged."""

import re

import cftime
import numpy as np
import pandas as pd

from engine.readers.tables.columns import Table

FIRST_YEAR, LAST_YEAR = 1800, 2200
"""Years of observations: earlier there are none below the surface, and later years are mistakes of units."""

EPOCH_SECONDS = (100_000_000, 4_200_000_000)
"""Numbers taken as seconds since 1970: from 3 March 1973 to 4 February 2103. Dates as yyyymmdd are all smaller, milliseconds and
yyyymmddhhmmss larger."""

CALENDAR_NUMBERS = (FIRST_YEAR * 10_000 + 101, LAST_YEAR * 10_000 + 1231)

_CLOCK = r"([T ]\s*\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}{_CLOCK}", re.IGNORECASE)
_COMPACT = re.compile(r"\d{8}T\d{4}(\d{2})?Z?", re.IGNORECASE)
_NAMED_MONTH = re.compile(
    rf"(\d{{1,2}}[- ]?[A-Za-z]{{3,9}}[- ,]*\d{{4}}|[A-Za-z]{{3,9}} \d{{1,2}},? \d{{4}}){_CLOCK}", re.IGNORECASE
)
_YEAR_LAST = re.compile(rf"(?P<first>\d{{1,2}})([-/.])(?P<second>\d{{1,2}})\2(?P<year>\d{{4}})(?P<clock>{_CLOCK})", re.IGNORECASE)
_WANTED = "a date such as 2019-02-23T12:00"


def times_of(table: Table) -> np.ndarray:
    """Return the times of a table (n,), datetime64[us] in UTC.

    Accepted are ISO 8601 and other dates with the year first or the month in words, yyyymmdd, seconds since 1970 within
    `EPOCH_SECONDS`, numbers whose unit is `days since ...` or the like, and numeric dates with the year last where a number
    over 12 tells day from month. Raises InputError for all else, and for years before 1800 or after 2200.
    """
    column = table.columns["time"]
    if pd.api.types.is_datetime64_any_dtype(column):
        found = column
    else:
        texts = table.texts("time").map(lambda text: text.removesuffix(".0"))
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
        found = _of_numbers(table, numbers) if np.isfinite(numbers).all() else _of_texts(table, texts)
    table.refuse(found.isna(), "time", _WANTED, "write it so")
    years = found.dt.year
    table.refuse(
        (years < FIRST_YEAR) | (years > LAST_YEAR), "time", f"a year from {FIRST_YEAR} to {LAST_YEAR}", "correct it or its units"
    )
    return found.to_numpy().astype("datetime64[us]")


def _of_numbers(table: Table, numbers: np.ndarray) -> "pd.Series[pd.Timestamp]":
    index = table.columns.index
    unit = table.units.get("time", "")
    if " since " in unit:
        try:
            dates = cftime.num2date(numbers, unit, only_use_cftime_datetimes=True)
        except (ValueError, OverflowError) as error:
            table.refuse(np.ones(len(table), bool), "time", f"a number of {unit} ({error})", "correct the unit")
        return pd.Series(pd.to_datetime([_or_nothing(date) for date in dates], errors="coerce"), index)
    whole = numbers == np.rint(numbers)
    by_calendar = whole & (numbers >= CALENDAR_NUMBERS[0]) & (numbers <= CALENDAR_NUMBERS[1])
    by_epoch = (numbers >= EPOCH_SECONDS[0]) & (numbers <= EPOCH_SECONDS[1])
    expected = (
        f"{_WANTED}, a day as yyyymmdd, or seconds since 1970 from {EPOCH_SECONDS[0]} to {EPOCH_SECONDS[1]}, the same in all rows"
    )
    kind = by_calendar if by_calendar[0] else by_epoch
    table.refuse(~kind, "time", expected, "convert it, or give the unit, such as days since 1950-01-01")
    if by_calendar[0]:
        return pd.Series(pd.to_datetime([f"{int(number)}" for number in numbers], format="%Y%m%d", errors="coerce"), index)
    return pd.Series(np.rint(numbers * 1e6).astype(np.int64).astype("datetime64[us]"), index)


def _or_nothing(date: cftime.datetime) -> str | None:
    # A year that no library of dates agrees upon is refused as one that is not there.
    return date.isoformat() if FIRST_YEAR <= date.year <= LAST_YEAR else None


def _of_texts(table: Table, texts: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    year_last = texts.str.fullmatch(_YEAR_LAST)
    if year_last.any():
        parts = texts.str.extract(_YEAR_LAST)
        first, second = (pd.to_numeric(parts[name], errors="coerce") for name in ("first", "second"))
        day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
        table.refuse(
            year_last & (day_first == month_first), "time", f"{_WANTED}, which tells day from month", "write the year first"
        )
        month, day = (second, first) if day_first else (first, second)
        turned = parts["year"] + "-" + month.map("{:02.0f}".format) + "-" + day.map("{:02.0f}".format) + parts["clock"]
        texts = texts.where(~year_last, turned)
    known = texts.str.fullmatch(_YEAR_FIRST) | texts.str.fullmatch(_COMPACT) | texts.str.fullmatch(_NAMED_MONTH)
    plain = texts.where(known.astype(bool)).str.replace(r"\s*(UTC|GMT)$", "Z", regex=True, case=False)
    plain = plain.str.replace(r"^(\d{4})[/.](\d{1,2})[/.]", r"\1-\2-", regex=True)
    return pd.to_datetime(plain, errors="coerce", utc=True, format="mixed").dt.tz_localize(None)
