"""A challenger becomes a forecast that plays and is scored here: on our cells, levels and leads, nothing moved or invented."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from engine.cli.main import app
from engine.oceanbench.ingest import ingest_challenger
from engine.oceanbench.layout import NATIVE, SCORED, origin_of
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import DEPTHS
from engine.stores import AnalysisStore, Store, find_store, open_store
from engine.verification.report.store_report import verify
from tests.engine.oceanbench.challengers import FIRST, one_degree, waves, write_challenger


def ingested(address: Path | str, **options: object) -> Store:
    return open_store(find_store(ingest_challenger(str(address), **options)))  # type: ignore[arg-type]


def expected(store: Store, name: str, depth: float, day: int) -> np.ndarray:
    return waves(name, store.grid.lat[:, None], store.grid.lon[None, :], depth, day)


def test_nodes_become_cells_without_a_shift_of_half_a_cell(tmp_path: Path) -> None:
    store = ingested(write_challenger(tmp_path / "glonet" / "20240103.zarr", fields=["zos"], days=1))
    # The first and the last row of nodes reach half into a row of cells.
    inside = (store.grid.lat > -78) & (store.grid.lat < 89.7)
    error = (store.read("zos", 1) - expected(store, "zos", 0, 0))[inside]
    # Half a cell of this wave would be 0.3 * 6 * 0.125 degrees, or 0.004 m; means and packing miss it by a fifth of that.
    assert np.nanmax(np.abs(error)) < 0.0009
    assert abs(np.nanmean(error)) < 5e-6
    assert np.isnan(store.read("zos", 1)[store.grid.lat < -78.3]).all()


def test_the_first_day_is_lead_1_after_the_day_of_the_analysis(tmp_path: Path) -> None:
    store = ingested(write_challenger(tmp_path / "glonet" / "20240103.zarr", **one_degree(), days=3))
    assert (store.kind, store.leads, store.all_leads, store.complete) == ("forecast", [1, 2, 3], [1, 2, 3], True)
    assert store.init_time == FIRST - np.timedelta64(1, "D")
    assert store.valid_time(1) == FIRST
    assert np.nanmax(np.abs(store.read("zos", 3) - expected(store, "zos", 0, 2))) < 0.001
    assert store.to_dataset().lead_time.values[0] == np.timedelta64(1, "D")


def test_levels_are_those_of_the_model_that_lie_near_given_ones(tmp_path: Path) -> None:
    store = ingested(write_challenger(tmp_path / "hclimrep" / "20240103.zarr", **one_degree(), days=1))
    assert store.depths("thetao") == (0, 50, 100, 200, 250, 300, 400, 500)
    assert store.attrs["missing_depths"] == [6, 10, 20, 30, 70, 125, 150]
    assert store.attrs["given_depths"] == [round(metres, 3) for metres in SCORED]
    for index, depth in enumerate(store.depths("thetao")):
        at = max(depth, SCORED[0])
        assert np.nanmax(np.abs(store.read("thetao", 1, index) - expected(store, "thetao", at, 0))) < 0.002


def test_native_levels_give_every_level_of_the_model(tmp_path: Path) -> None:
    store = ingested(write_challenger(tmp_path / "langya" / "20240103.zarr", depths=NATIVE, **one_degree(), days=1))
    assert store.depths("so") == DEPTHS
    assert store.attrs["missing_depths"] == []


def test_a_store_says_whose_forecast_it_is(tmp_path: Path) -> None:
    about = {"title": "Daily mean fields", "licence": "CC-BY-4.0", "forecast_reference_time": "2024-01-02"}
    store = ingested(write_challenger(tmp_path / "wenhai" / "v2" / "20240103.zarr", attributes=about, **one_degree()))
    assert store.identifier == "wenhai__oceanbench__20240102__2d"
    attrs = store.attrs
    assert (attrs["model"], attrs["label"], attrs["source"]) == ("wenhai", "WenHai", "oceanbench")
    assert (attrs["sampling"], attrs["license"], attrs["sample"]) == ("daily mean", "CC-BY-4.0", False)
    assert attrs["temperature"].startswith("potential")


@pytest.mark.parametrize(
    ("address", "model", "provider", "day"),
    [
        ("https://host/ai-gallery/octo-glonet2-ibi-p1d/2026-10-01/2026-10-01.zarr", "glonet2-ibi", "octo", "2026-10-01"),
        ("https://host/public/ml-forecast-outputs/wenhai/v2/20240103.zarr", "wenhai", "oceanbench", "2024-01-03"),
        ("https://host/public/baseline-forecasts/persistence/20240103.zarr/", "glo12-persistence", "oceanbench", "2024-01-03"),
        ("mine.zarr", "mine", "oceanbench", None),
        ("20249999.zarr", "20249999", "oceanbench", None),
    ],
)
def test_addresses_name_model_and_day(address: str, model: str, provider: str, day: str | None) -> None:
    origin = origin_of(address)
    assert (origin.model, origin.provider) == (model, provider)
    assert origin.day == (None if day is None else np.datetime64(day))


def test_leads_may_be_numbers_and_axes_in_any_order(tmp_path: Path) -> None:
    axes = one_degree()
    whole = write_challenger(tmp_path / "a" / "20240103.zarr", **axes, fields=["zos", "uo"])
    data = xr.open_zarr(whole).load().rename(time="lead_day_index", latitude="lat", longitude="lon")
    data = data.assign_coords(lead_day_index=[0, 1]).isel(lat=slice(None, None, -1), depth=slice(None, None, -1))
    data = data.assign_coords(lon=data.lon % 360).transpose("lon", "lat", "depth", "lead_day_index")
    other = tmp_path / "b" / "20240103.zarr"
    data.drop_encoding().to_zarr(other, zarr_format=2)
    first, second = ingested(whole), ingested(other)
    assert second.leads == first.leads and second.init_time == first.init_time
    for name in ("zos", "uo"):
        assert np.array_equal(first.loop(name), second.loop(name), equal_nan=True)


def test_one_of_several_forecasts_is_chosen_by_its_first_day(tmp_path: Path) -> None:
    starts = [FIRST, FIRST + np.timedelta64(7, "D")]
    weeks = [
        xr.open_zarr(write_challenger(tmp_path / f"{n}.zarr", **one_degree(), fields=["zos"], first=day))
        for n, day in enumerate(starts)
    ]
    weeks = [week.rename(time="lead_day_index").assign_coords(lead_day_index=[0, 1]) for week in weeks]
    many = xr.concat(weeks, dim="first_day_datetime").assign_coords(first_day_datetime=np.array(starts, "datetime64[ns]"))
    many.drop_encoding().to_zarr(tmp_path / "many.zarr", zarr_format=2)
    with pytest.raises(InputError, match="holds 2 forecasts, first days 2024-01-03 to 2024-01-10"):
        ingest_challenger(str(tmp_path / "many.zarr"))
    assert ingested(tmp_path / "many.zarr", start=starts[1]).valid_time(1) == starts[1]


def test_a_zip_file_is_read_as_its_folder_is(tmp_path: Path) -> None:
    folder = write_challenger(tmp_path / "xihe" / "20240103.zarr", **one_degree(), fields=["zos"])
    packed = tmp_path / "xihe" / "20240103.zarr.zip"
    with ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent))
    assert np.array_equal(ingested(folder).loop("zos"), ingested(packed, identifier="zipped").loop("zos"), equal_nan=True)


def test_a_chunk_that_is_not_there_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folder = write_challenger(tmp_path / "glonet" / "20240103.zarr", **one_degree())
    (folder / "so" / "1.3.0.0").unlink()
    with pytest.raises(InputError, match=r"so at 222.475 m on 2024-01-04 has 0 values where the first day has \d+; .*chunks"):
        ingest_challenger(str(folder))
    assert not list(stores_folder().iterdir())


def test_land_stored_as_zeros_is_land(tmp_path: Path) -> None:
    def closed(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
        return np.where(lat > 20, 0, waves(name, lat, lon, depth, day))

    store = ingested(write_challenger(tmp_path / "xihe" / "20240103.zarr", closed, **one_degree(), days=1))
    assert np.isnan(store.read("thetao", 1)[store.grid.lat > 21]).all()
    assert store.attrs["zero_land"] > 10000


def test_values_that_water_does_not_have_are_refused(tmp_path: Path) -> None:
    def kelvin(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
        return waves(name, lat, lon, depth, day) + (273.15 if name == "thetao" else 0)

    with pytest.raises(InputError, match=r"thetao at 0.494025 m on 2024-01-03: 100.0 % of its values lie outside"):
        ingest_challenger(str(write_challenger(tmp_path / "glonet" / "20240103.zarr", kelvin, **one_degree())))


def test_what_is_no_challenger_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.zarr").mkdir()
    (tmp_path / "text.zip").write_text("nothing")
    for address, words in (("gone.zarr", "is not there"), ("empty.zarr", "no Zarr store"), ("text.zip", "no zip file")):
        with pytest.raises(InputError, match=words):
            ingest_challenger(str(tmp_path / address))
    nameless = write_challenger(tmp_path / "mine.zarr", **one_degree(), fields=["zos"])
    shutil.rmtree(nameless / "time")
    metadata = json.loads((nameless / ".zmetadata").read_text())
    metadata["metadata"] = {key: value for key, value in metadata["metadata"].items() if not key.startswith("time/")}
    (nameless / ".zmetadata").write_text(json.dumps(metadata))
    with pytest.raises(InputError, match="does not say when it begins"):
        ingest_challenger(str(nameless))


def test_it_is_scored_against_an_analysis_at_the_levels_that_both_have(tmp_path: Path) -> None:
    def worse(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
        return waves(name, lat, lon, depth, day) + {"thetao": 0.5, "zos": 0.3}.get(name, 0.0)

    name = ingest_challenger(str(write_challenger(tmp_path / "glonet" / "20240103.zarr", worse, **one_degree(), days=5)))
    grid = coarsened(4)
    days = FIRST + np.arange(-1, 5)
    about = {"source": "hycom", "label": "HYCOM", "sampling": "snapshot"}
    with AnalysisStore.create(stores_folder() / "truth", grid, days, about) as truth:
        for lead, day in enumerate(days):
            truth.append(lead, _ocean(grid, day, lead - 1))
        truth.finish()
    found = verify(name, "truth")
    rows = {(row["variable"], row["depth"], row["lead_days"]): row for row in found["rows"] if row["band"] == "14-64"}
    assert {lead for *_, lead in rows} == {1, 5}
    assert {depth for variable, depth, _ in rows if variable == "so"} == {0, 100, 300}
    assert rows["thetao", 100.0, 1]["rmse"] == pytest.approx(0.5, abs=0.002)
    # The two count sea level from different zeros, and persistence is the analysis of the day before the first.
    assert rows["zos", 0.0, 1]["rmse"] < 0.002
    assert found["zero_removed"][1] == pytest.approx(0.3, abs=0.001)
    assert rows["zos", 0.0, 5]["persistence"] > 0.05
    assert found["sampling"] == {"forecast": "daily mean", "reference": "snapshot"}


def _ocean(grid: Grid, time: np.datetime64, day: int) -> Batch:
    lat, lon = grid.lat[:, None], grid.lon[None, :]
    at = np.maximum(grid.depth, SCORED[0])
    fields = {name: np.stack([waves(name, lat, lon, metres, day) for metres in at]) for name in ("thetao", "so", "uo", "vo")}
    fields = {name: np.where(grid.wet, values, np.nan) for name, values in fields.items()}
    fields["zos"] = np.where(grid.wet_surface, waves("zos", lat, lon, 0, day), np.nan)
    return Batch(fields, grid, time)


def test_the_command_names_the_store_and_the_levels_that_are_missing(tmp_path: Path) -> None:
    folder = write_challenger(
        tmp_path / "octo-xihe-p1d" / "2026-10-01" / "2026-10-01.zarr", **one_degree(), first=np.datetime64("2026-10-01")
    )
    ended = CliRunner().invoke(app, ["ingest", "oceanbench", str(folder), "--name", "today", "--json"])
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout.splitlines()[-1])
    assert (said["store"], said["model"], said["missing_depths"]) == ("today", "xihe", [6, 10, 20, 30, 70, 125, 150])
    assert open_store(find_store("today")).attrs["source"] == "octo"
