"""HYCOM's THREDDS server: the right data set of each epoch, one connection, both seams of longitude, named runs alone."""

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
from engine.providers.protocols.opendap import DapDataset
from engine.providers.protocols.provider import Part
from engine.providers.protocols.remote_days import ArrayDays, dap_days
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError
from engine.stores import open_store
from tests.engine.providers.twin_files import packed, write_set
from tests.engine.providers.twins import Proxy, opendap
from tests.engine.readers.layouts import HYCOM_DEPTHS

pytest.importorskip("pydap")

LAT = np.arange(30, 42, 1.0)
WEST_LON, EAST_LON = np.arange(-180, 180, 4.0), np.arange(0, 360, 4.0)
GLBV, GLBY, ESPC = np.datetime64("2018-12-02"), np.datetime64("2018-12-04"), np.datetime64("2025-03-01")
SETS = {"ssh": ("surf_el",), "ts3z": ("water_temp", "salinity"), "uv3z": ("water_u", "water_v")}
SINGLE = {"ssh": ("surf_el",), "t3z": ("water_temp",), "s3z": ("salinity",), "u3z": ("water_u",), "v3z": ("water_v",)}
ALL = ("thetao", "so", "uo", "vo", "zos")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sets of two epochs, the older from -180 to 180 and the newer from 0 to 360, and ESPC's, one a variable."""
    folder = tmp_path_factory.mktemp("thredds")
    files = {}
    for name, held in SETS.items():
        files[f"GLBv0.08/expt_93.0/{name}"] = write_set(folder / f"v-{name}.nc", held, [GLBV], LAT, WEST_LON)
        files[f"GLBy0.08/expt_93.0/{name}"] = write_set(folder / f"y-{name}.nc", held, [GLBY, GLBY + 1], LAT, EAST_LON)
    for name, held in SINGLE.items():
        step = 1 if name == "ssh" else 3
        files[f"ESPC-D-V02/{name}/2025"] = write_set(folder / f"e-{name}.nc", held, [ESPC], LAT, EAST_LON, step)
    with opendap(files) as address:
        yield address


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    with Proxy(server).serving() as found:
        yield found


def request(
    proxy: Proxy, name: str, day: np.datetime64, fields: tuple[str, ...] = ALL, box: tuple[float, ...] | None = None
) -> Request:
    return Request(CATALOGUE[name], day, day, fields, box, proxy.address)  # type: ignore[arg-type]


def days_of(asked: Request) -> ArrayDays:
    return dap_days(asked, Http(asked.provider.connections, tries=3, first_pause=0.01))


def test_the_twin_speaks_the_protocol_that_the_netcdf_library_reads(server: str) -> None:
    with netCDF4.Dataset(f"{server}/GLBy0.08/expt_93.0/ts3z") as data:
        data.set_auto_maskandscale(False)
        expected = packed("water_temp", GLBY + np.timedelta64(12, "h"), LAT, EAST_LON, HYCOM_DEPTHS)
        np.testing.assert_array_equal(data["water_temp"][4, :2], expected[:2])


@pytest.mark.parametrize(
    ("day", "lon", "box"),
    [(GLBV, WEST_LON, (33, 38, 170, 190)), (GLBY, EAST_LON, (33, 38, -10, 10))],
    ids=["across 180 on a grid from -180", "across 0 on a grid from 0"],
)
def test_a_box_across_the_seam_has_the_numbers_of_both_sides(
    proxy: Proxy, tmp_path: Path, day: np.datetime64, lon: np.ndarray, box: tuple[float, ...]
) -> None:
    files = days_of(request(proxy, "hycom-thredds", day, box=box)).files(day, tmp_path)
    assert len(files) == 3
    inside = [number for number in np.argsort((lon - box[2]) % 360) if (lon[number] - box[2]) % 360 <= 20]
    rows = np.flatnonzero((LAT >= 33) & (LAT <= 38))
    noon = day + np.timedelta64(12, "h")
    found = {}
    for file in files:
        with netCDF4.Dataset(file) as data:
            data.set_auto_maskandscale(False)
            np.testing.assert_array_equal(data["lon"][:], lon[inside])
            assert data["time"][:].size == 1
            found |= {name: data[name][0] for name in data.variables if name not in data.dimensions}
    for name in ("water_temp", "salinity", "water_u", "water_v", "surf_el"):
        expected = packed(name, noon, LAT, lon, HYCOM_DEPTHS)[..., rows, :][..., inside]
        levels = np.isin(HYCOM_DEPTHS, (0, 6, 10, 20, 30, 50, 70, 100, 125, 150, 200, 250, 300, 400, 500))
        np.testing.assert_array_equal(found[name], expected[levels] if expected.ndim == 3 else expected)


