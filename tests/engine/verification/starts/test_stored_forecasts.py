"""Forecasts on the disk are scored like held-out starts: exactly, once, and only where a whole reference is."""

import pytest

import engine.verification.starts.stored_forecasts as stored
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.verification.starts.stored_forecasts import stored_skill
from tests.app.made_stores import write_forecast

LEADS = (1, 3)


@pytest.fixture
def pair(small_grid: Grid) -> tuple[str, str]:
    return write_forecast(small_grid, days=3), write_forecast(small_grid, days=3, kind="reference", shift=3.0)


def test_a_forecast_equal_to_its_reference_has_no_error_and_baselines_have(small_grid: Grid) -> None:
    pair = write_forecast(small_grid, days=3), write_forecast(small_grid, days=3, kind="reference")
    found = stored_skill([pair], LEADS)
    assert {row["model"] for row in found["rows"]} == {"small"}
    assert {row["lead_days"] for row in found["rows"]} == set(LEADS)
    for row in found["rows"]:
        assert row["rmse"] == 0 and row["persistence"] > 0 and row["damped"] > 0, row
        assert row["floor"] is None and row["low"] is None, "one start shows no spread, and nobody knows its floor"
    assert found["starts"] == ["2019-02-23"]
    assert next(row["ratio"] for row in found["energy"] if row["band"] == "14-64") == pytest.approx(1)


def test_a_pattern_that_lags_has_the_error_of_its_lag(pair: tuple[str, str]) -> None:
    rows = stored_skill([pair], LEADS)["rows"]
    errors = {row["lead_days"]: row["rmse"] for row in rows if row["variable"] == "zos" and row["band"] == "tropics"}
    assert errors[1] == pytest.approx(errors[3], rel=1e-3) and errors[1] > 0.01


def test_a_pair_is_scored_once_and_again_when_it_is_written_anew(
    pair: tuple[str, str], small_grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stored_skill([pair], LEADS)
    with monkeypatch.context() as patched:
        patched.setattr(stored, "Start", lambda *_: pytest.fail("scored again"))
        assert stored_skill([pair], LEADS)["rows"] == first["rows"]
    (stored.find_store(pair[0]) / "zarr.json").touch()
    monkeypatch.setattr(stored, "Start", lambda *_: (_ for _ in ()).throw(AssertionError("scored again")))
    with pytest.raises(AssertionError, match="scored again"):
        stored_skill([pair], LEADS)


def test_what_cannot_be_scored_is_refused(small_grid: Grid) -> None:
    with pytest.raises(InputError, match="no forecast has a reference"):
        stored_skill([])
    partial = write_forecast(small_grid, days=3, finished=1), write_forecast(small_grid, days=3, kind="reference")
    with pytest.raises(InputError, match="not both whole"):
        stored_skill([partial])
