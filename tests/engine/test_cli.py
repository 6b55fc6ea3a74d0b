"""The command line: what it answers, how it fails, and that a failure writes nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from typer.testing import CliRunner, Result

import engine.commands.request
import engine.forecast
from engine.cli import app
from engine.errors import InputError, ModelError
from engine.store import list_stores, open_store
from tests.engine.toy import ToySource, toy_load_model

FORECAST = ("forecast", "--init", "2019-06-23", "--days", "2", "--grid-factor", "8")


def _goms(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _last_line(result: Result) -> dict:
    return json.loads(result.stdout.splitlines()[-1])


def _written(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.commands.request, "source_of", lambda *_: ToySource())
    monkeypatch.setattr(engine.forecast, "load_model", toy_load_model)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from engine.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'numpy', 'torch', 'zarr', 'xarray'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    for command in ("app", "forecast", "ingest", "train", "verify", "sample", "stores"):
        assert f"  {command} " in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.usefixtures("toy")
def test_a_forecast_ends_with_one_line_of_json_that_names_its_store() -> None:
    result = _goms(*FORECAST, "--json")
    assert result.exit_code == 0, result.output
    line = _last_line(result)
    assert line["days"] == 2 and line["seconds"] > 0
    store = open_store(line["folder"])
    assert store.complete and store.identifier == line["store"]


@pytest.mark.usefixtures("toy")
def test_the_home_option_moves_everything(tmp_path: Path, private_home: Path) -> None:
    before = os.environ["GOMS_HOME"]
    for place, arguments in (("a", ("--home", tmp_path / "a", *FORECAST)), ("b", (*FORECAST, "--home", tmp_path / "b"))):
        assert _goms(*arguments).exit_code == 0
        assert len(list_stores(tmp_path / place / "stores")) == 1
    assert _written(Path(before)) == []


@pytest.mark.usefixtures("toy")
def test_stores_are_listed_and_deleted() -> None:
    assert "no stores" in _goms("stores").stdout
    name = _last_line(_goms(*FORECAST, "--json"))["store"]
    assert name in _goms("stores").stdout and "whole" in _goms("stores", "list").stdout
    listed = _last_line(_goms("stores", "list", "--json"))["stores"]
    assert [(store["identifier"], store["state"], store["leads"]) for store in listed] == [(name, "whole", 3)]
    assert _last_line(_goms("stores", "delete", name, "--json")) == {"deleted": name}
    assert list_stores() == []
    assert _goms("stores", "delete", name).exit_code == 2


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--init", "yesterday"), "expected a date such as"),
        (("--init", "2031-01-01"), "has no day 2031-01-01; it has 2019-01-01 to 2019-12-31"),
        (("--init", "4000"), "has no day 4000; it has sample days"),
        (("--days", "0"), "expected 1 to 365"),
        (("--model", "huge"), "expected one of small"),
    ],
)
def test_a_bad_request_is_one_readable_line_exit_code_2_and_nothing_written(
    private_home: Path, arguments: tuple[str, str], words: str
) -> None:
    result = _goms(*FORECAST, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr and result.stderr.count("\n") == 1 and result.stderr.startswith("goms: ")
    assert "Traceback" not in result.output and _written(private_home) == []


@pytest.mark.usefixtures("toy")
def test_a_sample_day_is_counted_from_the_day_of_the_altimetry() -> None:
    result = _goms(*FORECAST, "--init", "120", "--json")
    assert "20190623" in _last_line(result)["store"]


def test_a_failed_model_is_exit_code_3_and_under_json_the_last_line_says_why(
    toy: None, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelError("weights of 'small' are not in assets/weights")

    monkeypatch.setattr(engine.forecast, "load_model", missing)
    result = _goms(*FORECAST, "--json")
    assert result.exit_code == 3 and _written(private_home) == []
    assert _last_line(result) == {"error": "weights of 'small' are not in assets/weights", "exit_code": 3}


@pytest.mark.parametrize("content", ["absent", "text", "truncated", "other"])
def test_a_bad_altimetry_file_is_exit_code_2_and_nothing_written(tmp_path: Path, private_home: Path, content: str) -> None:
    path = tmp_path / "altimetry.nc"
    if content == "text":
        path.write_text("not a NetCDF file")
    elif content in ("truncated", "other"):
        with netCDF4.Dataset(path, "w") as data:
            data.createDimension("latitude", 40)
            data.createVariable("latitude", "f4", ("latitude",))[:] = np.arange(40)
            data.createVariable("temperature", "f8", ("latitude",))[:] = np.arange(40)
        if content == "truncated":
            path.write_bytes(path.read_bytes()[:3000])
    result = _goms("forecast", "--source", "observed", "--altimetry", path, "--model", "persistence", "--grid-factor", "8")
    assert result.exit_code == 2, result.output
    assert str(path) in result.stderr and "Traceback" not in result.output
    assert _written(private_home) == []


@pytest.mark.parametrize("kind", ["hycom", "glorys", "mercator"])
def test_a_bad_file_to_ingest_is_exit_code_2_and_nothing_written(tmp_path: Path, private_home: Path, kind: str) -> None:
    path = tmp_path / "day.nc"
    path.write_bytes(b"CDF\x01 nothing more")
    result = _goms("ingest", kind, path)
    assert result.exit_code == 2 and _written(private_home) == []
    assert (str(path) if kind != "mercator" else "expected one of hycom, glorys") in result.stderr


def test_files_given_to_a_source_that_reads_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="need --source observed"):
        engine.commands.request.source_of("sample", tmp_path / "a.nc", None, 8)
