"""Messages contain no type names of NumPy."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.style.colour_limits import colour_range
from engine.cli.main import app
from engine.diagnostics.particles import drift
from engine.diagnostics.sections import section
from engine.readers.tables.observed_table import read_observations
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.stores import AnalysisStore

ROW = "time,lat,lon,depth,variable,value\n{},{},{},{},{},{}\n"
TIME = np.datetime64("2019-02-23")


def _grid(lat: list[float], lon: list[float]) -> Grid:
    shape = (1, len(lat), len(lon))
    return Grid(np.array(lat), np.array(lon), np.array([0.0]), np.ones(shape, bool), np.ones(shape[1:]))


def _table(*cells: object) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "a.csv").write_text(ROW.format(*cells))
        return read_observations(folder / "a.csv", TIME)

    return read


PROVOKED: dict[str, Callable[[Path], object]] = {
    "latitude of a table": _table("2019-02-23", 95.5, 0, 0, "zos", 0.1),
    "value of a table": _table("2019-02-23", 9, 0, 0, "zos", 99.5),
    "variable of a table": _table("2019-02-23", 9, 0, 0, "x", 0.1),
    "latitude of a grid": lambda _: _grid([2.0, 1.0], [0.0, 1.0]),
    "longitude of a grid": lambda _: _grid([0.0, 1.0], [-1.0, 1.0]),
    "shape of a field": lambda _: Batch({"zos": np.zeros((2, 3))}, coarsened(8), TIME),
    "leads of a drift": lambda _: drift(None, coarsened(8), [0.0], [200.0], np.array([3, 2])),  # type: ignore[arg-type]
    "corner of a section": lambda _: section([(np.float64(95), np.float64(0)), (np.float64(0), np.float64(1))]),
    "corners of a section": lambda _: section([(np.float64(5), np.float64(6)), (np.float64(5), np.float64(6))]),
    "colour range": lambda _: colour_range(np.zeros(3), "fixed", (np.float64(3), np.float64(1))),
    "times of a store": lambda folder: AnalysisStore.create(folder / "a", coarsened(8), np.array([TIME, TIME]), {}),
}


@pytest.mark.parametrize("what", PROVOKED)
def test_no_type_of_numpy_is_named_in_a_refusal(what: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        PROVOKED[what](tmp_path)
    assert "np." not in str(refused.value) and "masked" not in str(refused.value)


def test_no_type_of_numpy_and_no_bracket_is_on_the_screen_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROW.format(TIME, 30, -40, 0, "zos", 0.1))
    words = ["analyse", "--observations", str(tmp_path / "a.csv"), "--time", str(TIME), "--grid-factor", "8"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "observations: thetao 0, so 0, uo 0, vo 0, zos 1" in done.stdout and "left out by flags: none" in done.stdout
    assert not any(sign in done.stdout for sign in ("np.", "{", "["))
