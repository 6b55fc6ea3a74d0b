"""Heads begin from a source without them: waves from the wind, plankton and nutrients from climatology, labelled as such."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import engine.forecasting.forecast
from engine.cli.main import app
from engine.diagnostics.layers import mixed_layer_depth
from engine.forecasting.first_fields import first_fields, made_of
from engine.forecasting.heads import LoadedHead
from engine.models.heads.daily import DayHead
from engine.physics.displaced_state import climatology
from engine.physics.wind_regression import shipped_regression
from engine.runtime.errors import ModelError
from engine.runtime.paths import ASSETS
from engine.schema.batch import Batch
from engine.schema.grid import coarsened
from engine.schema.head_grids import half_degree
from engine.schema.variables import PLANKTON
from engine.sources.observed import ObservedSource
from engine.stores import open_store
from tests.engine.forecasting.test_heads import NAMES, _Model
from tests.engine.models.heads.tiny_heads import GRID as HEAD_GRID
from tests.engine.models.heads.tiny_heads import tiny_head
from tests.engine.readers import layouts

GRID = coarsened(15)
DAY = np.datetime64("2014-03-05")


def head_with_climatology(name: str) -> DayHead:
    """Return a small head; one of biogeochemistry has the year of 0.5 and its tenth as its climatology, in logarithms."""
    head = tiny_head(name, learned=True)
    if head.annual_cycle is not None:
        harmonics = np.zeros(head.annual_cycle.harmonics.shape, np.float32)
        harmonics[0], harmonics[1] = np.log(0.5), 0.1
        head.annual_cycle.adopt(harmonics)
    return head


@pytest.fixture
def altimetry(tmp_path: Path) -> Path:
    level = 0.2 * np.cos(np.deg2rad(GRID.lon)) * np.ones((1, *GRID.shape))
    still = np.zeros_like(level)
    fields = {"adt": level, "ugos": still, "vgos": still}
    return layouts.write_altimetry(tmp_path / "a.nc", fields, GRID.lat, GRID.lon, layouts.days(1, "2014-03-05T00"))


def test_a_forecast_from_altimetry_has_waves_and_chlorophyll_and_says_what_they_began_from(
    altimetry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", lambda name, grid, device="auto", *_: _Model(grid))
    monkeypatch.setattr(
        engine.forecasting.forecast,
        "load_heads",
        lambda names, model: {n: LoadedHead(head_with_climatology(n), {}) for n in names if n in NAMES},
    )
    asked = ["forecast", "--source", "observed", "--altimetry", str(altimetry), "--days", "2", "--heads", "all"]
    result = CliRunner().invoke(app, [*asked, "--grid-factor", "15", "--json"])
    assert result.exit_code == 0, result.output
    assert "waves begin from the wind" in result.stderr
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["initial_fields"] == {"waves": "wind", "biogeochemistry": "climatology"} and said["left_out"] == {}
    store = open_store(Path(said["folder"]))
    assert store.attrs["initial_fields"] == said["initial_fields"]
    waves, plankton = store.part("waves"), store.part("biogeochemistry")
    assert waves.attrs["initial_fields"] == "wind" and plankton.attrs["initial_fields"] == "climatology"
    open_sea = HEAD_GRID.wet_surface & (np.abs(HEAD_GRID.lat) < 50)[:, None]
    for lead in (0, 1, 2):
        for values in (waves.read("swh", lead), plankton.read("chl", lead)):
            assert np.isfinite(values[open_sea]).all() and (values[open_sea] >= 0).all()
    assert np.median(waves.read("swh", 0)[open_sea]) > 0.3
    assert not np.array_equal(waves.read("swh", 2), waves.read("swh", 0), equal_nan=True)


def test_plankton_begins_from_the_climatology_of_its_head_and_the_mixed_layer_from_the_ocean(altimetry: Path) -> None:
    source, head = ObservedSource(altimetry, grid=GRID), head_with_climatology("biogeochemistry")
    ocean = source.state(DAY)
    found = first_fields("biogeochemistry", head, source, ocean)
    wet = HEAD_GRID.wet_surface
    with torch.inference_mode():
        expected = np.exp(head.annual_cycle.at(DAY).numpy())  # type: ignore[union-attr]
    np.testing.assert_allclose(found["fe"][wet], expected[4][wet], rtol=1e-5)
    np.testing.assert_allclose(found["chl"][wet], sum(found[name] for name in PLANKTON)[wet], rtol=1e-6)
    assert np.isnan(found["chl"][~wet]).all() and tuple(found.fields) == head.transform.names
    row, column = HEAD_GRID.nearest(30, 180)
    rows, columns = slice(2 * row, 2 * row + 2), slice(2 * column, 2 * column + 2)
    t, s = (ocean[name][:, rows, columns].reshape(15, -1) for name in ("thetao", "so"))
    near = mixed_layer_depth(t, s, GRID.depth)
    assert near.min() - 1 <= found["mlotst"][row, column] <= near.max() + 1
    bare = tiny_head("biogeochemistry")
    with pytest.raises(ModelError, match="weights without a climatology"):
        first_fields("biogeochemistry", bare, source, ocean)


def test_waves_follow_the_wind_of_the_day_and_are_missing_where_the_water_freezes() -> None:
    ocean = climatology(GRID, DAY)
    row, column = HEAD_GRID.nearest(40, 170)
    ocean["thetao"][0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = -1.8

    class Wind:
        name = label = "wind"
        forcing_kind = "reanalysis"

        def __init__(self, speed: float) -> None:
            self.speed = speed

        def forcing(self, time: np.datetime64) -> Batch:
            calm = np.zeros(GRID.shape, np.float32)
            return Batch({"u10": calm + self.speed, "v10": calm, "t2m": calm}, GRID, time)

    low, high = (first_fields("waves", tiny_head("waves"), Wind(speed), ocean)["swh"] for speed in (4.0, 14.0))  # type: ignore[arg-type]
    open_sea = HEAD_GRID.wet_surface & (np.abs(HEAD_GRID.lat) < 50)[:, None]
    open_sea[row, column] = False
    assert np.median((high - low)[open_sea]) > 1.5 and np.isfinite(high[open_sea]).all()
    assert np.isnan(high[row, column]) and np.isnan(high[~HEAD_GRID.wet_surface]).all()
    assert made_of(("waves", "kuroshio"), Wind(1.0)) == {"waves": "wind"}  # type: ignore[arg-type]


def test_the_shipped_regression_says_what_it_was_fitted_to_and_grows_with_the_wind() -> None:
    said = json.loads((ASSETS / "wind_waves.json").read_text())
    assert "seeds 2 and 3" in said["fitted_to"] and 0.3 < said["rms_error_of_the_fit_m"] < 0.8
    from engine.physics.wind_regression import Winds

    lat = half_degree().lat
    wind = np.broadcast_to(np.linspace(2, 18, 5), (lat.size, 5))
    heights = shipped_regression()(Winds(wind, 0 * wind, wind, 0 * wind), lat)
    assert (np.diff(heights[np.abs(lat) < 60], axis=1) > 0).all() and heights.max() < 12
