"""Waves and biogeochemistry of others as analyses: on the grids of the heads, or a box's own, with missing land."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from engine.ingest import ingest
from engine.runtime.errors import InputError
from engine.schema.head_grids import one_degree
from engine.sources.uploads import kind_of, take_in
from engine.stores import open_store
from tests.engine.readers.atmosphere import air_files as files

WAVES_FILE = "waves/reduced_testdata_weather.nc"
BIOGEOCHEMISTRY_FILE = "biogeochemistry/EI40km_cmems_mod_glo_bgc_my_0.25deg_P1D-m_1753133719978.nc"


def height(hour: float) -> np.ndarray:
    """Return a height of waves (h, w) in m on the nodes of the files, missing over a continent."""
    values = 3 + np.cos(np.deg2rad(files.LAT))[:, None] * np.sin(np.deg2rad(files.LON)) + 0.01 * hour
    values[5:12, 8:14] = np.nan
    return values.astype(np.float32)


def wave_file(path: Path, count: int, name: str = "VHM0") -> Path:
    times = files.hours(count, 3)
    fields = np.stack([height(hour) for hour in (times - files.START).astype(float)])
    data = xr.Dataset(
        {name: (("time", "latitude", "longitude"), fields, {"units": "m"})},
        {
            "time": times.astype("datetime64[ns]"),
            "latitude": ("latitude", files.LAT, {"units": "degrees_north"}),
            "longitude": ("longitude", files.LON, {"units": "degrees_east"}),
        },
    )
    data.to_netcdf(path)
    return path


@pytest.mark.parametrize("name", ["VHM0", "swh"])
def test_three_hourly_waves_become_daily_means_with_missing_land(name: str, tmp_path: Path) -> None:
    path = wave_file(tmp_path / "waves.nc", 15, name)
    assert kind_of(path) == "waves"
    store = open_store(take_in([path], grid=files.CELLS))
    assert store.kind == "analysis" and store.variables == ("swh",) and store.leads == [0]
    assert store.attrs["sampling"] == "daily mean" and "forcing_kind" not in store.attrs
    assert store.attrs["missing_days"][0]["reason"] == "swh of 2019-02-26 has 7 of 8 times"
    found, grid = store.read("swh", 0), store.grid
    assert np.isfinite(found).any() and not np.isfinite(found[~grid.wet_surface]).any()
    row, column = grid.nearest(-35, 205)
    around = height(10.5)[[12, 13]][:, [20, 21]]
    assert found[row, column] == pytest.approx(around.mean(), abs=0.01)
    row, column = grid.nearest(5, 105)
    assert np.isnan(found[row, column]), "a cell under missing values alone is missing"


def test_real_waves_of_a_few_hours_make_no_day_and_say_so(shared_data: Path) -> None:
    with pytest.raises(InputError, match="swh of 2023-07-20 has 5 of 8 times"):
        take_in([shared_data / WAVES_FILE], "waves")


def test_real_chlorophyll_of_the_surface_becomes_an_analysis_on_its_own_grid(shared_data: Path) -> None:
    path = shared_data / BIOGEOCHEMISTRY_FILE
    assert kind_of(path) == "biogeochemistry"
    store = open_store(ingest("biogeochemistry", [path]))
    assert store.kind == "analysis" and store.variables == ("chl",)
    assert len(store.leads) == 135 and store.grid.shape == (2, 6)
    with netCDF4.Dataset(path) as data:
        surface = np.ma.filled(data["chl"][100, 0], np.nan)
    np.testing.assert_allclose(store.read("chl", 100), surface, rtol=1e-3)


def test_iron_of_a_copernicus_file_is_a_thousand_times_the_number(tmp_path: Path) -> None:
    lat, lon = np.arange(-89.0, 90, 2), np.arange(1.0, 360, 2)
    depth = ("depth", np.array([0.5, 5.0]), {"units": "m", "positive": "down"})
    values = np.broadcast_to(np.linspace(1e-4, 9e-4, lat.size)[:, None], (lat.size, lon.size)).astype(np.float32)
    fields = {
        "fe": (("time", "depth", "latitude", "longitude"), np.stack([values, 5 * values])[None], {"units": "mmol m-3"}),
        "no3": (("time", "depth", "latitude", "longitude"), 1e4 * np.stack([values, values])[None], {"units": "mmol m-3"}),
    }
    axes = {"latitude": ("latitude", lat, {"units": "degrees_north"}), "longitude": ("longitude", lon, {"units": "degrees_east"})}
    times = files.START.astype("datetime64[ns]")[None]
    xr.Dataset(fields, {"time": times, "depth": depth, **axes}).to_netcdf(tmp_path / "nutrients.nc")
    store = open_store(ingest("biogeochemistry", [tmp_path / "nutrients.nc"]))
    assert np.array_equal(store.grid.wet_surface, one_degree().wet_surface) and store.variables == ("fe", "no3")
    row, column = store.grid.nearest(-40, 200)
    assert store.read("fe", 0)[row, column] == pytest.approx(1000 * np.interp(store.grid.lat[row], lat, values[:, 0]), rel=0.02)
    assert store.read("no3", 0)[row, column] == pytest.approx(1e4 * np.interp(store.grid.lat[row], lat, values[:, 0]), rel=0.02)
    assert np.isnan(store.read("fe", 0)[~store.grid.wet_surface]).all()


def test_groups_of_plankton_of_nobm_keep_their_names_and_its_fill_is_missing(tmp_path: Path) -> None:
    lat, lon = -84 + 2 / 3 * (np.arange(234) + 0.5), -180 + 1.25 * (np.arange(288) + 0.5)
    fields = {}
    for number, name in enumerate(("dia", "chl", "cya", "coc", "tot")):
        values = np.full((1, 234, 288), 0.1 * (number + 1), np.float32) * (1 + 0.1 * np.cos(np.deg2rad(lat)))[None, :, None]
        values[:, 100:130, 40:60] = 5.9939996e12 if name == "tot" else 9.99e11
        fields[name] = (("time", "lat", "lon"), values.astype(np.float32), {"units": "mg m-3"})
    axes = {"lat": ("lat", lat, {"units": "degrees_north"}), "lon": ("lon", lon, {"units": "degrees_east"})}
    path = tmp_path / "nobm.nc"
    xr.Dataset(fields, {"time": files.START.astype("datetime64[ns]")[None], **axes}).to_netcdf(path)
    assert kind_of(path) == "nobm"
    with pytest.raises(InputError, match=r"is NOBM .* but is said to be Biogeochemistry"):
        take_in([path], "biogeochemistry")
    store = open_store(take_in([path]))
    assert store.kind == "analysis" and np.array_equal(store.grid.wet_surface, one_degree().wet_surface)
    whole = {"chl_diatom": 0.1, "chl_chlorophyte": 0.2, "chl_cyanobacteria": 0.3, "chl_coccolithophore": 0.4, "chl": 0.5}
    row, column = store.grid.nearest(-30, 200)
    inside = store.grid.nearest(-7.5, 241.5)
    for name, value in whole.items():
        assert store.read(name, 0)[row, column] == pytest.approx(value * (1 + 0.1 * np.cos(np.deg2rad(30))), rel=0.01)
        assert np.isnan(store.read(name, 0)[inside])
        assert np.nanmax(store.read(name, 0)) < 1
    assert store.grid.wet_surface[inside] and not store.attrs.get("out_of_range")
