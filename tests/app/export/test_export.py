"""Exports of made stores: what a file says must be what the stores say, in words that are honest."""

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from app.export.http import Export
from app.jobs import Jobs
from app.mean_ocean import prepare
from app.services import Options, Services
from engine.errors import InputError
from engine.grid import Grid
from engine.paths import stores_folder
from engine.progress import no_progress
from engine.store import open_store
from tests.app.made_stores import write_analysis, write_forecast

ADDRESS = {"variable": "thetao", "depth": "100.0", "lead": "2", "lat": "35", "lon": "150", "span": "60"}


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


@pytest.fixture
def forecast(services: Services, small_grid: Grid) -> str:
    write_forecast(small_grid, days=3, kind="reference", shift=0.5)
    return write_forecast(small_grid, days=3)


def _texts(svg: bytes) -> str:
    return " ".join("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text"))


def test_a_figure_says_what_when_whence_and_that_it_is_a_simulation(services: Services, forecast: str) -> None:
    said = _texts(Export(services, ADDRESS).file("map.svg")[0])
    for words in ("Temperature at 100 m (°C)", "GOMS small", "day 2", "sample day 2", "sample ocean", "not for navigation"):
        assert words in said


def test_a_comparison_has_three_maps_and_the_difference_its_own_colours(services: Services, forecast: str) -> None:
    said = _texts(Export(services, ADDRESS | {"compare": "reference"}).file("map.svg")[0])
    assert "Reference (sample run)" in said and "GOMS small minus Reference (sample run)" in said


def test_a_picture_is_a_png_of_the_whole_view(services: Services, forecast: str) -> None:
    body, media_type = Export(services, ADDRESS).file("map.png")
    drawn = imageio.imread(io.BytesIO(body))
    assert media_type == "image/png" and drawn.shape[1] == 1600 and drawn.shape[0] > 700
    assert len(np.unique(drawn[..., :3].reshape(-1, 3), axis=0)) > 100


@pytest.mark.parametrize("ending", ["mp4", "gif"])
def test_a_film_has_a_picture_for_every_day_and_they_move(services: Services, forecast: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"loop.{ending}"
    path.write_bytes(Export(services, ADDRESS).file(f"loop.{ending}")[0])
    pictures = imageio.imread(path, index=None if ending == "gif" else ...)
    assert pictures.shape[0] == 4
    assert np.abs(pictures[1].astype(int) - pictures[0]).mean() > 0.1


def test_a_netcdf_file_holds_the_numbers_of_the_store_and_says_what_they_are(
    services: Services, forecast: str, tmp_path: Path
) -> None:
    path = tmp_path / "data.nc"
    path.write_bytes(Export(services, ADDRESS).file("data.nc")[0])
    with xr.open_dataset(path) as found:
        store = open_store(stores_folder() / forecast)
        assert found.sizes["time"] == 4 and found.thetao.attrs["units"] == "degC"
        assert found.thetao.attrs["standard_name"] == "sea_water_potential_temperature"
        assert "sample ocean" in found.attrs["comment"] and found.attrs["Conventions"].startswith("CF")
        row, column = store.grid.nearest(35, 151)
        here = found.thetao.sel(lat=35, lon=151, method="nearest")
        np.testing.assert_allclose(here, store.loop("thetao", 7)[:, row, column], rtol=1e-6)
        assert found.lon.min() >= 120 and found.lon.max() <= 180


def test_a_view_across_the_prime_meridian_comes_in_one_piece(services: Services, forecast: str) -> None:
    export = Export(services, ADDRESS | {"lon": "0", "lat": "0"})
    from app.export.data import dataset

    found = dataset(services, export.scene, export.extent)
    assert np.diff(found.lon).max() == pytest.approx(2) and found.sizes["lon"] == 30


def test_a_zarr_store_of_a_comparison_holds_both_on_their_own_cells(services: Services, small_grid: Grid, tmp_path: Path) -> None:
    write_forecast(small_grid, days=5)
    rows, columns = np.flatnonzero(np.abs(small_grid.lat - 30) < 12), np.flatnonzero(np.abs(small_grid.lon - 150) < 12)
    wet = small_grid.wet[:, rows][:, :, columns]
    box = Grid(small_grid.lat[rows], small_grid.lon[columns], small_grid.depth, wet, small_grid.deptho[np.ix_(rows, columns)])
    other = write_analysis(box, days=2)
    export = Export(services, ADDRESS | {"compare": f"store:{other}", "span": "80"})
    path = tmp_path / "data.zarr.zip"
    path.write_bytes(export.file("data.zarr.zip")[0])
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "data.zarr")
    with xr.open_zarr(tmp_path / "data.zarr", consolidated=False) as found:
        assert {"thetao", "thetao_compared"} <= set(found.data_vars)
        assert found.lat_compared.size == rows.size < found.lat.size


def test_a_table_has_a_row_for_every_cell_with_water(services: Services, forecast: str) -> None:
    table = pd.read_csv(io.BytesIO(Export(services, ADDRESS).file("data.csv")[0]))
    assert {"time", "lat", "lon", "thetao"} <= set(table.columns)
    assert table.thetao.notna().all() and table.time.nunique() == 4


def test_a_point_is_a_table_of_days_and_depths_for_all_that_is_shown(services: Services, forecast: str) -> None:
    arguments = ADDRESS | {"compare": "reference", "point_lat": "35", "point_lon": "150"}
    body = Export(services, arguments).file("point.csv")[0]
    assert b"# Temperature" in body and b"sample ocean" in body
    table = pd.read_csv(io.BytesIO(body), comment="#")
    assert len(table) == 4 * 15 and {"date", "lead", "depth", "GOMS small", "Reference (sample run)"} == set(table.columns)
    store = open_store(stores_folder() / forecast)
    assert table["GOMS small"][17] == pytest.approx(store.point("thetao", 35, 150)[1, 2], abs=1e-3)


@pytest.mark.parametrize("quantity", ["value", "anomaly", "change"])
def test_the_script_makes_the_same_field(services: Services, forecast: str, quantity: str) -> None:
    store = open_store(stores_folder() / forecast)
    prepare(store.grid, np.array([store.valid_time(lead) for lead in store.leads]), no_progress, lambda: False)
    export = Export(services, ADDRESS | {"quantity": quantity})
    script = export.file("view.py")[0].decode()
    made: dict[str, object] = {}
    exec(compile(script, "view.py", "exec"), made)
    expected = services.open_reader(forecast).read("thetao" if quantity == "value" else f"thetao_{quantity}", 2, 7)
    np.testing.assert_allclose(made["field"], expected, atol=2e-2)
    assert "sample ocean" in script.lower() and type(made["image"]).__name__ == "Image"


def test_a_field_that_the_page_computes_has_no_script(services: Services, forecast: str) -> None:
    with pytest.raises(InputError, match="choose a forecast"):
        Export(services, ADDRESS | {"model": "persistence"}).file("view.py")


def test_what_cannot_be_saved_is_said(services: Services, forecast: str) -> None:
    with pytest.raises(InputError, match=r"no export 'map\.bmp'"):
        Export(services, ADDRESS).file("map.bmp")
    with pytest.raises(InputError, match="variable is 'salt'"):
        Export(services, ADDRESS | {"variable": "salt"})
    with pytest.raises(InputError, match="lat is '95'"):
        Export(services, ADDRESS | {"lat": "95"})


def test_before_the_first_day_there_is_nothing_to_save(services: Services) -> None:
    with pytest.raises(InputError, match="nothing can be saved yet"):
        Export(services, ADDRESS)
