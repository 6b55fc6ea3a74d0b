"""From four providers to one view: a forecast from GLO12 with the winds of ERA5, beside HYCOM and a challenger of OceanBench."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import holoviews as hv
import numpy as np
import pytest
import xarray as xr

pytest.importorskip("pydap")

from app.charts.drawings.error import error
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.oceanbench.ingest import ingest_challenger
from engine.providers.catalogue import CATALOGUE
from engine.providers.fetching import fetch
from engine.providers.protocols.request import request_of
from engine.schema.grid import coarsened
from engine.sources import open_source
from engine.stores import open_store
from tests.engine.oceanbench.challengers import one_degree, write_challenger
from tests.engine.providers.twin_files import write_set
from tests.engine.providers.twins import folder_served, opendap

START, DAYS, FACTOR = np.datetime64("2024-01-03"), 2, 8
LAT, LON = np.arange(-80, 91, 2.0), np.arange(0, 360, 2.0)
SETS = {"ssh": ("surf_el",), "ts3z": ("water_temp", "salinity"), "uv3z": ("water_u", "water_v")}
UNITS = {"thetao": "degrees_C", "so": "1e-3", "uo": "m s-1", "vo": "m s-1", "zos": "m"}


def nowcast() -> xr.Dataset:
    """Return a day in the layout of GLO12: nodes, daily mean, potential temperature, levels from 0.494 m."""
    lat, lon = np.arange(-80, 91, 2.0), np.arange(-180, 180, 2.0)
    depth = np.array([0.494, 5.078, 9.573, 21.599, 47.374, 92.326, 155.851, 222.475, 318.127, 541.089])
    wave = np.sin(np.deg2rad(3 * lon))[None, :] * np.cos(np.deg2rad(2 * lat))[:, None]
    fade = np.exp(-depth / 400)[:, None, None]
    fields = {"thetao": 2 + fade * (16 * np.cos(np.deg2rad(lat))[:, None] + wave), "so": 35 + 0.2 * fade * wave}
    fields |= {"uo": 0.3 * fade * wave, "vo": 0.2 * fade * wave, "zos": 0.4 * wave}
    axes = {"time": [START.astype("datetime64[ns]")], "depth": depth, "latitude": lat, "longitude": lon}
    data = xr.Dataset(coords=axes)
    data["depth"].attrs["units"] = "m"
    for name, values in fields.items():
        dimensions = ("time", "depth", "latitude", "longitude") if values.ndim == 3 else ("time", "latitude", "longitude")
        data[name] = dimensions, values[None].astype("f4"), {"units": UNITS[name]}
    return data


def hours_of_air() -> xr.Dataset:
    """Return four days in the layout of ARCO-ERA5: nodes from north to south, hours, long names."""
    lat, lon = np.arange(90, -91, -5.0), np.arange(0, 360, 5.0)
    times = np.arange(START, START + DAYS + 1, dtype="datetime64[h]").astype("datetime64[ns]")
    wind = np.broadcast_to(8 * np.cos(np.deg2rad(3 * lat))[None, :, None], (times.size, lat.size, lon.size)).astype("f4")
    names = CATALOGUE["arco-era5"].names
    size = {"u10": (wind, "m s**-1"), "v10": (0.5 * wind, "m s**-1"), "t2m": (285 + wind, "K")}
    size |= {"msl": (101000 + 10 * wind, "Pa"), "sp": (100000 + 10 * wind, "Pa")}
    axes = ("time", "latitude", "longitude")
    data = xr.Dataset(coords={"time": times, "latitude": lat, "longitude": lon})
    # The last hour is not the first of another day, and no level is one number everywhere.
    ripple = 0.1 * np.sin(np.deg2rad(lon))[None, None, :] + np.arange(times.size)[:, None, None] * 0.01
    for field, (values, units) in size.items():
        data[names[field]] = axes, (values + ripple).astype("f4"), {"units": units}
    last = str(START + DAYS)
    return data.assign_attrs(valid_time_start="1940-01-01", valid_time_stop=last)


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve GLO12 and ERA5 as Zarr and HYCOM by OPeNDAP, and give both addresses."""
    folder = tmp_path_factory.mktemp("providers")
    for name in UNITS:
        nowcast()[[name]].to_zarr(
            folder / "glo12_rg_1d-m_nwct_R20240103.zarr", group=name, mode="a", zarr_format=2, consolidated=False
        )
    hours_of_air().to_zarr(folder / CATALOGUE["arco-era5"].parts[0].path, zarr_format=2)
    days = [START + day for day in range(DAYS + 1)]
    files = {
        f"GLBy0.08/expt_93.0/{name}": write_set(folder / f"{name}.nc", held, days, LAT, LON, 12) for name, held in SETS.items()
    }
    with ExitStack() as stack:
        yield stack.enter_context(folder_served(folder)), stack.enter_context(opendap(files))


def got(name: str, address: str, days: int) -> str:
    """Fetch days of a provider and return the name of the store."""
    request = request_of(CATALOGUE[name], str(START), str(START + days), None, None, address, "")
    result = fetch(request, grid=coarsened(FACTOR), first_pause=0.01)
    assert result["missing"] == {}
    return str(result["store"])


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=FACTOR, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def test_a_forecast_of_fetched_days_stands_beside_an_analysis_and_a_challenger(
    providers: tuple[str, str], services: Services, tmp_path: Path
) -> None:
    zarrs, thredds = providers
    ocean, air, hycom = got("glo12-nowcast", zarrs, 0), got("arco-era5", zarrs, DAYS), got("hycom-thredds", thredds, DAYS)
    source = open_source("analysis", store=ocean, forcing=air, grid=coarsened(FACTOR))
    request = ForecastRequest(source, START, "damped-persistence", DAYS)
    forecast = open_store(run_forecast(request))
    ingest_challenger(str(write_challenger(tmp_path / "glonet" / "20240104.zarr", first=START + 1, **one_degree())))
    services.stores.refresh()

    selection = Selection(source=f"store:{forecast.identifier}", comparison=f"store:{hycom}", variable="thetao")
    scene = build_scene(selection, services)
    ours, analysis, difference = scene.panels
    assert ours.title == "Damped persistence" and analysis.title.startswith("HYCOM")
    assert ours.leads == [0, 1, 2] and len(analysis.leads) == DAYS + 1
    assert "daily means beside snapshots" in difference.notice
    assert forecast.attrs["sampling"] == "daily mean" and forecast.attrs["forcing_kind"] == "reanalysis"

    chart, *_ = error(selection, services, scene).make()[0]
    names = {item.label["value"] for item in hv.render(chart).legend[0].items}
    assert names == {"Damped persistence", "Persistence", "GLONET"}
