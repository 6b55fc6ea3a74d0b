"""Held-out skill on a small, short run: baselines are themselves, the floor is below them, a stop costs nothing."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine.verification.starts.start as start
import sample_data.predictability_floor as floor
from engine.runtime.errors import ModelError
from engine.schema.sample_calendar import sample_date
from engine.verification.starts.damping import damping_factors
from engine.verification.starts.options import ScoringOptions
from engine.verification.starts.result_cache import results_of
from engine.verification.starts.scored_models import ScoredModel
from engine.verification.starts.skill import Comparison, held_out_skill
from engine.verification.starts.start import level_statistics
from sample_data.held_out import SampleHeldOut
from sample_data.runs.run import Run
from tests.engine.verification.starts.conftest import LEADS


def test_the_model_persistence_scores_exactly_as_the_baseline_persistence(persistence: dict[str, Any]) -> None:
    assert len(persistence["rows"]) == len(LEADS) * 13 * 2
    for row in persistence["rows"] + persistence["stratification"]:
        assert row["rmse"] == pytest.approx(row["persistence"], rel=1e-5), row
        assert row["rmse"] > 0, row
        assert row["low"] <= row["rmse"] <= row["high"], row
        # A mixed layer down to the bottom has no depth, and what has none on one day may have one on the next.
        assert row["covered"] > 0.99 if row["variable"] == "mlotst" else row["covered"] == 1, row


def test_a_row_has_what_the_table_of_skill_is_made_of(persistence: dict[str, Any]) -> None:
    wanted = {"model", "variable", "depth", "band", "lead_days", "rmse", "persistence", "damped", "climatology", "floor"}
    assert all(wanted <= set(row) for row in persistence["rows"])
    assert isinstance(persistence["eke_ratio_day30"], float)
    json.dumps(persistence, allow_nan=False)


def test_the_floor_of_sea_level_lies_below_persistence(persistence: dict[str, Any]) -> None:
    for row in persistence["rows"]:
        if row["variable"] == "zos" and row["band"] == "14-64":
            assert row["floor"] < row["persistence"]


def test_persistence_and_damped_persistence_are_not_ahead_and_the_list_says_so(persistence: dict[str, Any]) -> None:
    cells = len(persistence["rows"]) + len(persistence["stratification"])
    assert len(persistence["not_ahead"]["rmse"]) == cells


def test_the_layers_are_scored_in_metres_where_they_are(persistence: dict[str, Any]) -> None:
    found = {(row["variable"], row["band"], row["lead_days"]): row for row in persistence["stratification"]}
    assert set(found) == {
        (variable, band, lead)
        for variable, band in (("d20", "equatorial Pacific"), ("mlotst", "14-64"), ("mlotst", "tropics"))
        for lead in LEADS
    }
    assert 0.1 < found["d20", "equatorial Pacific", 3]["rmse"] < 20


def test_a_scored_start_is_not_scored_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = held_out_skill("persistence", SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr(start, "rollout", refuse)
    monkeypatch.setattr(start, "initial_state", refuse)
    monkeypatch.setattr(floor, "floor_run", refuse)
    assert (
        held_out_skill("persistence", SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path))["rows"]
        == first["rows"]
    )
    with pytest.raises(AssertionError, match="scored again"):
        held_out_skill("persistence", SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path, again=True))


def test_another_model_reuses_floor_and_baselines_and_both_stand_side_by_side(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = held_out_skill("persistence", SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path))
    monkeypatch.setattr(floor, "floor_run", lambda *_: pytest.fail("the floor was computed again"))
    both = held_out_skill(
        ["persistence", "climatology"], SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path)
    )
    assert both["rows"][: len(first["rows"])] == first["rows"]
    for before, after in zip(first["rows"], both["rows"][len(first["rows"]) :], strict=True):
        assert after["model"] == "climatology"
        assert after["rmse"] == pytest.approx(after["climatology"], rel=1e-5)
        assert after["acc"] is None
        assert after["floor"] == before["floor"]
        assert after["low"] is None


def test_other_bytes_of_the_run_are_another_truth(run: Run, tmp_path: Path) -> None:
    held_out, start = SampleHeldOut(run, run.grid), sample_date(10)
    other = Run(tmp_path / "copy", run.seed, run.grid)
    other.folder.mkdir()
    for file in run.folder.glob("day-*.zst"):
        (other.folder / file.name).write_bytes(file.read_bytes())
    copied = SampleHeldOut(other, run.grid)
    assert copied.fingerprint(start, 3) == held_out.fingerprint(start, 3)
    (other.folder / "day-0013.zst").write_bytes(b"other")
    assert copied.fingerprint(start, 3) != held_out.fingerprint(start, 3)
    assert copied.fingerprint(start, 2) == held_out.fingerprint(start, 2)


def test_leaving_out_cells_shows_although_it_flatters_the_error() -> None:
    target = np.arange(4, dtype=np.float32)
    prediction = np.array([0, 1, np.nan, np.nan], dtype=np.float32)
    found = level_statistics(prediction, target, np.zeros(4, np.float32), np.array([1.0, 1.0, 1.0, 3.0]))
    assert found["squared_error"] == 0
    assert found["covered"] == pytest.approx(1 / 3)


def test_an_unknown_model_is_refused_before_anything_is_scored(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'oracle' is not known"):
        held_out_skill(["persistence", "oracle"], SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path))


def test_a_network_of_another_grid_is_refused_before_the_floor_is_computed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floor, "floor_run", lambda *_: pytest.fail("the floor was computed first"))
    with pytest.raises(ModelError, match="grid"):
        held_out_skill(["persistence", "small"], SampleHeldOut(run, run.grid), 1, (1,), options=ScoringOptions(work=tmp_path))


def test_what_is_sent_to_another_process_scores_there(run: Run, tmp_path: Path) -> None:
    held_out, start = SampleHeldOut(run, run.grid), sample_date(10)
    results = results_of(held_out, tmp_path)
    model = ScoredModel.parse("persistence")
    factors, _ = damping_factors(held_out, results, (1,))
    comparison = Comparison(held_out, results, (1,), {model.file_name(): model}, factors, "cpu", "float32")
    pickle.loads(pickle.dumps(comparison)).score(start, again=False)
    assert all(results.get(name) is not None for name in comparison.files(start).values())


def test_weights_named_by_a_file_stand_under_the_name_of_the_file() -> None:
    assert ScoredModel.parse("small=/somewhere/second.safetensors") == ScoredModel(
        "second", "small", Path("/somewhere/second.safetensors")
    )
    with pytest.raises(ModelError, match=r"second\.json is missing"):
        ScoredModel.parse("small=/somewhere/second.safetensors").file_name()
