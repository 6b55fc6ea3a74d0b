"""Exports of made stores: what a file says must be what the stores say, in words that are honest."""

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from app.data.climatology_cache import prepare
from app.export.http import Export, patterns
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.nearest_address import shown_instead
from app.state.scene_builder import build_scene
from app.state.selection import ADDRESS as ADDRESS_KEYS
from app.state.selection import from_address
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.runtime.progress import no_progress
from engine.schema.grid import Grid
from engine.stores import open_store
from tests.app import made_stores
from tests.app.asking import ask
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


@pytest.mark.parametrize("name", ["map.png", "view.py"])
def test_a_day_that_the_map_lacks_is_refused_and_no_other_is_saved_in_its_place(
    services: Services, small_grid: Grid, name: str
) -> None:
    write_forecast(small_grid, days=3, kind="reference")
    write_forecast(small_grid, days=3, finished=1)
    with pytest.raises(InputError, match="nothing for day 2; expected one of its 2 days from 0 to 1"):
        Export(services, ADDRESS | {"compare": "reference"}).file(name)
    assert Export(services, ADDRESS | {"lead": "1", "compare": "reference"}).file(name)[0]


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
    expected = services.readers.display(forecast).read("thetao" if quantity == "value" else f"thetao_{quantity}", 2, 7)
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


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"variable": "swh"}, "variable is 'swh'; expected one that is there"),
        ({"variable": "banana"}, "variable is 'banana'"),
        ({"start": "2031-01-01"}, "start is '2031-01-01'; expected a start of sample"),
        ({"start": "31.12.2019"}, "start is '31.12.2019'"),
        ({"model": "banana"}, "model is 'banana'; expected one of"),
        ({"source": "banana"}, "source is 'banana'"),
        ({"compare": "banana"}, "comparison 'banana' is unknown"),
        ({"lead": "99"}, "lead is '99'; expected a day that is there, 0 to 3"),
        ({"lead": "[" * 5000}, "lead is"),
        ({"range": "banana"}, "range is 'banana'"),
        ({"range": "fixed", "low": "30", "high": "1"}, "range is 'fixed'; expected low below high"),
        ({"range": "fixed"}, "range is 'fixed'; expected low below high"),
        ({"range": "fixed", "low": "NaN", "high": "1"}, "low is 'NaN'"),
        ({"range": "log"}, "range is 'log'"),
        ({"lat": "NaN"}, "lat is 'NaN'"),
        ({"span": "Infinity"}, "span is 'Infinity'"),
        ({"chart": "banana"}, "chart is 'banana'"),
        ({"depth": "123"}, "depth is '123'"),
        ({"region": "atlantis"}, "region is 'atlantis'"),
    ],
    ids=lambda value: "&".join(f"{k}={v[:12]}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_what_is_asked_for_and_not_there_is_refused_and_nothing_else_saved(
    services: Services, forecast: str, asked: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError) as refused:
        Export(services, ADDRESS | asked)
    assert words in str(refused.value) and len(str(refused.value)) < 600


def test_a_level_that_a_store_does_not_have_is_not_another_one(services: Services, small_grid: Grid) -> None:
    surface = Grid(small_grid.lat, small_grid.lon, small_grid.depth[:1], small_grid.wet[:1], small_grid.deptho)
    address = ADDRESS | {"source": f"store:{write_analysis(surface, days=3)}"}
    assert Export(services, address | {"depth": "0"}).lead == 2
    with pytest.raises(InputError, match=r"depth is '100\.0'; expected a level that is there, 0"):
        Export(services, address)


def test_the_page_tells_the_save_menu_what_it_shows_instead(services: Services, forecast: str) -> None:
    given = ADDRESS | {"variable": "swh", "lead": "99", "range": "log", "chart": "axis"}
    selection = from_address(given)
    instead = shown_instead(selection, services, build_scene(selection, services))
    found = {ADDRESS_KEYS[name]: str(value) for name, (value, _) in instead.items()}
    assert found == {"variable": "thetao", "lead": "0", "range": "auto", "chart": "point"}
    assert Export(services, given | found).file("map.png")[1] == "image/png"


def test_a_region_alone_is_the_view_that_the_page_would_have(services: Services, forecast: str) -> None:
    south, north, west, east = Export(services, {"region": "kuroshio"}).extent
    assert west > 110 and east < 190 and south > 10 and north < 60


@pytest.mark.parametrize("start", ["1600-02-23", "2300-02-23"])
def test_days_that_nanoseconds_cannot_hold_are_written_right(
    services: Services, small_grid: Grid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, start: str
) -> None:
    monkeypatch.setattr(made_stores, "START", np.datetime64(start, "D"))
    export = Export(services, {"source": f"store:{write_analysis(small_grid, days=2)}", "lat": "35", "lon": "150", "span": "20"})
    days = [str(np.datetime64(start, "D") + day) for day in (2, 3)]
    (tmp_path / "a.nc").write_bytes(export.file("data.nc")[0])
    with zipfile.ZipFile(io.BytesIO(export.file("data.zarr.zip")[0])) as archive:
        archive.extractall(tmp_path / "a.zarr")
    seconds = xr.coders.CFDatetimeCoder(time_unit="s")
    for path, engine in ((tmp_path / "a.nc", "netcdf4"), (tmp_path / "a.zarr", "zarr")):
        with xr.open_dataset(path, engine=engine, decode_times=seconds) as found:
            assert [str(day)[:10] for day in found.time.values] == days
    for name, column in (("data.csv", "time"), ("point.csv", "date")):
        table = pd.read_csv(io.BytesIO(export.file(name)[0]), comment="#")
        assert sorted(set(table[column].str[:10])) == days


def test_a_label_of_a_store_stays_text_in_the_script(services: Services, forecast: str) -> None:
    export = Export(services, ADDRESS)
    export.scene.panels[0] = replace(export.scene.panels[0], title='x"""\nraise SystemExit\n"""')
    script = export.file("view.py")[0].decode()
    assert script.splitlines()[2] == "import xarray as xr" and "raise SystemExit" in script.splitlines()[0]


def test_before_the_first_day_there_is_nothing_to_save(services: Services) -> None:
    with pytest.raises(InputError, match="nothing can be saved yet"):
        Export(services, ADDRESS)


def test_over_http_a_wrong_address_is_400_and_a_full_disk_507_each_with_one_sentence(
    services: Services, forecast: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/view.nc")

    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("app.export.data.saved", full)
    monkeypatch.setattr("app.export.picture.picture", too_much)
    paths = ["map.png?variable=swh", "skill.csv?skill=banana", "data.nc?variable=thetao", "map.png?variable=thetao"]
    answers = ask(patterns(services), [f"/export/{path}" for path in paths])
    assert [answer.code for answer in answers] == [400, 400, 507, 507]
    for answer, words in zip(answers, ("swh", "banana", "TMPDIR", "TMPDIR"), strict=True):
        said = answer.body.decode()
        assert words in said and said.count("\n") == 1 and answer.headers["Content-Type"].startswith("text/plain")
