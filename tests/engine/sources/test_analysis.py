"""Analyses of some fields alone start forecasts: the others are the mean ocean's, and whoever starts one is told which."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import engine.forecasting.forecast
from engine.cli.main import app
from engine.forecasting.request import ForecastRequest
from engine.physics.displaced_state import climatology
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from engine.schema.variables import PROGNOSTIC
from engine.sources.analysis import AnalysisSource
from engine.stores import open_store
from engine.training.days.sequences import write_sequences
from tests.app.made_stores import START, SUBSETS, ocean, write_eddies, write_subset
from tests.engine.toy import toy_load_model

GRID = coarsened(24)
FILLED = {
    "temperature-and-salinity": ["uo", "vo", "zos"],
    "surface-temperature": ["so", "uo", "vo", "zos", "thetao below 0 m"],
    "currents": ["thetao", "so", "zos"],
    "sea-level": ["thetao", "so", "uo", "vo"],
}


@pytest.mark.parametrize("name", SUBSETS)
def test_a_state_has_the_fields_of_the_analysis_and_the_others_of_the_mean_ocean(name: str) -> None:
    source = AnalysisSource(write_subset(GRID, name))
    assert source.provenance["filled_from_climatology"] == FILLED[name]
    state, seasonal_mean, whole = source.state(START + 1), climatology(GRID, START + 1), ocean(GRID, 1)
    assert state.grid.same_as(GRID) and set(state.fields) == set(PROGNOSTIC)
    for field in PROGNOSTIC:
        levels = slice(None) if state[field].ndim == 2 else slice(0, 1 if SUBSETS[name][1] else None)
        given = field in SUBSETS[name][0]
        if field == "zos" and given:
            whole = whole.with_fields(zos=whole["zos"] - source.zero_shift(START + 1))
        np.testing.assert_allclose(state[field][levels], (whole if given else seasonal_mean)[field][levels], atol=6e-4)
        if state[field].ndim == 3 and SUBSETS[name][1]:
            np.testing.assert_array_equal(state[field][1:], seasonal_mean[field][1:])
    assert source.reference(START + 1) is None, "what is half climatology is nothing to be held against"
    assert (source.sea_level(START) is None) == ("zos" not in SUBSETS[name][0])


def test_a_forecast_from_some_fields_says_which_climatology_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", toy_load_model)
    store = write_subset(GRID, "sea-level")
    asked = ["forecast", "--source", store, "--days", "1", "--grid-factor", "24", "--json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "note: climatology fills thetao, so, uo, vo of the initial state" in result.stderr
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["filled_from_climatology"] == FILLED["sea-level"]
    assert open_store(said["folder"]).attrs["filled_from_climatology"] == FILLED["sea-level"]


def test_a_network_does_not_learn_from_states_that_climatology_filled(tmp_path: Path) -> None:
    source = AnalysisSource(write_subset(GRID, "currents"))
    with pytest.raises(InputError, match="has thetao, so, zos from climatology alone"):
        write_sequences(source, [START], 2, tmp_path, GRID)


def test_a_forecast_says_whether_its_days_are_means_or_snapshots(tmp_path: Path) -> None:
    source = AnalysisSource(write_subset(GRID, "currents"))
    request = ForecastRequest(source, source.init_times()[0], "damped-persistence", 1, folder=tmp_path / "it")
    assert open_store(engine.forecasting.forecast.run_forecast(request)).attrs["sampling"] == "daily mean"


def test_a_box_starts_no_forecast() -> None:
    with pytest.raises(InputError, match="a forecast starts from a day of a global analysis"):
        AnalysisSource(write_eddies())
