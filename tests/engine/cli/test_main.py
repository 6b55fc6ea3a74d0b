"""The command line: what it answers, how it fails, and that a failure writes nothing."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from typer.testing import CliRunner, Result

import engine.cli.request
import engine.forecasting.forecast
from engine.cli.main import app
from engine.runtime.errors import InputError, ModelError
from engine.stores import list_stores, open_store
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
    monkeypatch.setattr(engine.cli.request, "source_of", lambda *_: ToySource())
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", toy_load_model)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from engine.cli.main import main\n"
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
    assert line["precision"] == "float32" and line["precision_reason"]
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
    assert name in _goms("stores").stdout and "complete" in _goms("stores", "list").stdout
    listed = _last_line(_goms("stores", "list", "--json"))["stores"]
    assert [(store["identifier"], store["state"], store["leads"]) for store in listed] == [(name, "complete", 3)]
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

    monkeypatch.setattr(engine.forecasting.forecast, "load_model", missing)
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


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/disk/file"), 3, "free space (`goms stores` shows sizes)"),
        (OSError(errno.EROFS, "Read-only file system", "/disk/file"), 3, "choose another folder with --home"),
        (PermissionError(errno.EACCES, "Permission denied", "/disk/file"), 3, "change its permissions"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/disk/file"), 3, "check the path"),
        (OSError(errno.EIO, "Input/output error"), 3, "check the disk"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "n" * 300), 2, "shorten it"),
        (MemoryError(), 3, "close other programs"),
        (MemoryError("Unable to allocate 7.00 GiB for an array"), 3, "7.00 GiB"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), 3, "close other programs"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value)[:24],
)
def test_a_disk_or_memory_that_does_not_suffice_is_one_line_with_what_to_do(
    toy: None, private_home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(engine.forecasting.forecast, "load_model", failing)
    result = _goms(*FORECAST)
    assert result.exit_code == code and words in result.stderr
    assert result.stderr.startswith("goms: ") and result.stderr.count("\n") == 1 and len(result.stderr) < 500
    assert ("continue with --resume" in result.stderr) == (code == 3)


def test_a_fault_of_the_program_keeps_its_traceback(toy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", lambda *_: 1 / 0)
    assert isinstance(_goms(*FORECAST).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    "command",
    [
        ("ingest", "glorys", "day.nc"),
        ("eddies", "day.nc"),
        ("analyse", "--observations", "seen.csv", "--time", "2019-02-23"),
        ("verify", "some"),
        ("stores", "list"),
        ("sample", "build", "--days", "1", "--seed", "2"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device", "/disk/file"), KeyboardInterrupt()])
def test_no_command_advises_an_option_that_it_does_not_have(
    command: tuple[str, ...], error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    for place in (
        "engine.sources.guarded.take_in_guarded", "engine.cli.eddies.find_eddies", "engine.cli.analyse.analyse",
        "engine.cli.verify.verify_store", "engine.stores.list_stores", "sample_data.runs.build.build",
    ):  # fmt: skip
        monkeypatch.setattr(place, failing)
    result = _goms(*command)
    assert result.exit_code == (3 if isinstance(error, OSError) else 130)
    assert "run the command again" in result.stderr and "--resume" not in result.stderr


@pytest.mark.parametrize("inside", ["", "further/in"])
@pytest.mark.parametrize("command", [("stores",), FORECAST], ids=["stores", "forecast"])
def test_a_home_that_is_a_file_is_refused(tmp_path: Path, command: tuple[str, ...], inside: str) -> None:
    (tmp_path / "file").write_text("")
    result = _goms(*command, "--home", tmp_path / "file" / inside)
    assert result.exit_code == 2 and "is a file; expected a folder" in result.stderr, result.output


def test_the_home_of_nobody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMS_HOME", "~nobody-of-this-name/goms")
    assert "a user who is not known" in _goms("stores").stderr


@pytest.mark.usefixtures("toy")
def test_stores_take_home_and_json_with_and_without_the_word_list(tmp_path: Path) -> None:
    assert _goms(*FORECAST, "--home", tmp_path / "a").exit_code == 0
    found = [_last_line(_goms(*words, "--json", "--home", tmp_path / "a")) for words in (("stores",), ("stores", "list"))]
    assert found[0] == found[1] and len(found[0]["stores"]) == 1
    assert str(tmp_path / "b") in _goms("--home", tmp_path / "b", "stores").stdout


@pytest.mark.parametrize("factor", ["0", "7", "-8", "720"])
@pytest.mark.parametrize(
    "command",
    [
        ("forecast",),
        ("train",),
        ("verify", "--held-out", "persistence"),
        ("analyse", "--observations", "seen.csv", "--time", "2019-02-23"),
        ("sample", "build", "--days", "1", "--seed", "2"),
    ],
    ids=lambda command: command[0],
)
def test_a_grid_that_does_not_divide_is_refused(command: tuple[str, ...], factor: str, tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("time,lat,lon,depth,variable,value\n2019-02-23,30,-40,0,zos,0.1\n")
    result = _goms(*(tmp_path / word if word == "seen.csv" else word for word in command), "--grid-factor", factor)
    assert result.exit_code == 2, result.output
    assert f"grid factor is {factor}; expected a divisor of 720" in result.stderr


def test_files_given_to_a_source_that_reads_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="need --source observed"):
        engine.cli.request.source_of("sample", tmp_path / "a.nc", None, 8)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--train", "2000-01-01:2010-12-31", "--test", "2010-01-01:2012-12-31"), "share days"),
        (("--train", "2000 to 2010"), "expected two dates, such as 2000-01-01:2010-12-31"),
        (("--validation", "2011-01-01:2011-12-31"), "no period for training"),
        (("--head", "waves", "--train", "2000-01-01:2010-12-31"), "heads learn from runs of the sample ocean"),
        (("--forcing", "era5"), "--forcing got a store without --data"),
    ],
)
def test_days_of_a_training_that_contradict_are_refused_in_a_line(arguments: tuple[str, ...], words: str) -> None:
    result = _goms("train", *arguments)
    assert result.exit_code == 2 and words in result.stderr