def test_one_connection_is_open_at_a_time(proxy: Proxy, tmp_path: Path) -> None:
    days_of(request(proxy, "hycom-thredds", GLBY, box=(33, 38, 10, 30))).files(GLBY, tmp_path)
    assert proxy.most_at_once == 1


@pytest.mark.parametrize("fault", ["503", "cut"])
def test_a_cut_or_refused_answer_is_asked_for_again(proxy: Proxy, tmp_path: Path, fault: str) -> None:
    proxy.hit, proxy.faults = lambda path: ".dods" in path and "surf_el" in path, deque([fault])
    (file,) = days_of(request(proxy, "espc", ESPC, ("zos",), (33, 38, 10, 30))).files(ESPC, tmp_path)
    assert not proxy.faults
    with netCDF4.Dataset(file) as data:
        data.set_auto_maskandscale(False)
        columns = np.flatnonzero((EAST_LON >= 10) & (EAST_LON <= 30))
        expected = packed("surf_el", ESPC + np.timedelta64(12, "h"), LAT, EAST_LON, HYCOM_DEPTHS)
        np.testing.assert_array_equal(data["surf_el"][0], expected[3:9][:, columns])


def test_single_sets_of_the_successor_become_one_store(proxy: Proxy) -> None:
    found = fetch(request(proxy, "espc", ESPC, box=(33, 38, 10, 30)), "espc-box", first_pause=0.01)
    store = open_store(found["folder"])
    assert sorted(store.variables) == sorted(ALL) and store.valid_time(0) == ESPC + np.timedelta64(12, "h")


def test_a_year_without_a_data_set_is_a_gap_with_its_address(proxy: Proxy, tmp_path: Path) -> None:
    day = np.datetime64("2025-12-31")
    asked = replace(
        request(proxy, "espc", day, ("zos",)), provider=replace(CATALOGUE["espc"], parts=(Part("ESPC-D-V02/ssh/1999", ("zos",)),))
    )
    with pytest.raises(DayMissing, match="ssh/1999"):
        days_of(asked).files(day, tmp_path)


def test_a_day_outside_the_times_of_a_data_set_is_a_gap(proxy: Proxy, tmp_path: Path) -> None:
    with pytest.raises(DayMissing, match="holds 2018-12-04"):
        days_of(request(proxy, "hycom-thredds", GLBY + 9, ("zos",))).files(GLBY + 9, tmp_path)


def test_an_aggregation_of_the_newest_runs_is_refused(proxy: Proxy, tmp_path: Path) -> None:
    best = Part("FMRC_ESPC-D-V02_ssh/FMRC_ESPC-D-V02_ssh_best.ncd", ("zos",))
    asked = replace(request(proxy, "espc", ESPC, ("zos",)), provider=replace(CATALOGUE["espc"], parts=(best,)))
    with pytest.raises(InputError, match="expected a named run"):
        days_of(asked).files(ESPC, tmp_path)


def test_attributes_keep_the_types_of_the_file(server: str) -> None:
    data = DapDataset(Http(1), f"{server}/GLBy0.08/expt_93.0/ts3z")
    told = data.variables["water_temp"].attributes
    assert told["_FillValue"] == -30000 and told["_FillValue"].dtype == np.int16
    assert told["units"] == "degC" and np.isclose(told["scale_factor"], 0.001) and told["add_offset"] == 20
