"""Zarr over HTTP: ERA5 by hours, its filled part alone, stores of both versions and with groups, missing chunks, faults."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.http import Http
from engine.providers.protocols.provider import Part
from engine.providers.protocols.remote_days import ArrayDays, zarr_days
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError
from engine.schema.grid import coarsened
from engine.stores import open_store
from tests.engine.providers.twins import Proxy, folder_served

LAT, LON = np.arange(90, -91, -10.0), np.arange(0, 360, 10.0)
DAY, LAST = np.datetime64("2020-03-01"), np.datetime64("2020-03-02")
ARCO = "full_37-1h-0p25deg-chunk-1.zarr-v3"
NOWCAST = "glo12_rg_1d-m_nwct_R20240103.zarr"


def wind(time: np.ndarray) -> np.ndarray:
    hours = (time - DAY.astype("datetime64[h]")) / np.timedelta64(1, "h")
    return (5 * np.sin(np.deg2rad(LON[None, None] + 10 * hours[:, None, None])) * np.cos(np.deg2rad(LAT[None, :, None]))).astype(
        "f4"
    )


def era5(names: tuple[str, ...]) -> xr.Dataset:
    times = np.arange(DAY, LAST + 3, dtype="datetime64[h]")
    fields = {name: (("time", "latitude", "longitude"), wind(times) + number) for number, name in enumerate(names)}
    data = xr.Dataset(fields, {"time": times.astype("datetime64[ns]"), "latitude": LAT, "longitude": LON})
    for name in names:
        data[name].attrs["units"] = "m s**-1"
        data[name][48:] = np.nan
    return data.assign_attrs(valid_time_start="1940-01-01", valid_time_stop="2020-03-02")


def nowcast() -> xr.Dataset:
    lat, lon, depth = np.arange(30, 41, 1.0), np.arange(-30, 31, 1.0), np.array([0.494, 9.573, 55.764, 541.089])
    shape = (1, depth.size, lat.size, lon.size)
    values = np.sin(np.arange(np.prod(shape))).reshape(shape).astype("f4")
    axes = {"time": [np.datetime64("2024-01-03T12", "ns")], "depth": depth, "latitude": lat, "longitude": lon}
    data = xr.Dataset({"thetao": (tuple(axes), 15 + values), "zos": (("time", "latitude", "longitude"), values[:, 0])}, axes)
    data["thetao"].attrs["units"], data["zos"].attrs["units"] = "degrees_C", "m"
    return data


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("zarr")
    names = ("10m_u_component_of_wind", "10m_v_component_of_wind")
    encoding = {name: {"chunks": (1, LAT.size, LON.size)} for name in names}
    era5(names).to_zarr(folder / ARCO, zarr_format=2, encoding=encoding)
    era5(names).to_zarr(folder / "three.zarr", zarr_format=3, encoding=encoding)
    for name in ("thetao", "zos"):
        nowcast()[[name]].to_zarr(folder / NOWCAST, group=name, mode="a", zarr_format=2, consolidated=False)
    with folder_served(folder) as address:
        yield address


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    with Proxy(server).serving() as found:
        yield found


def days_of(
    proxy: Proxy, day: np.datetime64 = DAY, name: str = "arco-era5", fields: tuple[str, ...] = ("u10",), **other: object
) -> ArrayDays:
    asked = Request(CATALOGUE[name], day, day, fields, address=proxy.address, **other)  # type: ignore[arg-type]
    return zarr_days(asked, Http(asked.provider.connections, tries=3, first_pause=0.01, timeout=0.5))


def test_all_hours_of_a_day_are_taken_for_a_daily_mean(proxy: Proxy, tmp_path: Path) -> None:
    (file,) = days_of(proxy, box=(-45, 45, 350, 20)).files(DAY, tmp_path)
    with netCDF4.Dataset(file) as data:
        assert data["time"].size == 24
        rows = np.flatnonzero(np.abs(LAT) <= 45)
        np.testing.assert_array_equal(data["longitude"][:], [350, 0, 10, 20])
        expected = wind(np.arange(DAY, DAY + 1, dtype="datetime64[h]"))[:, rows][:, :, [35, 0, 1, 2]]
        np.testing.assert_array_equal(data["10m_u_component_of_wind"][:].filled(np.nan), expected)
        assert data["10m_u_component_of_wind"].units == "m s**-1"


def test_noon_alone_is_one_chunk(proxy: Proxy, tmp_path: Path) -> None:
    days_of(proxy, sampling="12 UTC").files(DAY, tmp_path)
    chunks = [path for path, _ in proxy.asked if re.search(r"component_of_wind/\d", path)]
    assert chunks == [f"/{ARCO}/10m_u_component_of_wind/12.0.0"]


def test_a_day_behind_the_filled_part_is_a_gap_although_the_store_goes_on(proxy: Proxy, tmp_path: Path) -> None:
    with pytest.raises(DayMissing, match="filled to 2020-03-02"):
        days_of(proxy, LAST + 1).files(LAST + 1, tmp_path)


@pytest.mark.parametrize("fault", ["429", "503", "cut", "slow"])
def test_a_chunk_that_fails_is_asked_for_again_and_never_taken_for_an_empty_one(proxy: Proxy, tmp_path: Path, fault: str) -> None:
    proxy.hit, proxy.faults = lambda path: path.endswith("/12.0.0"), deque([fault])
    (file,) = days_of(proxy, sampling="12 UTC").files(DAY, tmp_path)
    assert not proxy.faults
    with netCDF4.Dataset(file) as data:
        noon = np.array([DAY + np.timedelta64(12, "h")])
        np.testing.assert_array_equal(data["10m_u_component_of_wind"][:].filled(np.nan), wind(noon))


def test_a_store_of_version_3_gives_the_same(proxy: Proxy, tmp_path: Path) -> None:
    asked = Request(CATALOGUE["arco-era5"], DAY, DAY, ("u10",), address=proxy.address, sampling="12 UTC")
    three = replace(asked, provider=replace(CATALOGUE["arco-era5"], parts=(Part("three.zarr", ("u10",)),)))
    (file,) = zarr_days(three, Http(4)).files(DAY, tmp_path)
    with netCDF4.Dataset(file) as data:
        assert np.isnan(data["10m_u_component_of_wind"]._FillValue)
        noon = np.array([DAY + np.timedelta64(12, "h")])
        np.testing.assert_array_equal(data["10m_u_component_of_wind"][:].filled(np.nan), wind(noon))


def test_a_store_with_a_group_for_each_variable_is_read(proxy: Proxy, tmp_path: Path) -> None:
    day = np.datetime64("2024-01-03")
    (file,) = days_of(proxy, day, "glo12-nowcast", ("thetao", "zos")).files(day, tmp_path)
    with netCDF4.Dataset(file) as data:
        np.testing.assert_array_equal(data["thetao"][:].filled(np.nan), nowcast()["thetao"].values)
        np.testing.assert_array_equal(data["zos"][:].filled(np.nan), nowcast()["zos"].values)


def test_a_day_without_a_store_is_a_gap(proxy: Proxy, tmp_path: Path) -> None:
    day = np.datetime64("2024-01-04")
    with pytest.raises(DayMissing, match="R20240104"):
        days_of(proxy, day, "glo12-nowcast", ("zos",)).files(day, tmp_path)


@pytest.mark.parametrize("sampling", ["daily mean", "12 UTC"])
def test_days_of_air_become_a_store_of_forcing(proxy: Proxy, sampling: str) -> None:
    asked = Request(CATALOGUE["arco-era5"], DAY, LAST + 1, ("u10", "v10"), address=proxy.address, sampling=sampling)
    found = fetch(asked, "air", grid=coarsened(40), first_pause=0.01)
    assert found["new_days"] == 2 and "filled to 2020-03-02" in found["missing"]["2020-03-03"]
    store = open_store(found["folder"])
    assert store.kind == "forcing" and store.attrs["sampling"] == sampling
    times = np.arange(DAY, DAY + 1, dtype="datetime64[h]")
    expected = wind(times).mean(axis=0) if sampling == "daily mean" else wind(times)[12]
    row, column = int(np.argmin(np.abs(store.grid.lat - 0))), 5
    at = np.interp(store.grid.lon[column], LON, expected[LAT == 0][0])
    assert abs(store.read("u10", 0)[row, column] - at) < 0.2


def test_a_field_that_the_provider_does_not_have_is_refused_before_anything_is_asked(proxy: Proxy) -> None:
    with pytest.raises(InputError, match="correct --fields"):
        days_of(proxy, fields=("thetao",))
    assert not proxy.asked
