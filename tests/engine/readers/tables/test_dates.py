"""Dates of tables: one meaning or none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from engine.readers.tables.columns import read_table
from engine.readers.tables.dates import EPOCH_SECONDS, times_of
from engine.runtime.errors import InputError

NOON = "2019-02-23T12:00:00"


def _moments(folder: Path, *times: object, header: str = "time") -> list[str]:
    pd.DataFrame({header: times, "x": 1}).to_csv(folder / "a.csv", index=False)
    return times_of(read_table(folder / "a.csv")).astype("datetime64[s]").astype(str).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-23T12:00", "2019-02-23 12:00:00", "2019-02-23T12:00:00Z", "2019-02-23T12:00:00.000Z", "2019-02-23 12:00:00 UTC",
        "2019-02-23T21:00:00+09:00", "2019-02-23T21:00+0900", "2019/02/23 12:00", "2019.02.23 12:00", "20190223T1200",
        "23-Feb-2019 12:00", "23 February 2019 12:00:00", "Feb 23, 2019 12:00", "23/02/2019 12:00", "02/23/2019 12:00",
        "23.02.2019 12:00", 1550923200, "1550923200.0",
    ],
)  # fmt: skip
def test_a_date_with_one_meaning_is_taken(tmp_path: Path, text: object) -> None:
    assert _moments(tmp_path, text) == [NOON]


def test_a_day_as_one_number_is_taken(tmp_path: Path) -> None:
    assert _moments(tmp_path, 20190223, 20190301) == ["2019-02-23T00:00:00", "2019-03-01T00:00:00"]


def test_one_row_over_twelve_tells_day_from_month_for_all(tmp_path: Path) -> None:
    assert _moments(tmp_path, "03/02/2019", "23/02/2019") == ["2019-02-03T00:00:00", "2019-02-23T00:00:00"]
    assert _moments(tmp_path, "02/03/2019", "02/23/2019") == ["2019-02-03T00:00:00", "2019-02-23T00:00:00"]


@pytest.mark.parametrize("header", ["time (days since 1950-01-01)", "time [seconds since 2019-02-23 00:00:00]"])
def test_a_unit_since_a_day_is_followed(tmp_path: Path, header: str) -> None:
    assert _moments(tmp_path, 25255.5 if "days" in header else 43200, header=header) == [NOON]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["03/04/2019"], "tells day from month"),
        (["03.04.2019 12:00"], "tells day from month"),
        (["23/02/2019", "02/23/2019"], "tells day from month"),
        (["23/02/19"], "a date such as"),
        (["2019-02"], "a date such as"),
        (["12:00"], "a date such as"),
        (["2019-13-01"], "a date such as"),
        (["2019-02-23", ""], "time is blank in row 2"),
        ([20190230], "a date such as"),
        ([25255.25], "give the unit, such as days since 1950-01-01"),
        ([1550923200000], "seconds since 1970"),
        ([EPOCH_SECONDS[0] - 1], "seconds since 1970"),
        ([EPOCH_SECONDS[1] + 1], "seconds since 1970"),
        ([20190223, 1550923200], "the same in all rows"),
        (["0005-02-23"], ""),
        (["3000-02-23"], "a year from 1800 to 2200"),
        (["9999-12-31"], "a year from 1800 to 2200"),
        (["1677-01-01"], "a year from 1800 to 2200"),
    ],
)
def test_a_date_that_could_be_another_is_refused(tmp_path: Path, times: list, words: str) -> None:
    with pytest.raises(InputError, match="time is") as refused:
        _moments(tmp_path, *times)
    assert words in str(refused.value)


@pytest.mark.parametrize("unit", ["days since 0001-01-01", "days since 3000-01-01", "fortnights since 1950-01-01"])
def test_a_year_that_a_unit_makes_is_checked_too(tmp_path: Path, unit: str) -> None:
    with pytest.raises(InputError, match="time is"):
        _moments(tmp_path, 1500.0, header=f"time ({unit})")


@pytest.mark.parametrize("start", ["0005-01-01", "3000-01-01"])
def test_years_that_nanoseconds_cannot_hold_do_not_wrap_in_netcdf(tmp_path: Path, start: str) -> None:
    data = xr.Dataset({"x": ("n", [1.0, 2.0]), "time": ("n", [0.0, 1.0], {"units": f"days since {start}"})})
    data.to_netcdf(tmp_path / "a.nc")
    with pytest.raises(InputError, match="time is"):
        times_of(read_table(tmp_path / "a.nc"))


def test_dates_of_netcdf_are_taken_as_they_are_decoded(tmp_path: Path) -> None:
    xr.Dataset({"x": ("n", [1.0]), "time": ("n", [np.datetime64(NOON, "ns")])}).to_netcdf(tmp_path / "a.nc")
    assert times_of(read_table(tmp_path / "a.nc")).astype("datetime64[s]").astype(str).tolist() == [NOON]
