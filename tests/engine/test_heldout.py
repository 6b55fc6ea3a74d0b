"""Held-out skill on a small, short run: baselines are themselves, the floor is below them, a stop costs nothing."""

from pathlib import Path
from typing import Any

import pytest

import engine.heldout as heldout
from engine.errors import InputError
from engine.grid import coarsened
from engine.heldout import held_out_days, held_out_skill
from sample_data.build import build
from sample_data.runs import Run

LEADS = (1, 3)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return build(45, 1, folder=tmp_path_factory.mktemp("run"), grid=coarsened(8))


@pytest.fixture(scope="module")
def persistence(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return held_out_skill("persistence", 2, LEADS, folder=run.folder, work=tmp_path_factory.mktemp("work"))


def test_the_model_persistence_scores_exactly_as_the_baseline_persistence(persistence: dict[str, Any]) -> None:
    assert len(persistence["rows"]) == len(LEADS) * 13 * 2
    for row in persistence["rows"]:
        assert row["rmse"] == pytest.approx(row["persistence"], rel=1e-6), row
        assert row["rmse"] > 0, row


def test_the_floor_of_sea_level_lies_below_persistence(persistence: dict[str, Any]) -> None:
    for row in persistence["rows"]:
        if row["variable"] == "zos" and row["band"] == "14-64":
            assert row["floor"] < row["persistence"]


def test_a_scored_start_is_not_scored_again(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = held_out_skill("persistence", 1, (1,), folder=run.folder, work=tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr(heldout, "rollout", refuse)
    monkeypatch.setattr(heldout, "floor_run", refuse)
    assert held_out_skill("persistence", 1, (1,), folder=run.folder, work=tmp_path)["rows"] == first["rows"]


def test_another_model_reuses_floor_and_baselines(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = held_out_skill("persistence", 1, (1,), folder=run.folder, work=tmp_path)
    monkeypatch.setattr(heldout, "floor_run", lambda *_: pytest.fail("the floor was computed again"))
    second = held_out_skill("climatology", 1, (1,), folder=run.folder, work=tmp_path)
    for before, after in zip(first["rows"], second["rows"], strict=True):
        assert after["rmse"] == pytest.approx(after["climatology"], rel=1e-5)
        assert after["floor"] == before["floor"]


def test_starts_are_thirty_days_apart_and_keep_their_reference(run: Run) -> None:
    assert held_out_days(run, 10, 10) == [0, 30]
    assert held_out_days(run, 1, 10) == [0]
    with pytest.raises(InputError, match="a start needs 60 days of reference"):
        held_out_days(run, 1, 60)
