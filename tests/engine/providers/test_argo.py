"""Argo from a table of ERDDAP: rows by day and box, good values alone, potential temperature, a table that analyses read."""

from collections import deque
from collections.abc import Iterator

import gsw
import numpy as np
import pandas as pd
import pytest

from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.request import Request
from engine.readers.tables.observed_table import read_observations
from engine.runtime.errors import InputError
from tests.engine.providers.twins import Proxy, erddap

DAY = np.datetime64("2024-03-01")
UNITS = {
    "platform_number": "", "time": "UTC", "latitude": "degrees_north", "longitude": "degrees_east", "pres_adjusted": "decibar",
    "temp_adjusted": "degree_Celsius", "psal_adjusted": "PSU",
    "pres_adjusted_qc": "", "temp_adjusted_qc": "", "psal_adjusted_qc": "",
}  # fmt: skip


def row(time: str, lat: float, lon: float, pressure: float, flags: tuple[int, int, int] = (1, 1, 1)) -> dict[str, object]:
    values = ("6902746", time, lat, lon, pressure, 4.0, 35.0, *flags)
    return dict(zip(UNITS, values, strict=True))


ROWS = [
    row("2024-03-01T06:00:00Z", 40.0, -30.0, 10.0),
    row("2024-03-01T06:00:00Z", 40.0, -30.0, 2000.0),
    row("2024-03-01T06:00:00Z", 40.0, -30.0, 500.0, (1, 4, 1)),
    row("2024-03-01T07:00:00Z", -40.0, 90.0, 10.0),
    row("2024-03-02T06:00:00Z", 41.0, -31.0, 10.0),
]


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with erddap("tabledap/ArgoFloats", UNITS, ROWS) as address, Proxy(address).serving() as found:
        yield found


def request(proxy: Proxy, days: int = 3) -> Request:
    return Request(CATALOGUE["argo"], DAY, DAY + days - 1, ("thetao", "so"), (30, 50, -40, -20), proxy.address)


def test_good_values_in_the_box_become_a_table_that_analyses_read(proxy: Proxy) -> None:
    found = fetch(request(proxy), "argo", first_pause=0.01)
    assert found["new_days"] == 2 and found["missing"] == {"2024-03-03": "the table has no row of this day"}
    seen, left_out = read_observations(found["table"], np.datetime64("2024-03-01T12:00"))
    assert len(seen) == 7 and left_out == {} and set(seen.variable) == {"thetao", "so"}
    deep = pd.read_csv(found["table"]).query("variable == 'thetao' and pressure == 2000").value.item()
    absolute = gsw.SA_from_SP(35.0, 2000.0, -30.0, 40.0)
    assert deep == pytest.approx(gsw.pt0_from_t(absolute, 4.0, 2000.0), abs=1e-4) and deep < 3.9


@pytest.mark.parametrize("fault", ["503", "cut"])
def test_a_table_that_is_cut_is_asked_for_again(proxy: Proxy, fault: str) -> None:
    proxy.faults = deque([fault])
    assert fetch(request(proxy, 1), "argo", first_pause=0.01)["new_days"] == 1 and not proxy.faults


def test_days_that_are_there_are_not_asked_for_again(proxy: Proxy) -> None:
    fetch(request(proxy, 1), "argo")
    before = len(proxy.asked)
    assert fetch(request(proxy, 2), "argo")["new_days"] == 1 and len(proxy.asked) == before + 1


def test_where_no_day_has_a_profile_that_is_said(proxy: Proxy) -> None:
    elsewhere = Request(CATALOGUE["argo"], DAY + 9, DAY + 9, ("so",), None, proxy.address)
    with pytest.raises(InputError, match="none of 1 days of Argo floats is there"):
        fetch(elsewhere, "argo", first_pause=0.01)
