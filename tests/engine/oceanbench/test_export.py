"""A forecast is written as OceanBench reads it: nodes, levels, days and words; what is not known is said to be estimated."""

import json
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from engine.cli.main import app
from engine.oceanbench.below import below
from engine.oceanbench.export import Days, export_challenger
from engine.oceanbench.ingest import ingest_challenger
from engine.oceanbench.layout import LATITUDES, LONGITUDES, NAMES, NATIVE, SCORED
from engine.readers.values.seawater import potential_temperature
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.schema.variables import DEPTHS
from engine.stores import Store, find_store, open_store
from tests.engine.oceanbench.challengers import FIRST, waves
from tests.engine.oceanbench.forecasts import INIT, write_forecast

FILE = "hycom/hycom_glbv008_EI_20140305_20140717.nc"


@pytest.fixture(scope="module")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return write_forecast(tmp_path_factory.mktemp("forecasts") / "ours", days=2)


@pytest.fixture(scope="module")
def written(forecast: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_challenger(forecast, tmp_path_factory.mktemp("challenger"), contact="someone")


def test_the_layout_is_that_of_the_public_challengers(written: Path) -> None:
    assert written.name == "20240103.zarr"
    assert {json.loads((written / ".zgroup").read_text())["zarr_format"], (written / ".zmetadata").is_file()} == {2, True}
    data = xr.open_zarr(written)
    assert dict(data.sizes) == {"time": 2, "depth": 6, "latitude": 672, "longitude": 1440}
    assert np.array_equal(data.latitude, np.arange(-78, 90, 0.25)) and np.array_equal(data.longitude, np.arange(-180, 180, 0.25))
    assert data.depth.values == pytest.approx(SCORED)
    assert list(data.time.values.astype("datetime64[D]")) == [FIRST, FIRST + np.timedelta64(1, "D")]
    for name, (standard, _, *_) in NAMES.items():
        assert data[name].attrs["standard_name"] == standard
        assert data[name].dtype == np.float32
        assert json.loads((written / name / ".zarray").read_text())["chunks"][-2:] == [672, 1440]
    assert data.attrs["challenger"] == "small"
    assert data.attrs["forecast_reference_time"] == "2024-01-02"


def test_cells_become_nodes_without_a_shift_and_levels_lie_on_a_line(written: Path) -> None:
    # The open South Pacific, where every cell is water.
    data = xr.open_zarr(written).sel(latitude=slice(-40, -10), longitude=slice(-130, -90))
    lat, lon = data.latitude.values[:, None], data.longitude.values[None, :]
    for name in ("thetao", "vo", "zos"):
        for number, metres in enumerate(SCORED[:-1] if name != "zos" else (0.0,)):
            for day in range(2):
                field = data[name].isel(time=day)
                got = (field if name == "zos" else field.isel(depth=number)).values
                error = np.abs(got - waves(name, lat, lon, metres, day))
                # Half a cell of these waves is up to 0.05 degC and 0.006 m; means and packing miss them by a fifth of that.
                assert error.max() < (0.012 if name == "thetao" else 0.0015)


def test_the_level_below_the_last_is_said_to_be_extrapolated(written: Path) -> None:
    attrs = xr.open_zarr(written).attrs
    assert "541.1 m extrapolated from 400 and 500 m" in attrs["levels"]
    assert attrs["sampling"] == "snapshots at 12 UTC, each in place of the mean of its day"


def test_what_is_written_comes_back_as_it_was(forecast: Store, written: Path) -> None:
    back = open_store(find_store(ingest_challenger(str(written))))
    assert (back.attrs["model"], back.attrs["provider"]) == ("small", "oceanbench")
    assert back.leads == [1, 2] and back.init_time == INIT
    grid = forecast.grid
    place = np.ix_((grid.lat > -40) & (grid.lat < -10), (grid.lon > 230) & (grid.lon < 270))
    for name, depth, limit in (("zos", 0, 0.003), ("thetao", 0, 0.03), ("thetao", 100, 0.03), ("uo", 300, 0.005)):
        ours, theirs = (store.depths(name).index(depth) if depth else 0 for store in (forecast, back))
        assert np.abs(forecast.read(name, 2, ours) - back.read(name, 2, theirs))[place].max() < limit


def test_coasts_go_on_by_one_node_and_no_further(written: Path) -> None:
    cells = quarter_degree().wet_surface
    near = np.zeros((LATITUDES.size, LONGITUDES.size), bool)
    rows = np.clip(np.arange(LATITUDES.size) + 48, 0, 719)
    columns = (np.arange(LONGITUDES.size) - 720) % 1440
    for down in range(-2, 2):
        for east in range(-2, 2):
            near |= cells[np.ix_(np.clip(rows + down, 0, 719), (columns + east) % 1440)]
    found = np.isfinite(xr.open_zarr(written).zos.isel(time=0).values)
    assert np.array_equal(found, near)


def test_snapshots_at_midnight_become_means_of_the_days_between(tmp_path: Path) -> None:
    def ramp(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
        return np.full((lat.size, lon.size), 0.1 * (day + 1) + (10.0 if name in ("thetao", "so") else 0.0))

    coarse = coarsened(8)
    snapshots = Days(write_forecast(tmp_path / "ours", ramp, days=3, grid=coarse, init_time=INIT))
    # Day 3 would need the snapshot that ends it.
    assert (snapshots.first, snapshots.leads) == (FIRST, [1, 2]) and "both ends" in snapshots.sampling
    assert float(np.nanmean(snapshots.reader("zos", 1)(0))) == pytest.approx(0.15, abs=0.001)
    means = Days(write_forecast(tmp_path / "means", ramp, days=3, grid=coarse, init_time=INIT, sampling="daily mean"))
    assert means.leads == [1, 2, 3] and means.sampling.startswith("daily means")
    assert float(np.nanmean(means.reader("zos", 1)(0))) == pytest.approx(0.1, abs=0.001)


def test_sea_level_has_the_zero_of_the_source_again(tmp_path: Path) -> None:
    shifted = {"sea_level_zero": "climatology", "sea_level_shift": 0.25}
    store = write_forecast(tmp_path / "ours", grid=coarsened(8), **shifted)
    days = Days(store)
    assert np.nanmean(days.reader("zos", 1)(0) - store.read("zos", 1)) == pytest.approx(0.25, abs=1e-6)
    assert np.array_equal(days.reader("uo", 1)(0), store.read("uo", 1), equal_nan=True)


def test_ten_days_are_written_of_a_longer_forecast(tmp_path: Path) -> None:
    assert Days(write_forecast(tmp_path / "ours", days=12, grid=coarsened(8))).leads == list(range(1, 11))


def test_native_levels_end_with_the_last_that_is_scored(tmp_path: Path) -> None:
    store = write_forecast(tmp_path / "ours", days=1)
    command = ["stores", "export-oceanbench", str(store.folder), "--out", str(tmp_path / "out")]
    ended = CliRunner().invoke(app, [*command, "--native-levels", "--json"])
    assert ended.exit_code == 0, ended.output
    folder = json.loads(ended.stdout.splitlines()[-1])["folders"][0]
    assert xr.open_zarr(folder).depth.values == pytest.approx(NATIVE)
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 2 and "is there already" in again.output


def test_a_forecast_on_another_grid_is_refused(tmp_path: Path) -> None:
    store = write_forecast(tmp_path / "coarse", grid=coarsened(8))
    with pytest.raises(InputError, match=r"has the grid \(90, 180\).*choose a forecast at 1/4 degree"):
        export_challenger(store, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_estimate_at_541_m_is_near_what_hycom_has_there(shared_data: Path) -> None:
    with netCDF4.Dataset(shared_data / FILE) as data:
        depth, lat, lon = data["depth"][:].data, data["lat"][:].data.astype(float), data["lon"][:].data.astype(float) % 360
        day = np.datetime64("2014-03-05")
        columns = {name: np.ma.filled(data[name][0].astype(np.float64), np.nan) for name in ("water_temp", "salinity", "water_u")}

    def at(name: str, metres: float) -> np.ndarray:
        lower = int(np.searchsorted(depth, metres))
        share = (metres - depth[lower - 1]) / (depth[lower] - depth[lower - 1])
        return (1 - share) * columns[name][lower - 1] + share * columns[name][lower]

    salinity = np.stack([at("salinity", metres) for metres in (*DEPTHS[-2:], SCORED[-1])])
    levels = np.array([*DEPTHS[-2:], SCORED[-1]])
    stack = {"so": salinity, "uo": np.stack([at("water_u", metres) for metres in levels])}
    in_situ = np.stack([at("water_temp", metres) for metres in levels])
    stack["thetao"] = potential_temperature("in-situ", in_situ, salinity, levels, lat, lon)
    wet = np.isfinite(salinity[:2])
    grid = Grid(lat, lon, levels[:2], wet, np.where(np.isfinite(salinity[2]), 4000, 510).astype(np.float32))
    for name, limit in (("thetao", 0.06), ("so", 0.002), ("uo", 0.004)):
        found = below(name, SCORED[-1], lambda level, name=name: stack[name][level], grid, day)  # type: ignore[misc]
        assert float(np.sqrt(np.nanmean((found - stack[name][2]) ** 2))) < limit
        assert np.isfinite(found).any() and not np.isfinite(found[~np.isfinite(stack["so"][2])]).any()
