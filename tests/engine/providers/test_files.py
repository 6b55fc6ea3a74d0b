"""OISST's files by day: whole, preliminary where the final is not there yet, resumed where a body was cut, exactly our grid."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.http import Http
from engine.providers.protocols.request import Request
from engine.providers.protocols.whole_files import FileDays
from engine.runtime.errors import DayMissing
from engine.schema.grid import quarter_degree
from engine.stores import open_store
from tests.engine.providers.twins import Proxy, folder_served

LAT, LON = np.arange(-89.875, 90, 0.25), np.arange(0.125, 360, 0.25)
FINAL, PRELIMINARY, ABSENT = (np.datetime64("2024-02-28") + number for number in range(3))


def write_oisst(path: Path, day: np.datetime64) -> Path:
    """Write a day of OISST: (time, zlev, lat, lon), int16 of a hundredth of a degree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lat, lon = LAT, LON
    with netCDF4.Dataset(path, "w") as data:
        noon = float((day - np.datetime64("1978-01-01")) / np.timedelta64(1, "D"))
        axes = {"time": ([noon], "days since 1978-01-01 12:00:00"), "zlev": ([0.0], "meters")}
        axes |= {"lat": (lat, "degrees_north"), "lon": (lon, "degrees_east")}
        for name, (values, units) in axes.items():
            data.createDimension(name, len(values))
            axis = data.createVariable(name, "f4", (name,))
            axis.units = units
            axis[:] = values
        data["zlev"].positive = "down"
        for name in ("sst", "anom", "err", "ice"):
            variable = data.createVariable(name, "i2", ("time", "zlev", "lat", "lon"), fill_value=-999, zlib=True)
            variable.units = "Celsius" if name != "ice" else "%"
            variable.scale_factor, variable.add_offset = np.float32(0.01), np.float32(0)
            variable.set_auto_maskandscale(False)
            variable[0, 0] = numbers(day, lat, lon)
    return path


def numbers(day: np.datetime64, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    warm = 2800 * np.cos(np.deg2rad(lat))[:, None] + 100 * np.sin(np.deg2rad(lon + float(day.astype(int))))[None]
    return np.rint(warm - 100).astype(np.int16)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("oisst")
    write_oisst(folder / "202402" / "oisst-avhrr-v02r01.20240228.nc", FINAL)
    write_oisst(folder / "202402" / "oisst-avhrr-v02r01.20240229_preliminary.nc", PRELIMINARY)
    with folder_served(folder) as address:
        yield address


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    with Proxy(server).serving() as found:
        yield found


def request(proxy: Proxy, start: np.datetime64, end: np.datetime64) -> Request:
    return Request(CATALOGUE["oisst"], start, end, ("thetao",), address=proxy.address)


@pytest.mark.parametrize("fault", ["cut", "503"])
def test_a_file_that_is_cut_goes_on_where_it_ended(proxy: Proxy, tmp_path: Path, fault: str) -> None:
    proxy.faults = deque([fault, fault])
    (file,) = FileDays(request(proxy, FINAL, FINAL), Http(1, tries=4, first_pause=0.01)).files(FINAL, tmp_path)
    assert not proxy.faults
    with netCDF4.Dataset(file) as data:
        data.set_auto_maskandscale(False)
        np.testing.assert_array_equal(data["sst"][0, 0], numbers(FINAL, LAT, LON))
    if fault == "cut":
        begun = [int(held.removeprefix("bytes=").rstrip("-")) for _, held in proxy.asked if held]
        assert begun == sorted(begun) and len(begun) == 2 and begun[0] > 0


def test_final_and_preliminary_days_fill_a_store_on_the_models_own_grid(proxy: Proxy) -> None:
    found = fetch(request(proxy, FINAL, ABSENT), "oisst", first_pause=0.01)
    assert found["new_days"] == 2 and list(found["missing"]) == [str(ABSENT)]
    store = open_store(found["folder"])
    grid = quarter_degree()
    expected = numbers(PRELIMINARY, grid.lat, grid.lon) / 100
    values = store.read("thetao", store.leads[1])
    wet = np.isfinite(values)
    assert wet.sum() > 600_000
    np.testing.assert_allclose(values[wet], expected[wet], atol=0.006)
    assert store.attrs["sampling"] == "daily mean"


def test_a_day_of_neither_name_is_a_gap_that_names_both(proxy: Proxy, tmp_path: Path) -> None:
    with pytest.raises(DayMissing, match=r"20240301\.nc and .*_preliminary\.nc are not there"):
        FileDays(request(proxy, ABSENT, ABSENT), Http(1)).files(ABSENT, tmp_path)
