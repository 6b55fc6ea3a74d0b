"""The wheel alone, away from the checkout: it holds all that the program reads, forecasts, and serves the page and its map."""

import json
import subprocess
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from urllib.request import urlopen

import pytest

from engine.runtime.paths import REPOSITORY
from tests.packaging.wheel import PACKAGES, Environment, build_wheel, empty_environment, install
from tests.serving import serving
from tests.waiting import PATIENCE

LEFT_OUT = ("assets/weights/*_loss.png", "sample_data/calibration/*.csv", "sample_data/calibration/*.[jp][pn]g", "*/README.md")
"""Files that no part of the program reads: how trainings went, and how the sample ocean was calibrated."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = empty_environment(tmp_path_factory.mktemp("installed"))
    for package in PACKAGES:
        with pytest.raises(subprocess.CalledProcessError):
            environment.run("python", "-c", f"import {package}")
    install(wheel, environment)
    return environment


def test_the_wheel_holds_every_file_that_the_program_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = (path for package in PACKAGES for path in (REPOSITORY / package).rglob("*") if path.is_file())
    expected = {path.relative_to(REPOSITORY).as_posix() for path in files if path.parent.name != "__pycache__"}
    assert held == {name for name in expected if not any(fnmatch(name, pattern) for pattern in LEFT_OUT)}


def test_the_wheel_is_all_that_is_imported_of_the_program(installed: Environment) -> None:
    names = ", ".join(PACKAGES)
    found = installed.run("python", "-c", f"import json, {names}; print(json.dumps([each.__file__ for each in ({names})]))")
    assert [Path(file).is_relative_to(installed.folder) for file in json.loads(found)] == [True] * len(PACKAGES)


def test_the_wheel_alone_forecasts_a_day_and_serves_its_map(installed: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    result = json.loads(installed.run("goms", "forecast", "--days", "1", "--json"))
    assert result["days"] == 1
    command = [str(installed.scripts / "goms"), "app", "--port", "0", "--no-first-run"]
    with serving(command, start_in=installed.folder / "empty") as served:
        assert b"GOMS Explorer" in urlopen(served.url, timeout=PATIENCE).read()
        view = "south=-80&north=90&west=20&east=380&width=180&height=90&revision=1"
        answer = urlopen(f"{served.url}/frames/{result['store']}/thetao/0/0,1?{view}", timeout=PATIENCE)
        assert len(answer.read()) > 10_000
