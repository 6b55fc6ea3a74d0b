"""Times are read where they are certain, rounded to what their numbers can tell apart, and refused where they cannot be."""

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from engine.readers.values.times import read_times
from engine.runtime.errors import InputError


def times(path: Path, values: Any, units: Any = "", kind: Any = "f8", **attributes: Any) -> list[str]:
    with netCDF4.Dataset(path, "w") as data:
        numbers = np.asarray(values)
        data.createDimension("time", numbers.size)
        variable = data.createVariable("time", kind, ("time",) if numbers.ndim else ())
        if units:
            variable.units = units
        variable.setncatts(attributes)
        variable[...] = numbers
    with netCDF4.Dataset(path) as data:
        return [str(time) for time in read_times(path, data["time"])]


SINCE_1970 = (np.datetime64("2014-03-05T12:00", "s") - np.datetime64("1970-01-01", "s")).astype(float)


@pytest.mark.parametrize(
    ("values", "units", "kind"),
    [
        ([12.0], "hours since 2014-03-05", "f8"),
        ([0.5], "days since 2014-3-5 0:0:0", "f8"),
        ([SINCE_1970], "seconds since 1970-01-01", "f4"),
        ([SINCE_1970 / 86400], "days since 1970-01-01 00:00:00 UTC", "f4"),
        ([SINCE_1970 + 0.4], "seconds since 1970-01-01T00:00:00Z", "f8"),
        ([21.0], "hours since 2014-03-05 00:00:00 +09:00", "f8"),
        ([20140305.5], "day as %Y%m%d.%f", "f8"),
    ],
)
def test_a_time_is_read_to_the_minute_or_to_what_its_type_holds(
    tmp_path: Path, values: list[float], units: str, kind: str
) -> None:
    assert times(tmp_path / "a.nc", values, units, kind) == ["2014-03-05T12:00:00"]


def test_dates_as_text_are_read(tmp_path: Path) -> None:
    texts = np.array(["2014-03-05T12:00:00Z", "2014-03-06"], dtype=object)
    assert times(tmp_path / "a.nc", texts, kind=str) == ["2014-03-05T12:00:00", "2014-03-06T00:00:00"]


@pytest.mark.parametrize(
    ("values", "units", "attributes", "words"),
    [
        ([0.0, 1.0], "days since 05-03-2014", {}, r"time reaches 0005-03-20 .*expected dates from 1900 to 2200"),
        ([4e5], "days since 1950-01-01", {}, r"time reaches 3045-.*expected dates from 1900 to 2200"),
        ([1e30], "days since 1950-01-01", {}, "cannot be read as dates|expected dates"),
        ([0.0], "", {}, "time has no units, .*expected CF time"),
        ([0.0], "days since 1950-01-01", {"calendar": np.int32(1)}, "has calendar 1; expected a word"),
        ([0.0], "days since 1950-01-01", {"calendar": "martian"}, "'martian' and cannot be read"),
        ([59.0], "days since 2014-01-01", {"calendar": "360_day"}, "cannot be read as dates"),
        ([0.0, np.nan], "days since 2014-01-01", {}, "time of step 2 of 2 is missing"),
        ([1.0, 0.0], "days since 2014-03-05", {}, "2014-03-05 follows 2014-03-06"),
        ([1.0, 1.0], "days since 2014-03-05", {}, "2014-03-06 is there twice"),
        ([], "days since 2014-03-05", {}, "holds no day at all"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, values: list[float], units: str, attributes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        times(tmp_path / "a.nc", values, units, **attributes)
    assert "\n" not in str(caught.value) and "a.nc" in str(caught.value)
