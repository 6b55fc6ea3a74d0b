"""`goms eddies`: what it reads, writes and refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from engine.cli.main import app
from engine.diagnostics.eddies import Eddies
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.stores import ForecastStore
from tests.engine.diagnostics.eddies.bumps import axes, bump


def _goms(*arguments: object) -> tuple[int, dict]:
    result = CliRunner().invoke(app, ["eddies", *map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout.splitlines()[-1])


@pytest.fixture
def altimetry(tmp_path: Path) -> Path:
    """Return a file of three days in which a bump drifts west."""
    lat, lon = axes(25, 45, 170, 190, 0.25)
    seas = np.stack([bump(lat, lon, 35, 180.2 - 0.1 * day, 0.3, 60e3) for day in range(3)])
    path = tmp_path / "sea.nc"
    days = np.datetime64("2019-02-23", "ns") + np.arange(3) * np.timedelta64(1, "D")
    xr.Dataset(
        {"adt": (("time", "latitude", "longitude"), seas, {"units": "m"})},
        {"time": days, "latitude": lat, "longitude": lon},
    ).to_netcdf(path)
    return path


def test_a_file_gives_tracks_that_a_reader_of_cf_can_open(altimetry: Path, tmp_path: Path) -> None:
    out = tmp_path / "tracks.nc"
    code, result = _goms(altimetry, "--out", out)
    assert code == 0
    assert (result["maps"], result["eddies"], result["anticyclonic"], result["tracks"]) == (3, 3, 3, 1)
    with xr.open_dataset(out) as data:
        assert data.track_index.values.tolist() == [0, 0, 0]
        assert data.time.values[2] == np.datetime64("2019-02-25")
        assert np.isnat(data.death.values[0])
        assert len(Eddies.from_dataset(data)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sea.nc", "tracks.nc"]


def test_csv_has_one_row_an_eddy_and_a_header(altimetry: Path, tmp_path: Path) -> None:
    out = tmp_path / "tracks.csv"
    assert _goms(altimetry, "--out", out)[0] == 0
    lines = out.read_text().splitlines()
    assert len(lines) == 4
    assert {"lon", "lat", "amplitude", "radius", "rotation", "track_index", "time"} <= set(lines[0].split(","))


def test_the_finished_days_of_a_store_are_read(tmp_path: Path) -> None:
    lat, lon = axes(25, 45, 170, 190, 0.25)
    grid = Grid(lat, lon, np.array([0.0]), np.ones((1, lat.size, lon.size), bool), np.full((lat.size, lon.size), 4000.0))
    start = np.datetime64("2019-06-23", "D")
    with ForecastStore.create(tmp_path / "run", grid, start, 3, {}, variables=("zos",)) as store:
        for lead in range(3):
            sea = bump(lat, lon, 35, 180.2, 0.3, 60e3).astype(np.float32)
            store.append(lead, Batch({"zos": sea}, grid, start + lead))
    code, result = _goms(tmp_path / "run")
    assert code == 0
    assert (result["maps"], result["eddies"], result["tracks"]) == (3, 3, 1)


def test_invalid_requests_end_with_code_2_and_write_nothing(altimetry: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    for arguments, word in (
        ((tmp_path / "none.nc",), "there is no store"),
        ((altimetry, "--out", tmp_path / "tracks.txt"), ".csv"),
        ((altimetry, "--out", altimetry), "there already"),
        ((altimetry, "--out", tmp_path / "nowhere" / "tracks.nc"), "folder"),
    ):
        code, result = _goms(*arguments)
        assert code == 2
        assert word in result["error"]
    assert sorted(tmp_path.iterdir()) == before
