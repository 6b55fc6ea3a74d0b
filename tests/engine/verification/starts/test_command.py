"""`goms verify` on held-out starts: tables, JSON, a page, and what it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.runtime.paths import runs_folder
from engine.verification.results import read_result
from sample_data.runs.run import Run


@pytest.fixture
def held_out(run: Run, private_home: Path) -> None:
    runs_folder().mkdir(parents=True)
    (runs_folder() / "seed-1").symlink_to(run.folder)


@pytest.mark.usefixtures("held_out")
def test_models_are_scored_side_by_side_and_the_page_needs_no_other_file(tmp_path: Path) -> None:
    arguments = ["verify", "--held-out", "persistence", "--held-out", "climatology", "--starts", "1", "--grid-factor", "8"]
    page = tmp_path / "skill.html"
    result = CliRunner().invoke(app, [*arguments, "--stability", "5", "--report", str(page), "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout.splitlines()[-1])
    assert {row["model"] for row in found["rows"]} == {"persistence", "climatology"}
    assert found["stability"]["models"]["persistence"]["finite"] == 1
    kept = read_result(Path(found["kept"]))
    assert kept.models == ["persistence", "climatology"] and kept.tables["rows"] == found["rows"] and kept.tables["machine"]
    text = page.read_text()
    assert "Rollouts of 5 days" in text
    assert text.count("<svg") == text.count("</svg>") == 8
    assert "src=" not in text
    assert page.stat().st_size < 1.5e6
    # All is kept by now: the second call only prints.
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 0, again.output
    assert "Not ahead in acc" in again.stdout


@pytest.mark.parametrize("arguments", [[], ["a-store", "--held-out", "small"]])
def test_neither_or_both_of_a_store_and_a_model_are_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["verify", *arguments])
    assert result.exit_code == 2
    assert "needs either the name of a forecast store" in result.output
