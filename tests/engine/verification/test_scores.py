"""Scores of stores: equal valid times, equal depths, equal zero, equal cells."""

from pathlib import Path

import numpy as np
import pytest

from engine.physics.displaced_state import climatology
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.regions import REGIONS
from engine.schema.variables import DEPTHS
from engine.stores import AnalysisStore, ForecastStore, Store, open_store
from engine.verification.report.store_report import table, verify
from engine.verification.scores import score

GRID = coarsened(8)
START = np.datetime64("2019-03-01")


def ocean(day: int, shift: float = 0.0) -> Batch:
    """Return climatology plus a wave that moves day by day; `shift` is added to every field."""
    batch = climatology(GRID, START)
    wave = 0.1 * np.sin(np.deg2rad(8 * GRID.lon - 10 * day)) * np.ones(GRID.shape)
    return Batch({name: values + wave + shift for name, values in batch.fields.items()}, GRID, START + day)


def stored(folder: Path, kind: str, days: int, shift: float = 0.0, source: str = "sample-1", frozen: bool = False) -> Store:
    with ForecastStore.create(folder, GRID, START, days, {"source": source, "model": "test"}, kind) as store:
        for day in range(days + 1):
            batch = ocean(0 if frozen else day, shift)
            store.append(day, Batch(dict(batch.fields), GRID, START + day))
        store.finish()
    return open_store(folder)


def test_a_forecast_that_is_its_reference_scores_zero(tmp_path: Path) -> None:
    forecast, reference = stored(tmp_path / "f", "forecast", 1), stored(tmp_path / "r", "reference", 1)
    for variable, level in (("zos", 0), ("thetao", 7)):
        found = score(forecast, reference, variable, level, REGIONS["global"], 1, lambda time: np.zeros(GRID.shape))
        assert found == {"rmse": 0.0, "bias": 0.0, "acc": pytest.approx(1), "zero_removed": 0.0}


def test_bias_is_prediction_minus_target_and_correlation_needs_a_climatology(tmp_path: Path) -> None:
    forecast = stored(tmp_path / "f", "forecast", 1, shift=0.25)
    found = score(forecast, stored(tmp_path / "r", "reference", 1), "thetao", 0, REGIONS["kuroshio"], 1)
    assert found["bias"] == pytest.approx(0.25, abs=1e-3)
    assert found["rmse"] == pytest.approx(0.25, abs=1e-3)
    assert found["acc"] is None


def test_sea_level_of_another_source_is_brought_to_the_same_zero_but_its_own_bias_counts(tmp_path: Path) -> None:
    forecast = stored(tmp_path / "f", "forecast", 1, shift=0.25)
    own, other = stored(tmp_path / "r", "reference", 1), stored(tmp_path / "o", "reference", 1, source="hycom")
    assert score(forecast, own, "zos", 0, REGIONS["global"], 1)["bias"] == pytest.approx(0.25, abs=1e-3)
    moved = score(forecast, other, "zos", 0, REGIONS["global"], 1)
    assert moved["zero_removed"] == pytest.approx(0.25, abs=1e-3)
    assert moved["rmse"] == pytest.approx(0, abs=1e-3)


def test_a_finer_regional_analysis_is_compared_at_equal_days_on_the_forecasts_cells(tmp_path: Path) -> None:
    forecast = stored(tmp_path / "f", "forecast", 2)
    lat, lon = np.arange(20.25, 40, 0.5), np.arange(140.25, 190, 0.5)
    depth = np.array(DEPTHS[:1], dtype=float)
    box = Grid(lat, lon, depth, np.ones((1, lat.size, lon.size), bool), np.full((lat.size, lon.size), 5000, np.float32))
    times = np.array(["2019-03-02T12", "2019-03-03T12"], dtype="datetime64[s]")
    with AnalysisStore.create(tmp_path / "a", box, times, {"source": "hycom"}, ("thetao",)) as store:
        for lead, day in ((0, 1), (1, 2)):
            store.append(lead, Batch({"thetao": np.full((1, *box.shape), 10.0 + day)}, box, times[lead]))
        store.finish()
    analysis = open_store(tmp_path / "a")
    found = score(forecast, analysis, "thetao", 0, REGIONS["kuroshio"], 2)
    rows, columns = GRID.rows_and_columns(REGIONS["kuroshio"])
    inside = np.zeros(GRID.shape, bool)
    inside[np.ix_(rows, columns)] = True
    inside &= ((lat[0] <= GRID.lat) & (lat[-1] >= GRID.lat))[:, None] & (GRID.lon >= lon[0]) & (GRID.lon <= lon[-1])
    weights = np.where(inside & GRID.wet_surface, GRID.cell_area, 0)
    expected = np.average(np.nan_to_num(forecast.read("thetao", 2)) - 12.0, weights=weights)
    assert found["bias"] == pytest.approx(expected, abs=0.02)
    swapped = score(analysis, forecast, "thetao", 0, REGIONS["kuroshio"], 1)
    assert swapped["bias"] == pytest.approx(-expected, abs=0.02)
    with pytest.raises(InputError, match="has no finished day 2019-03-01, lead 0"):
        score(forecast, analysis, "thetao", 0, REGIONS["kuroshio"], 0)
    with pytest.raises(InputError, match="has thetao at 0 m, not at 100 m"):
        score(forecast, analysis, "thetao", DEPTHS.index(100), REGIONS["kuroshio"], 1)


def test_verify_finds_the_reference_of_the_start_and_prints_persistence_as_itself(private_home: Path) -> None:
    stores = private_home / "stores"
    stored(stores / "persistence__sample-1__20190301__3d", "forecast", 3, frozen=True)
    stored(stores / "reference__sample-1__20190301__3d", "reference", 3)
    seen: list[float] = []
    report = verify("persistence__sample-1__20190301__3d", leads=(1, 3, 30), progress=lambda done, _: seen.append(done))
    assert {row["lead_days"] for row in report["rows"]} == {1, 3}
    assert len(report["rows"]) == 2 * 2 * 13
    for row in report["rows"]:
        assert row["rmse"] == pytest.approx(row["persistence"], abs=1e-6)
        assert row["rmse"] > 0
    assert report["eke_ratio"]["14-64"] == pytest.approx(1, abs=0.05)
    assert seen[-1] == 1.0
    assert "lead_days" in table(report["rows"][:3], ("variable", "lead_days", "rmse", "acc")).splitlines()[0]


def test_verify_without_a_reference_says_what_there_is(private_home: Path) -> None:
    stored(private_home / "stores" / "small__observed__20190301__1d", "forecast", 1)
    with pytest.raises(InputError, match="there is no store 'reference__observed__20190301__1d'"):
        verify("small__observed__20190301__1d")
