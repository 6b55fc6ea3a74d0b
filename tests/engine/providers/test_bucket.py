"""HYCOM's bucket: a few byte ranges of files with two sizes of header, faults of the network, gaps, and days taken in."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.http import Http
from engine.providers.protocols.object_store import BucketDays
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError, ResourceError
from engine.stores import open_store
from tests.engine.providers.twin_files import BOX, GLBV_LAT, GLBV_LON, packed, write_gofs
from tests.engine.providers.twins import Proxy, bucket
from tests.engine.readers.layouts import HYCOM_DEPTHS

pytest.importorskip("moto")

DAYS = [np.datetime64("2012-03-01") + number for number in range(6)]
LONG, SHORT, ABSENT, STALE, CONSTANT, LAST = DAYS
OURS = np.flatnonzero(np.isin(HYCOM_DEPTHS, (0, 6, 10, 20, 30, 50, 70, 100, 125, 150, 200, 250, 300, 400, 500)))


def key(day: np.datetime64) -> str:
    return f"2012/hycom_GLBv0.08_537_{str(day).replace('-', '')}12_t000.nc"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a bucket: both sizes of header, a day that is absent, one that is the day before again, one without change in it."""
    folder = tmp_path_factory.mktemp("bucket")
    files = {key(day): write_gofs(folder / f"{day}.nc", day, at_bottom=day != SHORT) for day in DAYS if day != ABSENT}
    with netCDF4.Dataset(files[key(STALE)], "a") as data:
        data.set_auto_maskandscale(False)
        for name in ("water_temp", "salinity", "water_u", "water_v"):
            data[name][:] = packed(name, SHORT, GLBV_LAT, GLBV_LON, HYCOM_DEPTHS)[None]
    with netCDF4.Dataset(files[key(CONSTANT)], "a") as data:
        data.set_auto_maskandscale(False)
        data["salinity"][:] = 15000
    afternoon = {key(LONG).replace("t000", "t003"): files[key(LONG)]}
    with bucket("gofs", files | afternoon) as address:
        yield address


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    with Proxy(server).serving() as found:
        yield found


def request(
    proxy: Proxy, start: np.datetime64 = LONG, end: np.datetime64 | None = None, box: object = BOX, **other: object
) -> Request:
    fields = ("thetao", "so", "uo", "vo", "zos")
    asked = {"fields": fields, "box": box, "address": f"{proxy.address}/gofs"} | other
    return Request(CATALOGUE["hycom"], start, end or start, **asked)  # type: ignore[arg-type]


def days_of(asked: Request, connections: int = 4, timeout: float = 60.0) -> BucketDays:
    return BucketDays(asked, Http(connections, tries=3, first_pause=0.01, timeout=timeout))


@pytest.mark.parametrize("day", [LONG, SHORT], ids=["header of 4,640 bytes", "header of 4,600 bytes"])
def test_a_box_of_a_day_has_the_numbers_names_and_packing_of_the_file(proxy: Proxy, tmp_path: Path, day: np.datetime64) -> None:
    (file,) = days_of(request(proxy, day)).files(day, tmp_path)
    rows = np.flatnonzero((BOX[0] <= GLBV_LAT) & (BOX[1] >= GLBV_LAT))
    columns = np.flatnonzero((BOX[2] <= GLBV_LON) & (BOX[3] >= GLBV_LON))
    with netCDF4.Dataset(file) as data:
        data.set_auto_maskandscale(False)
        assert list(data["depth"][:]) == list(HYCOM_DEPTHS[OURS])
        np.testing.assert_array_equal(data["lat"][:], GLBV_LAT[rows])
        np.testing.assert_array_equal(data["lon"][:], GLBV_LON[columns])
        for name in ("water_temp", "salinity", "water_u", "water_v"):
            expected = packed(name, day, GLBV_LAT, GLBV_LON, HYCOM_DEPTHS)[OURS][:, rows][:, :, columns]
            np.testing.assert_array_equal(data[name][0], expected)
        assert data["water_temp"].add_offset == 20 and data["water_temp"]._FillValue == -30000
        assert data["time"].units == "hours since 2000-01-01 00:00:00"


