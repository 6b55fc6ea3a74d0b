"""The air of forecasts: from files to a store, from the store to the day that the model steps to."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from typer.testing import CliRunner

import engine.forecasting.forecast
from engine.cli.main import app
from engine.ingest import ingest
from engine.physics.climatology import climatological_forcing
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.batch import TIME_STEP, Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import FORCING, VARIABLES
from engine.sources.atmosphere import Atmosphere
from engine.sources.run_conditions import knows_wind, wind
from engine.sources.uploads import kind_of
from engine.stores import Store, delete_store, open_store
from tests.app.made_stores import write_analysis
from tests.engine.readers.atmosphere import air_files as files
from tests.engine.toy import ToyModel

REAL_FILE = "era5/era5_20250101_20250105.nc"
GRID = files.CELLS
FIRST = files.START.astype("datetime64[D]")


def goms(*arguments: object) -> tuple[int, str, dict]:
    """Run a command and return its exit code, what it said on standard error, and its last line of JSON."""
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return result.exit_code, result.stderr, json.loads(result.stdout.splitlines()[-1])


def air_store(folder: Path, hours: int, begin: int = 0, name: str = "air", kind: str = "era5") -> Store:
    """Bring hours of air, from the first of the files on, into the store `name`."""
    times = files.hours(begin + hours)[begin:]
    return open_store(ingest(kind, [files.new(folder / f"{name}-{begin}.nc", times)], name, grid=GRID))


def expected(name: str, hour: float) -> np.ndarray:
    return files.air(name, GRID.lat, GRID.lon, hour) - (273.15 if name == "t2m" else 0)


def test_packing_loses_nothing_that_matters() -> None:
    most = {"u10": 0.01, "v10": 0.01, "t2m": 0.01, "msl": 5.0, "sp": 5.0}
    for name in FORCING:
        packing, (low, high) = VARIABLES[name].packing, VARIABLES[name].valid_range
        assert packing.scale <= most[name]
        ends = np.array([low, high], np.float32)
        np.testing.assert_allclose(packing.unpack(packing.pack(ends)), ends, atol=most[name])


def test_files_become_a_forcing_store_on_the_grid_of_the_model_and_land_has_values(tmp_path: Path) -> None:
    store = open_store(ingest("era5", [files.old(tmp_path / "old.nc", files.hours(48))], grid=GRID))
    assert store.kind == "forcing" and store.complete and store.variables == FORCING
    assert store.identifier == "era5__global__20190225"
    attributes = store.attrs
    assert (attributes["forcing_kind"], attributes["sampling"], attributes["source"]) == ("reanalysis", "daily mean", "era5")
    assert "Copernicus" in attributes["license"]
    middle = np.abs(GRID.lat) < 70
    for name in FORCING:
        found = store.read(name, 1)
        assert np.isfinite(found).all(), "air over land is real"
        error = np.abs(found - expected(name, 35.5))[middle].max()
        half_a_cell = np.abs(files.air(name, GRID.lat, GRID.lon + 5) - files.air(name, GRID.lat, GRID.lon))[middle].max()
        assert error < 0.25 * half_a_cell


def test_real_winds_become_a_store_of_the_cells_in_their_box(shared_data: Path) -> None:
    code, _, said = goms("ingest", "era5", shared_data / REAL_FILE)
    assert code == 0, said
    store = open_store(said["folder"])
    assert store.variables == ("u10", "v10") and len(store.leads) == 5
    assert store.grid.lat[0] == -70.375 and store.grid.lon[0] == 7.875
    with xr.open_dataset(shared_data / REAL_FILE) as data:
        mean = (
            data.u10.isel(valid_time=slice(48, 72)).mean("valid_time").interp(latitude=store.grid.lat, longitude=store.grid.lon)
        )
        np.testing.assert_allclose(store.read("u10", 2)[1:-1, 1:-1], mean.values[1:-1, 1:-1], atol=0.3)
        assert np.abs(store.read("u10", 2) - mean.values)[1:-1, 1:-1].mean() < 0.02
    with pytest.raises(InputError, match=r"covers -70.375 to -61.875 N.*expected air over all of"):
        Atmosphere(coarsened(8), store.identifier)
    inside = np.ix_(range(4, 20), range(10, 40))
    box = Grid(store.grid.lat[4:20], store.grid.lon[10:40], np.zeros(1), np.ones((1, 16, 30), bool), np.full((16, 30), 10.0))
    air = Atmosphere(box, store.identifier).air(np.datetime64("2025-01-03T12:00"))
    np.testing.assert_allclose(air["u10"], store.read("u10", 2)[inside], atol=0.02)
    np.testing.assert_array_equal(air["msl"], climatological_forcing(box, np.datetime64("2025-01-03T12:00"))["msl"])


def test_further_days_lengthen_a_store_and_a_day_without_all_hours_is_listed(tmp_path: Path) -> None:
    begun = air_store(tmp_path, 40)
    reason = "u10 of 2019-02-26 has 16 of 24 hours"
    assert begun.leads == [0]
    assert begun.attrs["missing_days"] == [
        {"first": "2019-02-26", "last": "2019-02-26", "variables": ["u10"], "reason": reason}
    ]  # fmt: skip
    whole = air_store(tmp_path, 72, begin=24)
    assert whole.leads == [0, 1, 2, 3] and "missing_days" not in whole.attrs
    np.testing.assert_allclose(whole.read("u10", 3)[9], expected("u10", 83.5)[9], atol=0.1)


def test_noon_and_means_do_not_mix_in_one_store(tmp_path: Path) -> None:
    air_store(tmp_path, 24)
    later = files.new(tmp_path / "later.nc", files.hours(48)[24:])
    with pytest.raises(InputError, match="sampling '12 UTC', store air holds 'daily mean'"):
        ingest("era5", [later], "air", grid=GRID, sampling="12 UTC")


def test_where_no_day_is_whole_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of 1 days of era5 is there; 2019-02-25: u10 of 2019-02-25 has 7 of 24 hours"):
        air_store(tmp_path, 7)
    assert not (stores_folder() / "air").exists()


def test_a_day_that_repeats_the_day_before_is_missing(tmp_path: Path) -> None:
    data = files.dataset(files.hours(24))
    twice = xr.concat([data, data.assign_coords(valid_time=data.valid_time + np.timedelta64(1, "D"))], "valid_time")
    twice.to_netcdf(tmp_path / "stale.nc")
    store = open_store(ingest("era5", [tmp_path / "stale.nc"], "air", grid=GRID))
    assert store.leads == [0]
    assert "of 2019-02-26 repeat 2019-02-25 in every number" in store.attrs["missing_days"][0]["reason"]


def test_a_file_tells_whether_it_is_of_a_reanalysis_or_a_forecast(tmp_path: Path) -> None:
    assert kind_of(files.new(tmp_path / "a.nc", files.hours(24))) == "era5"
    assert kind_of(files.two_members(tmp_path / "b.nc", files.hours(24))) == "era5"
    run = files.forecast(tmp_path / "c.nc", files.hours(8, 6))
    assert kind_of(run) == "ecmwf"
    code, error, _ = goms("ingest", "era5", run)
    assert code == 2 and "is ECMWF forecast" in error and "goms ingest ecmwf" in error
    store = open_store(ingest("ecmwf", [run], "run", grid=GRID))
    assert store.leads == [0, 1] and store.attrs["forcing_kind"] == Atmosphere(GRID, "run").kind == "forecast"


def test_the_air_of_a_day_is_that_of_the_store_and_beyond_it_the_climatology(tmp_path: Path) -> None:
    stored = air_store(tmp_path, 48)
    air, noon = Atmosphere(GRID, "air"), FIRST + 1 + np.timedelta64(12, "h")
    np.testing.assert_array_equal(air.air(noon)["u10"], stored.read("u10", 1))
    assert air.air(noon).time == noon
    np.testing.assert_array_equal(air.air(FIRST + 2)["u10"], climatological_forcing(GRID, FIRST + 2)["u10"])
    finer = Atmosphere(coarsened(20), "air").air(FIRST)["v10"]
    assert finer.shape == (36, 72)
    assert np.abs(finer - files.air("v10", coarsened(20).lat, coarsened(20).lon, 11.5))[5:-5].max() < 0.2


def test_what_a_forecast_says_of_its_air(tmp_path: Path) -> None:
    air_store(tmp_path, 24)
    air_store(tmp_path, 24, begin=48)
    said = Atmosphere(GRID, "air").attributes(FIRST - 1, 5)
    assert len(said.pop("forcing_content")) == 12
    assert said == {
        "forcing_kind": "reanalysis", "forcing_source": "air", "forcing_label": "ERA5", "forcing_sampling": "daily mean",
        "forcing_fields": list(FORCING), "forcing_until": 3, "forcing_gaps": [2],
    }  # fmt: skip
    with pytest.raises(InputError, match="store air holds 2019-02-25 to 2019-02-27; a forecast of 5 days from 2019-06-01"):
        Atmosphere(GRID, "air").attributes(np.datetime64("2019-06-01"), 5)
    assert Atmosphere(GRID).attributes(FIRST, 5) == {"forcing_kind": "climatology"}


class WindyModel(ToyModel):
    """Adds a tenth of the wind of the target day to everything, and keeps what it was given by valid time."""

    def __init__(self, grid: Grid, seen: dict[np.datetime64, np.ndarray]) -> None:
        super().__init__(grid)
        self.seen = seen

    def step(
        self, state: torch.Tensor, forcing: Batch | None, target_forcing: Batch | None, time: np.datetime64
    ) -> tuple[torch.Tensor, None]:
        assert target_forcing is not None
        self.seen[(time + TIME_STEP).astype("datetime64[D]")] = target_forcing["u10"]
        return state + torch.from_numpy(0.1 * target_forcing["u10"]), None


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[np.datetime64, np.ndarray]:
    """Return the wind that the model of forecasts takes, by valid day."""
    found: dict[np.datetime64, np.ndarray] = {}
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", lambda name, grid, *_: WindyModel(grid, found))
    return found


def test_lead_n_of_a_forecast_takes_the_air_of_day_n_and_says_how_far_it_is_known(
    seen: dict[np.datetime64, np.ndarray], tmp_path: Path
) -> None:
    stored, analysis = air_store(tmp_path, 72), write_analysis(GRID, days=3)
    asked = ("forecast", "--source", analysis, "--init", FIRST, "--days", 4, "--grid-factor", 40)
    code, error, said = goms(*asked, "--forcing", "air")
    assert code == 0, error
    assert (said["forcing_kind"], said["forcing_source"], said["forcing_until"]) == ("reanalysis", "air", 2)
    assert "winds of air (reanalysis) to day 2 of 4" in CliRunner().invoke(app, ["stores"]).output
    for lead in (1, 2):
        np.testing.assert_array_equal(seen[FIRST + lead], stored.read("u10", lead))
    np.testing.assert_array_equal(seen[FIRST + 3], climatological_forcing(GRID, FIRST + 3)["u10"])
    windy = open_store(said["folder"])
    step = windy.read("thetao", 2) - windy.read("thetao", 1)
    np.testing.assert_allclose(step[GRID.wet_surface], 0.1 * stored.read("u10", 2)[GRID.wet_surface], atol=2e-3)

    code, _, calm = goms(*asked)
    assert code == 0 and calm["store"] != said["store"] and calm["forcing_kind"] == "climatology"
    assert "forcing_source" not in calm
    assert np.nanmax(np.abs(open_store(calm["folder"]).read("thetao", 2) - windy.read("thetao", 2))) > 0.1


def test_a_forecast_is_made_again_where_its_air_is_known_further(seen: dict[np.datetime64, np.ndarray], tmp_path: Path) -> None:
    air_store(tmp_path, 48)
    asked = ("forecast", "--source", write_analysis(GRID, days=3), "--days", 3, "--grid-factor", 40, "--forcing", "air")
    assert goms(*asked)[2]["forcing_until"] == 1
    seen.clear()
    assert goms(*asked)[2]["forcing_until"] == 1 and not seen, "the same request is there already"
    air_store(tmp_path, 48, begin=48)
    assert goms(*asked)[2]["forcing_until"] == 3 and len(seen) == 3


def test_what_is_no_air_for_a_forecast_is_refused(seen: dict[np.datetime64, np.ndarray], tmp_path: Path) -> None:
    analysis = write_analysis(GRID, days=3)
    asked = ("forecast", "--days", 1, "--grid-factor", 40)
    code, error, _ = goms(*asked, "--source", analysis, "--forcing", analysis)
    assert code == 2 and "is of kind analysis" in error and "goms ingest era5" in error
    code, error, _ = goms(*asked, "--source", analysis, "--forcing", "nothing")
    assert code == 2 and "there is no store 'nothing'" in error
    air_store(tmp_path, 24)
    code, error, _ = goms("forecast", "--source", "sample", "--forcing", "air")
    assert code == 2 and "has weather of its own" in error
    assert not seen


def test_the_wind_over_a_run_is_that_of_its_store_while_that_is_there(tmp_path: Path) -> None:
    stored = air_store(tmp_path, 48)
    attrs = {"source": "hycom", **Atmosphere(GRID, "air").attributes(FIRST, 3)}
    u, v = wind(attrs, FIRST + 1, GRID)
    np.testing.assert_array_equal(u, stored.read("u10", 1))
    np.testing.assert_array_equal(v, stored.read("v10", 1))
    delete_store("air")
    assert not knows_wind(attrs)
    with pytest.raises(InputError, match="not known"):
        wind(attrs, FIRST + 1, GRID)
