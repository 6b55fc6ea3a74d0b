"""Verification results on the page: what there is, what is drawn of it, and what of the disk is scored."""

from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis import skill
from app.charts.drawings.skill import SkillDrawing, SkillQuestion, draw_skill
from app.charts.skill import by_lead, by_wavelength, legend
from app.charts.skill_table import table
from app.jobs.queue import Jobs
from app.jobs.worker import perform
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from engine.runtime.errors import InputError
from engine.runtime.paths import verification_folder
from engine.schema.grid import Grid
from engine.verification.results import Result, keep_result, read_result
from tests.app.made_results import LEADS, made_result
from tests.app.made_stores import write_forecast


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def result() -> Result:
    return read_result(keep_result(made_result(("small", "fourcastnet"), 5)))


def drawn(name: str = "", variable: str = "zos", depth: float = 0.0, band: str = "14-64", on_disk: bool = False) -> SkillDrawing:
    return draw_skill(SkillQuestion("sample", "small", on_disk, name, variable, depth, band, "north_pacific"))


def test_a_file_that_is_no_result_is_passed_over_with_its_reason(result: Result) -> None:
    (verification_folder() / "other.json").write_text("{}")
    found = skill.listing()
    assert [each.name for each in found.results.values() if not each.shipped] == [result.name]
    assert "other.json is no verification result" in found.refused[0]
    made = drawn(f"own:{result.name}")
    assert made.result is not None and "other.json" in made.refused


def test_curves_are_the_scores_of_the_table_with_their_intervals_and_the_baselines_once(result: Result) -> None:
    cells = skill.cells(result, "zos", 0.0, "14-64")
    curves = skill.curves(cells, "rmse")
    assert list(curves) == ["small", "fourcastnet", "persistence", "damped", "climatology", "floor"]
    assert curves["small"].loc[10, "value"] == pytest.approx(0.1, rel=1e-5)
    assert curves["fourcastnet"].loc[10, "value"] == pytest.approx(0.12, rel=1e-5)
    assert (curves["small"]["low"] < curves["small"]["value"]).all() and (
        curves["small"]["value"] < curves["small"]["high"]
    ).all()
    assert list(curves["persistence"].columns) == ["value"], "no interval was computed for a baseline"
    assert curves["climatology"]["value"].tolist() == pytest.approx([0.2] * len(LEADS))
    assert skill.curves(cells, "bias")["small"].loc[20, "value"] == pytest.approx(0.02)


def test_one_start_has_no_interval_and_the_chart_no_band() -> None:
    single = read_result(keep_result(made_result(("small",), 1)))
    curves = skill.curves(skill.cells(single, "zos", 0.0, "14-64"), "rmse")
    assert curves["small"][["low", "high"]].isna().all(axis=None)
    kinds = [type(each).__name__ for each in by_lead(curves, ["small"], "RMSE", "m")]
    assert "Area" not in kinds and kinds.count("Curve") == len(curves)
    assert "(" not in table({"RMSE": curves}, {name: name for name in curves}, "Height").partition("<tbody>")[2]


def test_models_have_a_colour_each_and_baselines_dashes(result: Result) -> None:
    curves = skill.curves(skill.cells(result, "thetao", 100.0, "tropics"), "rmse")
    chart = by_lead(curves, result.models, "RMSE", "K", wanted=0.0)
    assert [type(each).__name__ for each in chart].count("Area") == 2
    shown = legend({name: name for name in curves}, result.models, "dark")
    assert shown.count("<svg") == len(curves)
    assert shown.count('stroke-dasharray=""') == 2, "the models alone have lines without gaps"
    spectrum = by_wavelength(skill.spectra(result, "north_pacific", "zos"), result.models, "Spectrum", "m2 km")
    assert len(list(spectrum)) == 4


def test_a_field_depth_or_band_that_was_not_scored_gives_the_nearest_that_was(result: Result) -> None:
    made = drawn(f"own:{result.name}", "speed", 50.0, "equatorial Pacific")
    assert made.chosen == ("zos", 0.0, "14-64")
    assert drawn(f"own:{result.name}", "so", 250.0).chosen == ("so", 300.0, "14-64")
    layers = drawn(f"own:{result.name}", "d20")
    assert layers.chosen == ("d20", 0.0, "equatorial Pacific") and len(layers.charts) >= 3


def test_everything_says_what_was_measured(result: Result) -> None:
    made = drawn(f"own:{result.name}")
    for words in ("5 starts", "240, 270", "training never saw", "720 x 1440", "0f0f0f0f0f0f", "made machine", "upper bound"):
        assert words in made.words
    text = skill.as_csv(Selection(skill=f"own:{result.name}")).decode()
    head, *rows = [line for line in text.splitlines() if not line.startswith("#")]
    assert "upper bound" in text and head.startswith("model,variable,depth,band,lead_days,rmse,low,high")
    assert len(rows) == len(skill.rows_of(result))


def test_the_table_holds_the_numbers_of_the_charts(result: Result) -> None:
    made = drawn(f"own:{result.name}")
    assert '<th scope="col">day 30</th>' in made.table and "RMSE (m)" in made.table and "Persistence" in made.table
    assert "0.1 <span" in made.table and "Sea surface height, 14-64 degrees" in made.table


def test_two_results_of_the_same_models_are_told_apart(result: Result) -> None:
    keep_result(made_result(("small", "fourcastnet"), 5), "second")
    labels = drawn().choices
    assert len(set(labels.values())) == len(labels) and labels["own:second"].endswith("(own:second)")


def test_with_nothing_scored_there_is_nothing_to_choose(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skill, "result_files", list)
    made = drawn()
    assert made.choices == {} and made.result is None and made.charts == []
    with pytest.raises(InputError, match="nothing is scored yet"):
        skill.as_csv(Selection())


def test_forecasts_with_a_whole_reference_are_scored_and_a_new_one_makes_the_result_old(
    services: Services, small_grid: Grid
) -> None:
    write_forecast(small_grid, days=5)
    assert skill.pairs_on_disk(services, "sample", "small") == (), "without a reference nothing is scored"
    write_forecast(small_grid, days=5, kind="reference", shift=3.0)
    services.stores.refresh()
    pairs = skill.pairs_on_disk(services, "sample", "small")
    assert len(pairs) == 1 and not skill.is_current(skill.disk_result("sample", "small"), pairs)
    asked_for = skill.request("sample", "small", pairs)
    perform({"kind": "skill", "source": "sample", "model": "small", "options": dict(asked_for.options)}, lambda *_: None, bool)
    found = skill.disk_result("sample", "small")
    assert found is not None and skill.is_current(found, pairs) and not found.shipped
    made = drawn(skill.DISK, on_disk=True)
    assert made.result is not None and "from sample day 0 (like 23 Feb)" in made.words
    assert np.isfinite(skill.cells(found, "zos", 0.0, "tropics")["small"]["rmse"]).all()
    write_forecast(small_grid, days=5, begin=5)
    write_forecast(small_grid, days=5, begin=5, kind="reference")
    services.stores.refresh()
    assert not skill.is_current(found, skill.pairs_on_disk(services, "sample", "small"))
    assert skill.pairs_on_disk(services, "sample", "persistence") == skill.pairs_on_disk(services, "store:x", "small") == ()
