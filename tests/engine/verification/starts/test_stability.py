"""Long rollouts: what is called finite, inside and lively."""

from pathlib import Path

import numpy as np
import pytest

from engine.physics.displaced_state import climatology
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.verification.starts.options import ScoringOptions
from engine.verification.starts.stability import compared_leads, inspect, stability
from sample_data.held_out import SampleHeldOut
from sample_data.runs.run import Run

START = np.datetime64("2019-03-01")


def changed(grid: Grid, name: str, value: float) -> Batch:
    """Return climatology with one wet cell of the last level that has one set to `value`."""
    seasonal_mean = climatology(grid, START)
    field = seasonal_mean[name].copy()
    field[tuple(np.argwhere(np.isfinite(field))[-1])] = value
    return seasonal_mean.with_fields(**{name: field})


def test_climatology_is_finite_and_inside_its_ranges(small_grid: Grid) -> None:
    finite, inside, extremes = inspect(climatology(small_grid, START))
    assert finite
    assert inside
    assert -3 < extremes["thetao"][0] < extremes["thetao"][1] < 40


def test_one_wet_cell_without_a_number_is_enough_to_fail(small_grid: Grid) -> None:
    assert not inspect(changed(small_grid, "so", np.nan))[0]
    assert not inspect(changed(small_grid, "uo", np.inf))[0]


def test_one_wet_cell_too_warm_is_finite_but_outside(small_grid: Grid) -> None:
    finite, inside, extremes = inspect(changed(small_grid, "thetao", 41.0))
    assert finite
    assert not inside
    assert extremes["thetao"][1] == 41


def test_a_rollout_is_compared_on_its_first_every_fifth_and_last_day() -> None:
    assert compared_leads(12) == [1, 5, 10, 12]


def test_persistence_is_stable_and_climatology_has_no_energy(run: Run, tmp_path: Path) -> None:
    found = stability(["persistence", "climatology"], SampleHeldOut(run, run.grid), 6, 2, options=ScoringOptions(work=tmp_path))
    for name in ("persistence", "climatology"):
        assert (found["models"][name]["finite"], found["models"][name]["inside"]) == (2, 2)
    assert found["models"]["climatology"]["energy_most"] == pytest.approx(0, abs=1e-9)
    assert not found["models"]["climatology"]["energy_kept"]
    ours = [row for row in found["rows"] if row["model"] == "persistence" and row["band"] == "14-64"]
    assert [row["lead_days"] for row in ours] == [1, 5, 6]
    for row in ours:
        assert row["zos_rmse"] == pytest.approx(row["zos_persistence"], rel=1e-5)
        assert row["least"] <= row["ratio"] <= row["most"]
