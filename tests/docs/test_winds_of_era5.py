"""The recipe for the winds of ERA5: its commands, one after the other, on small files with the names that it has."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import engine.forecasting.forecast
from engine.cli.main import app
from engine.runtime.paths import stores_folder
from engine.stores import open_store
from tests.app.made_stores import write_analysis
from tests.docs.pages import DOCS, code_blocks
from tests.engine.readers.atmosphere import air_files as files
from tests.engine.toy import toy_load_model


def test_the_commands_of_the_recipe_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", toy_load_model)
    monkeypatch.chdir(tmp_path)
    (stores_folder() / write_analysis(files.CELLS, days=1)).rename(stores_folder() / "hycom__global")
    hours = files.hours(71)
    files.new(Path("era5_1.nc"), hours[:24])
    files.two_members(Path("era5_2.nc"), hours[24:48])
    files.old(Path("later_3.nc"), hours[48:])
    [block] = code_blocks(DOCS / "recipes" / "winds-of-era5.md", "sh")
    said = []
    for line in block.splitlines():
        words = [sorted(map(str, Path().glob(word))) if "*" in word else [word] for word in shlex.split(line)[1:]]
        arguments = [each for several in words for each in several]
        coarse = ["--grid-factor", "40"] if arguments[0] == "forecast" else []
        result = CliRunner().invoke(app, [*arguments, *coarse])
        said.append(result.output)
        assert result.exit_code == 0, result.output
    assert "note: 2019-02-27 is missing (u10): u10 of 2019-02-27 has 23 of 24 hours" in said[1]
    assert "forcing until: 1" in said[2] and "forcing kind: reanalysis" in said[2]
    assert open_store(stores_folder() / "air").grid.shape == (720, 1440)
