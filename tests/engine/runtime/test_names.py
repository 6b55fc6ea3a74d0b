"""Names of stores: which names are accepted, and that no name leads out of the folder of stores."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.analysis.skill import disk_name
from engine.cli.main import app
from engine.runtime.errors import InputError
from engine.runtime.names import LONGEST_NAME, checked_name, plain_name

BAD = ["../../evil", "a/b", "/tmp/evil", "..", ".hidden", "", " ", "a b", "a\\b", "x\0y", "-x", "<b>", "a\n", "é", "n" * 121]


@pytest.mark.parametrize("name", ["a", "box_2014-03.1", "_x", "7", "n" * LONGEST_NAME])
def test_letters_digits_dots_dashes_and_underscores_make_a_name(name: str) -> None:
    assert checked_name(name, "store") == name


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_leads_elsewhere_hides_or_is_too_long_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError, match="name of the store is") as refused:
        checked_name(name, "store")
    assert len(str(refused.value)) < 300 and "\n" not in str(refused.value)


@pytest.mark.parametrize("text", BAD)
def test_any_text_becomes_an_accepted_name(text: str) -> None:
    assert checked_name(plain_name(text), "store")


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "n" * 300])
@pytest.mark.parametrize(
    "command",
    [
        ("ingest", "glorys", "none.nc", "--name"),
        ("analyse", "--observations", "none.csv", "--time", "2019-02-23", "--out"),
        ("train", "--grid-factor", "8", "--preset"),
        ("train", "--grid-factor", "8", "--head"),
        ("forecast", "--grid-factor", "8", "--model"),
        ("forecast", "--grid-factor", "8", "--source"),
        ("stores", "delete"),
    ],
    ids=lambda command: " ".join(command),
)
def test_no_command_takes_a_name_that_leads_out_of_its_folder(command: tuple[str, ...], name: str, private_home: Path) -> None:
    done = CliRunner().invoke(app, [*command, name])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output and isinstance(done.exception, SystemExit)
    assert [path for path in private_home.rglob("*") if path.is_file()] == []


def test_the_result_of_a_source_with_a_slash_stays_in_the_folder_of_results() -> None:
    assert "/" not in disk_name("../../evil", "small")
