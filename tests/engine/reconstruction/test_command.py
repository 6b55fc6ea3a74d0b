"""`goms analyse`: a table becomes a store that plays, starts forecasts and says where it guesses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

from engine.cli.analyse import analyse
from engine.cli.main import app
from engine.physics.displaced_state import climatology
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.sources import open_source
from engine.stores import find_store, open_store
from tests.engine.observed_states import observations_of

TIME = np.datetime64("2019-02-23T12:00:00")


@pytest.fixture
def table(tmp_path: Path, small_grid: Grid) -> Path:
    """Return a table of sea level in one row of cells, 10 cm above the mean."""
    seasonal_mean = climatology(small_grid, TIME)
    level = np.full(small_grid.shape, np.nan, dtype=np.float32)
    level[60] = seasonal_mean["zos"][60] + 0.1
    path = tmp_path / "seen.csv"
    observations_of(seasonal_mean.with_fields(zos=level)).of("zos").table(TIME).to_csv(path, index=False)
    return path


def test_the_command_writes_an_analysis_that_starts_forecasts(table: Path, small_grid: Grid) -> None:
    arguments = ["analyse", "--observations", str(table), "--time", "2019-02-23T12:00", "--grid-factor", "8", "--json"]
    done = CliRunner().invoke(app, [*arguments, "--sample"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["background"] == "climatology"
    assert 0.5 < result["guessed_share"]["zos"] < 1
    store = open_store(find_store(result["store"]))
    assert store.complete and store.attrs["sample"] and store.attrs["forcing_kind"] == "climatology"
    source = open_source("analysis", store=result["store"])
    state = source.state(source.init_times()[0])
    seasonal_mean = climatology(small_grid, TIME)
    wet = small_grid.wet_surface[60]
    np.testing.assert_allclose((state["zos"] - seasonal_mean["zos"])[60][wet], 0.1, atol=0.03)
    with xr.open_zarr(store.folder) as data:
        assert float(data.zos_guess[60].max()) < 0.5 < float(data.zos_guess[30].max())
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2 and "exists already" in again.stdout


def test_an_analysis_can_be_the_background_of_the_next(table: Path) -> None:
    first = analyse(table, "2019-02-23T12:00", identifier="first", grid_factor=8)
    second = analyse(table, "2019-02-23T12:00", background="first", identifier="second", grid_factor=8)
    assert second["background"] == "first"
    assert second["mean_error"]["zos"] < first["mean_error"]["zos"]


def test_rows_that_flags_leave_out_are_told_on_the_screen_in_json_and_in_the_store(table: Path) -> None:
    rows = pd.read_csv(table).assign(value_qc=1)
    rows.loc[3:5, "value_qc"] = 4
    rows.to_csv(table, index=False)
    arguments = ["analyse", "--observations", str(table), "--time", "2019-02-23T12:00", "--grid-factor", "8", "--out"]
    told = CliRunner().invoke(app, [*arguments, "a", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout.splitlines()[-1])["left_out_by_flags"] == {"value_qc 4": 3}
    assert open_store(find_store("a")).attrs["left_out_by_flags"] == {"value_qc 4": 3}
    assert "left out by flags: value_qc 4 3" in CliRunner().invoke(app, [*arguments, "b"]).stdout


@pytest.mark.parametrize("time", ["0005-02-23", "3000-01-01", "12019-02-23", "NaT", ""])
def test_a_time_of_no_ocean_that_was_measured_is_refused(table: Path, time: str) -> None:
    with pytest.raises(InputError, match="--time is"):
        analyse(table, time, grid_factor=8)


def test_bad_words_are_refused_before_anything_is_computed(table: Path, private_home: Path) -> None:
    with pytest.raises(InputError, match="--time is 'soon'"):
        analyse(table, "soon", grid_factor=8)
    with pytest.raises(InputError, match="there is no store 'none'"):
        analyse(table, "2019-02-23T12:00", background="none", grid_factor=8)
    with pytest.raises(InputError, match="name of the store is"):
        analyse(table, "2019-02-23T12:00", identifier="../out", grid_factor=8)
    done = CliRunner().invoke(app, ["analyse", "--observations", "none.csv", "--time", "2019-02-23"])
    assert done.exit_code == 2
    assert not (private_home / "stores").exists()
