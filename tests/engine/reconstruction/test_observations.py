"""The table of observations: what is no ocean's is refused at once, with the row and a way out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.errors import InputError
from engine.grid import Grid
from engine.reconstruction.observations import Observations, observations_of, read_observations
from engine.reconstruction.superobservations import at_surface, profiles
from tests.engine.toy import toy_batch

TIME = np.datetime64("2019-02-23T12:00:00")
GOOD = {"time": "2019-02-23T06:00", "lat": 30.0, "lon": -40.0, "depth": 0.0, "variable": "zos", "value": 0.1}


def _file(folder: Path, *rows: dict) -> Path:
    path = folder / "seen.csv"
    pd.DataFrame(list(rows)).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"variable": "sst"}, "variable is 'sst'"),
        ({"lat": 95}, "-90 to 90"),
        ({"lon": 400}, "-180 to 360"),
        ({"depth": -10}, "positive down"),
        ({"variable": "thetao", "value": 288.0}, "kelvin"),
        ({"value": 12.0}, "-5 to 5 m for zos"),
        ({"value": "high"}, "a number"),
        ({"value": ""}, "a number"),
        ({"time": "yesterday"}, "a date such as"),
        ({"time": "2019-05-01"}, "within 15 days"),
    ],
)
def test_an_impossible_row_is_refused_with_its_number(tmp_path: Path, change: dict, words: str) -> None:
    with pytest.raises(InputError, match="row 2 of 2") as refused:
        read_observations(_file(tmp_path, GOOD, {**GOOD, "lat": 31.0, **change}), TIME)
    assert words in str(refused.value)


def test_missing_columns_and_rows_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks depth"):
        read_observations(_file(tmp_path, {k: v for k, v in GOOD.items() if k != "depth"}), TIME)
    empty = tmp_path / "empty.csv"
    empty.write_text("time,lat,lon,depth,variable,value\n")
    with pytest.raises(InputError, match="no rows"):
        read_observations(empty, TIME)
    with pytest.raises(InputError, match="there is no file"):
        read_observations(tmp_path / "none.csv", TIME)
    (tmp_path / "table.txt").write_text("x")
    with pytest.raises(InputError, match=r"expected \.csv or \.nc"):
        read_observations(tmp_path / "table.txt", TIME)
    (tmp_path / "broken.nc").write_bytes(b"no netcdf")
    with pytest.raises(InputError, match="cannot be read"):
        read_observations(tmp_path / "broken.nc", TIME)


def test_the_same_row_twice_is_refused_also_with_another_value(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one value for a variable"):
        read_observations(_file(tmp_path, GOOD, {**GOOD, "value": 0.2}), TIME)


def test_csv_and_netcdf_tell_the_same(tmp_path: Path) -> None:
    first = read_observations(_file(tmp_path, GOOD, {**GOOD, "variable": "thetao", "value": 20.0, "depth": 10}), TIME)
    assert first.lon.tolist() == [320.0, 320.0]
    assert first.days.tolist() == [-0.25, -0.25]
    assert first.error.tolist() == [0.02, 0.02]
    path = tmp_path / "seen.nc"
    first.table(TIME).rename_axis("observation").to_xarray().to_netcdf(path)
    second = read_observations(path, TIME)
    for name in Observations.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_means_by_cell_weigh_by_error_and_skip_land(small_grid: Grid) -> None:
    row, column = 40, 100
    assert small_grid.wet_surface[row, column]
    lat, lon = small_grid.lat[row], small_grid.lon[column]
    land = np.argwhere(~small_grid.wet_surface)[0]
    seen = Observations(
        np.zeros(3),
        np.array([lat, lat + 0.2, small_grid.lat[land[0]]]),
        np.array([lon, lon + 0.2, small_grid.lon[land[1]]]),
        np.zeros(3),
        np.full(3, "zos"),
        np.array([0.1, 0.4, 9.0]),
        np.array([0.01, 0.02, 0.01]),
    )
    found = at_surface(seen, small_grid, np.zeros(small_grid.shape))
    assert (found.rows.tolist(), found.columns.tolist()) == ([row], [column])
    assert found.values[0, 0] == pytest.approx((0.1 * 4 + 0.4) / 5)
    assert found.noise[0] == pytest.approx(1 / (1e4 + 2500))


def test_a_profile_is_linear_between_its_depths_and_not_continued(small_grid: Grid) -> None:
    lat, lon = small_grid.lat[40], small_grid.lon[100]
    depth = np.array([4.0, 14.0, 60.0])
    seen = Observations(
        np.zeros(3), np.full(3, lat), np.full(3, lon), depth, np.full(3, "thetao"), 20 - depth / 10, np.full(3, 0.02)
    )
    spots, found = profiles(seen, small_grid)
    assert len(spots) == 1
    expected = np.where((small_grid.depth >= 4) & (small_grid.depth <= 60), 20 - small_grid.depth / 10, np.nan)
    np.testing.assert_allclose(found["thetao"][0], expected)


def test_a_state_on_a_grid_becomes_one_observation_a_value(small_grid: Grid) -> None:
    batch = toy_batch(small_grid, TIME)
    seen = observations_of(batch)
    assert len(seen) == sum(int(np.isfinite(field).sum()) for field in batch.fields.values())
    spots, found = profiles(seen, small_grid)
    np.testing.assert_array_equal(found["so"].T, batch["so"][:, spots.rows, spots.columns].astype(np.float64))