def test_only_header_levels_and_rows_that_are_needed_are_asked_for(proxy: Proxy, tmp_path: Path) -> None:
    asked = request(proxy, fields=("thetao",))
    days_of(asked).files(LONG, tmp_path)
    ranges = [held for path, held in proxy.asked if path.endswith("t000.nc")]
    assert len(ranges) == 1 + OURS.size and all(ranges)
    rows = np.flatnonzero((BOX[0] <= GLBV_LAT) & (BOX[1] >= GLBV_LAT)).size
    last = [
        int(each.removeprefix("bytes=").split("-")[1]) - int(each.removeprefix("bytes=").split("-")[0]) + 1 for each in ranges[1:]
    ]
    assert set(last) == {rows * GLBV_LON.size * 2}


@pytest.mark.parametrize("fault", ["429", "503", "cut", "slow"])
def test_a_request_that_fails_is_made_again_and_the_day_is_the_same(proxy: Proxy, tmp_path: Path, fault: str) -> None:
    asked = request(proxy, fields=("zos",))
    proxy.hit, proxy.faults = lambda path: path.endswith(".nc"), deque([fault, fault])
    days = days_of(asked, timeout=0.5 if fault == "slow" else 60)
    (file,) = days.files(LONG, tmp_path)
    assert not proxy.faults
    with netCDF4.Dataset(file) as data:
        data.set_auto_maskandscale(False)
        rows = np.flatnonzero((BOX[0] <= GLBV_LAT) & (BOX[1] >= GLBV_LAT))
        columns = np.flatnonzero((BOX[2] <= GLBV_LON) & (BOX[3] >= GLBV_LON))
        expected = packed("surf_el", LONG, GLBV_LAT, GLBV_LON, HYCOM_DEPTHS)
        np.testing.assert_array_equal(data["surf_el"][0], expected[np.ix_(rows, columns)])


def test_a_server_that_stays_overloaded_is_given_up_with_what_to_do(proxy: Proxy, tmp_path: Path) -> None:
    proxy.faults = deque(["503"] * 10)
    with pytest.raises(ResourceError, match=r"3 tries \(status 503\).*repeat the command later"):
        days_of(request(proxy)).files(LONG, tmp_path)


def test_a_file_whose_length_differs_from_the_listing_is_no_day(proxy: Proxy, tmp_path: Path) -> None:
    proxy.hit, proxy.faults = lambda path: path.endswith(".nc"), deque(["longer"])
    with pytest.raises(DayMissing, match="where the listing says"):
        days_of(request(proxy)).files(LONG, tmp_path)


def test_no_more_connections_than_allowed_are_open(proxy: Proxy, tmp_path: Path) -> None:
    days_of(request(proxy), connections=1).files(LONG, tmp_path)
    assert proxy.most_at_once == 1


def test_absent_stale_and_constant_days_become_gaps_and_the_others_are_taken_in(proxy: Proxy) -> None:
    found = fetch(request(proxy, LONG, LAST), "gofs-box", first_pause=0.01)
    assert found["new_days"] == 3 and list(found["missing"]) == [str(ABSENT), str(STALE), str(CONSTANT)]
    assert "no file of 12 UTC" in found["missing"][str(ABSENT)]
    assert f"cell for cell {SHORT} again" in found["missing"][str(STALE)]
    assert "one number in all cells" in found["missing"][str(CONSTANT)]
    store = open_store(found["folder"])
    assert store.attrs["provider"] == "hycom" and "Distribution A" in store.attrs["license"]


def test_a_fetch_goes_on_after_the_days_that_are_there(proxy: Proxy) -> None:
    fetch(request(proxy, LONG, LONG), "gofs-box")
    before = len(proxy.asked)
    assert fetch(request(proxy, LONG, SHORT), "gofs-box")["new_days"] == 1
    again = [path for path, _ in proxy.asked[before:] if path.endswith(".nc")]
    assert again and {path.rpartition("/")[2] for path in again} == {key(SHORT).rpartition("/")[2]}


def test_a_worker_of_a_cluster_gets_the_days_with_a_connection_of_its_own(proxy: Proxy) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        found = fetch(request(proxy, LONG, SHORT), "by-a-worker", scheduler=cluster.scheduler_address)
    here = fetch(request(proxy, LONG, SHORT), "here")
    first, second = open_store(found["folder"]), open_store(here["folder"])
    assert found["new_days"] == here["new_days"] == 2
    for name in second.variables:
        np.testing.assert_array_equal(first.read(name, 1), second.read(name, 1))


def test_an_address_that_is_no_bucket_is_refused_by_name(proxy: Proxy, tmp_path: Path) -> None:
    wrong = replace(request(proxy), address=f"{proxy.address}/nothing-here")
    with pytest.raises(InputError, match="check --address"):
        days_of(wrong).files(LONG, tmp_path)
