"""Stores: finished leads are readable, unfinished ones are refused."""

import errno
import resource
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from engine.readers.container.limits import MOST_DAY_VALUES
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import DEPTHS, PROGNOSTIC, VARIABLES
from engine.stores import (
    AnalysisStore,
    ForecastStore,
    Store,
    StoreBusy,
    StoreDamaged,
    delete_store,
    list_stores,
    open_store,
    writer,
)
from engine.stores.layout import Part
from tests.engine.children import CHILDREN
from tests.engine.toy import INIT_TIME, toy_batch


@pytest.fixture
def folder(private_home: Path) -> Path:
    return stores_folder() / "small__toy"


def _write(folder: Path, grid: Grid, leads: int, finished: int, whole: bool = True) -> list[Batch]:
    batches = [toy_batch(grid, INIT_TIME + lead, seed=lead) for lead in range(finished)]
    with ForecastStore.create(folder, grid, INIT_TIME, leads, {"source": "toy", "model": "small"}) as store:
        for lead, batch in enumerate(batches):
            store.append(lead, batch)
        if whole:
            store.finish()
    return batches


def test_stored_fields_agree_to_half_a_packing_step_and_land_stays_missing(folder: Path, small_grid: Grid) -> None:
    batches = _write(folder, small_grid, leads=1, finished=2)
    read = open_store(folder).batch(1)
    assert read.grid.same_as(small_grid) and read.time == INIT_TIME + 1
    for name in PROGNOSTIC:
        np.testing.assert_array_equal(np.isnan(read[name]), np.isnan(batches[1][name]))
        assert np.nanmax(np.abs(read[name] - batches[1][name])) <= VARIABLES[name].packing.scale * 0.51


def test_cells_of_many_chunks_keep_the_requested_order(folder: Path) -> None:
    grid = coarsened(2)
    _write(folder, grid, leads=1, finished=2)
    store = open_store(folder)
    rows, columns = np.array([300, 10, 179, 180, 181, 10]), np.array([700, 359, 360, 0, 719, 358])
    found = store.points("thetao", rows, columns)
    assert found.shape == (2, 15, 6)
    np.testing.assert_array_equal(found[1, 4], store.read("thetao", 1, 4)[rows, columns])
    np.testing.assert_array_equal(store.points("zos", rows, columns, [1])[0, 0], store.read("zos", 1)[rows, columns])


def test_map_loop_and_point_are_the_same_numbers(folder: Path, small_grid: Grid) -> None:
    _write(folder, small_grid, leads=2, finished=3)
    store = open_store(folder)
    loop = store.loop("thetao", 4)
    assert loop.shape == (3, 90, 180) and store.loop("zos").shape == (3, 90, 180)
    np.testing.assert_array_equal(store.read("thetao", 2, 4), loop[2])
    np.testing.assert_array_equal(store.loop("thetao", 4, [2, 0]), loop[[2, 0]])
    point = store.point("thetao", lat=-31.2, lon=-160.4)
    row, column = small_grid.nearest(-31.2, 199.6)
    assert point.shape == (3, 15) and store.point("zos", 0, 0).shape == (3, 1)
    np.testing.assert_array_equal(point[:, 4], loop[:, row, column])
    assert store.depths("thetao") == DEPTHS and store.depths("zos") == ()


def test_a_finished_lead_is_readable_immediately_and_the_next_is_refused(folder: Path, small_grid: Grid) -> None:
    with ForecastStore.create(folder, small_grid, INIT_TIME, 2, {}) as writer:
        reader = open_store(folder)
        assert reader.leads == [] and reader.loop("zos").shape == (0, 90, 180)
        writer.append(0, toy_batch(small_grid, INIT_TIME))
        assert reader.leads == [0] and not reader.complete
        assert np.isfinite(reader.read("zos", 0)).any()
        with pytest.raises(InputError, match="lead 1 of small__toy is not finished"):
            reader.read("zos", 1)
        writer.append(1, toy_batch(small_grid, INIT_TIME + 1))
        assert reader.leads == [0, 1]
        with pytest.raises(InputError, match=r"lacks leads \[2\]"):
            writer.finish()
        assert not reader.complete and open_store(folder).attrs["status"] == "partial"


def test_plain_xarray_opens_it_without_a_warning(folder: Path, small_grid: Grid) -> None:
    _write(folder, small_grid, leads=2, finished=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = xr.open_zarr(folder)
    assert data.thetao.dims == ("lead_time", "depth", "lat", "lon") and data.zos.dims == ("lead_time", "lat", "lon")
    day_2 = data.thetao.sel(lead_time=np.timedelta64(2, "D"), depth=50)
    np.testing.assert_allclose(day_2, open_store(folder).read("thetao", 2, DEPTHS.index(50)), atol=1e-5)
    assert day_2.valid_time == INIT_TIME + 2 and data.init_time == INIT_TIME
    assert data.thetao.attrs["standard_name"] == "sea_water_potential_temperature" and data.lat.attrs["units"] == "degrees_north"
    assert data.attrs["status"] == "whole" and data.attrs["source"] == "toy"


def test_its_dataset_is_what_plain_xarray_makes_of_it_and_is_read_where_it_is_looked_at(
    folder: Path, small_grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ForecastStore.create(folder, small_grid, INIT_TIME, 3, {"source": "toy"}) as writer:
        for lead in (0, 1):
            writer.append(lead, toy_batch(small_grid, INIT_TIME + lead))
    read: list[tuple[str, list[int]]] = []
    numbers = Store._numbers
    monkeypatch.setattr(
        Store, "_numbers", lambda self, name, leads, place: read.append((name, leads)) or numbers(self, name, leads, place)
    )
    data = open_store(folder).to_dataset()
    assert not read
    xr.testing.assert_allclose(data.zos, xr.open_zarr(folder).zos[:2], atol=1e-5)
    assert read == [("zos", [0, 1])]
    plain = xr.open_zarr(folder).isel(lead_time=slice(2))
    xr.testing.assert_allclose(data, plain, atol=1e-5)
    for name in (*data.data_vars, "depth", "lat", "lon"):
        assert data[name].attrs == plain[name].attrs
    picked = data.thetao.sel(lead_time="1D", depth=50).sel(lat=[10, -10], lon=200, method="nearest")
    np.testing.assert_allclose(picked, plain.thetao[1].sel(depth=50).sel(lat=[10, -10], lon=200, method="nearest"), atol=1e-5)


def test_its_dataset_goes_into_a_file_of_netcdf_with_its_provenance(folder: Path, small_grid: Grid, tmp_path: Path) -> None:
    _write(folder, small_grid, leads=1, finished=2)
    open_store(folder).to_dataset().to_netcdf(tmp_path / "out.nc", engine="netcdf4")
    with xr.open_dataset(tmp_path / "out.nc") as data:
        assert data.attrs["finished_leads"] == "[0, 1]" and data.attrs["Conventions"].startswith("CF-")
        np.testing.assert_allclose(data.zos[1], open_store(folder).read("zos", 1))


def test_concentrations_that_are_stored_as_logarithms_are_values_in_its_dataset(folder: Path) -> None:
    grid = coarsened(16)
    chlorophyll = np.where(grid.wet_surface, np.float32(0.25), np.float32(np.nan))
    with AnalysisStore.create(folder, grid, np.array([INIT_TIME]), {}, ("chl",)) as store:
        store.append(0, Batch({"chl": chlorophyll}, grid, INIT_TIME))
        store.finish()
    data = open_store(folder).to_dataset()
    assert data.chl.dims == ("time", "lat", "lon")
    np.testing.assert_allclose(data.chl[0], chlorophyll, rtol=2e-3)


def test_a_part_has_its_own_grid_and_finishes_with_the_lead(folder: Path, small_grid: Grid) -> None:
    coarse = coarsened(16)
    swell = Batch({"swh": np.where(coarse.wet_surface, np.float32(2.5), np.float32(np.nan))}, coarse, INIT_TIME)
    parts = {"waves": Part(coarse, ("swh",), {"long_name": "sea"})}
    with ForecastStore.create(folder, small_grid, INIT_TIME, 0, {"source": "toy"}, parts=parts) as store:
        waves = open_store(folder / "waves")
        with pytest.raises(InputError, match="came with parts none; expected waves"):
            store.append(0, toy_batch(small_grid, INIT_TIME))
        assert waves.leads == [] and not waves.complete
        store.append(0, toy_batch(small_grid, INIT_TIME), {"waves": swell})
        assert waves.leads == [0]
        np.testing.assert_allclose(waves.read("swh", 0), swell["swh"], atol=0.006)
        store.finish()
    assert waves.complete and waves.identifier == "small__toy/waves" and waves.attrs["source"] == "toy"
    assert open_store(folder).variables == PROGNOSTIC
    with pytest.raises(InputError, match="holds no 'tides'; it holds waves"):
        open_store(folder).part("tides")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = xr.open_zarr(folder, group="waves")
        assert xr.open_zarr(folder).zos.dims == ("lead_time", "lat", "lon")
    assert data.swh.dims == ("lead_time", "lat", "lon") and data.attrs["long_name"] == "sea"


def test_a_regional_surface_analysis_keeps_its_grid_and_its_gaps_in_time(folder: Path) -> None:
    lat, lon = np.arange(-64, -60, 0.08), np.arange(300, 301, 0.08)
    wet = np.ones((1, lat.size, lon.size), bool)
    grid = Grid(lat, lon, np.array([0.0]), wet, np.full(wet.shape[1:], 500, np.float32))
    times = np.array(["2014-03-05T12", "2014-03-06T12", "2014-03-08T12"], "datetime64[h]")
    with AnalysisStore.create(folder, grid, times, {"source": "glorys"}, ("thetao", "zos")) as store:
        for lead, time in zip((0, 1, 3), times, strict=True):
            surface = np.full(wet.shape, 1.5 + lead, np.float32)
            store.append(lead, Batch({"thetao": surface, "zos": surface[0]}, grid, time))
        store.finish()
    read = open_store(folder)
    assert read.kind == "analysis" and read.variables == ("thetao", "zos") and read.leads == [0, 1, 3]
    assert read.depths("thetao") == (0.0,) and read.valid_time(3) == times[2]
    assert read.loop("thetao").shape == (3, lat.size, lon.size)
    np.testing.assert_allclose(read.point("zos", -62, -59.5), [[1.5], [2.5], [4.5]], atol=1e-3)
    assert xr.open_zarr(folder).thetao.dims == ("time", "depth", "lat", "lon")
    with pytest.raises(InputError, match="has no lead 2"):
        read.valid_time(2)


@pytest.mark.parametrize("wrong", ["time", "grid", "field"])
def test_a_batch_that_does_not_belong_is_refused_and_leaves_the_lead_unfinished(
    folder: Path, small_grid: Grid, wrong: str
) -> None:
    good = toy_batch(small_grid, INIT_TIME)
    other = Grid(small_grid.lat + 0.5, small_grid.lon, small_grid.depth, small_grid.wet, small_grid.deptho)
    bad = {
        "time": Batch(good.fields, small_grid, INIT_TIME + 1),
        "grid": Batch(good.fields, other, INIT_TIME),
        "field": Batch({"zos": good["zos"]}, small_grid, INIT_TIME),
    }[wrong]
    with ForecastStore.create(folder, small_grid, INIT_TIME, 1, {}) as store:
        with pytest.raises(InputError, match="lead 0 of small__toy"):
            store.append(0, bad)
        assert store.reader.leads == []


def test_repeated_days_are_refused_before_anything_is_written(folder: Path, small_grid: Grid) -> None:
    times = np.array(["2014-03-05", "2014-03-05"], "datetime64[D]")
    with pytest.raises(InputError, match="do not ascend"):
        AnalysisStore.create(folder, small_grid, times, {})
    assert list_stores() == [] and not folder.exists()


def test_two_writers_never_share_a_store(folder: Path, small_grid: Grid) -> None:
    with ForecastStore.create(folder, small_grid, INIT_TIME, 1, {}) as store:
        store.append(0, toy_batch(small_grid, INIT_TIME))
        with pytest.raises(StoreBusy, match="another process"):
            ForecastStore.create(folder, small_grid, INIT_TIME, 1, {})
        with pytest.raises(StoreBusy):
            ForecastStore.open_to_resume(folder)
        assert open_store(folder).leads == [0]


def test_the_restart_state_is_exact_and_deleted_when_the_store_is_complete(folder: Path, small_grid: Grid) -> None:
    batch = toy_batch(small_grid, INIT_TIME)
    with ForecastStore.create(folder, small_grid, INIT_TIME, 0, {}) as store:
        store.append(0, batch)
        assert store.read_restart() is None
        store.write_restart(0, batch.fields)
    with ForecastStore.open_to_resume(folder) as store:
        lead, state = store.read_restart() or (None, {})
        assert lead == 0
        np.testing.assert_array_equal(state["thetao"], batch["thetao"])
        store.finish()
    assert not list(folder.parent.glob(".*restart*"))


def test_a_store_that_is_being_written_is_not_deleted(folder: Path, small_grid: Grid) -> None:
    with ForecastStore.create(folder, small_grid, INIT_TIME, 2, {}) as store:
        store.append(0, toy_batch(small_grid, INIT_TIME))
        with pytest.raises(StoreBusy, match="being written"):
            delete_store(folder.name, folder.parent)
    assert open_store(folder).leads == [0]
    delete_store(folder.name, folder.parent)
    assert not folder.exists()


def _write_in_little_room(folder: Path, grid: Grid, room: int) -> None:
    """Write leads until the largest file allowed is too small, as a full disk would end it."""
    with ForecastStore.create(folder, grid, INIT_TIME, 2, {}) as store:
        store.append(0, toy_batch(grid, INIT_TIME))
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            store.append(1, toy_batch(grid, INIT_TIME + 1))
        except ModelError as error:
            assert isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EFBIG
            raise SystemExit(7) from error


@pytest.mark.parametrize("room", [0, 3000, 100_000])
def test_a_full_disk_leaves_the_lead_unfinished_and_can_be_resumed(folder: Path, small_grid: Grid, room: int) -> None:
    child = CHILDREN.Process(target=_write_in_little_room, args=(folder, small_grid, room))
    child.start()
    child.join()
    assert child.exitcode == 7
    store = open_store(folder)
    assert store.leads == [0] and not store.complete
    assert np.isfinite(store.read("thetao", 0, 3)).any()
    with ForecastStore.open_to_resume(folder) as writer:
        for lead in (1, 2):
            writer.append(lead, toy_batch(small_grid, INIT_TIME + lead))
        writer.finish()
    assert store.complete and not list(folder.rglob("*.partial"))


def test_stores_are_listed_with_size_and_state_and_deleted_whole(folder: Path, small_grid: Grid) -> None:
    _write(folder, small_grid, leads=2, finished=3)
    _write(folder.with_name("b__toy"), small_grid, leads=2, finished=1, whole=False)
    (folder.parent / "not-a-store").mkdir()
    found = {summary.identifier: summary for summary in list_stores()}
    assert set(found) == {"small__toy", "b__toy"}
    assert (
        found["small__toy"].complete and found["small__toy"].size_bytes > 10_000 and found["small__toy"].attrs["model"] == "small"
    )
    assert not found["b__toy"].complete and (found["b__toy"].leads, found["b__toy"].all_leads) == (1, 3)
    delete_store("small__toy")
    assert [summary.identifier for summary in list_stores()] == ["b__toy"]
    assert not [path for path in folder.parent.iterdir() if "small__toy" in path.name]
    for name in ("small__toy", "../stores", ".b__toy.lock"):
        with pytest.raises(InputError, match="there is no store"):
            delete_store(name)


def test_a_folder_that_is_no_store_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a store of this program"):
        open_store(tmp_path)
    (tmp_path / "zarr.json").write_text("{")
    with pytest.raises(StoreDamaged, match=r"zarr.json cannot be read.*delete it"):
        open_store(tmp_path)


@pytest.mark.parametrize(("most", "at_once"), [(0, 1), (2, 2), (100, 5)])
def test_fields_are_packed_in_parallel_within_the_memory_limit_and_their_bytes_are_the_same(
    folder: Path, small_grid: Grid, monkeypatch: pytest.MonkeyPatch, most: int, at_once: int
) -> None:
    made: list[int] = []

    class Counted(ThreadPoolExecutor):
        def __init__(self, count: int) -> None:
            made.append(count)
            super().__init__(count)

    monkeypatch.setattr(writer, "ThreadPoolExecutor", Counted)
    bounded = folder.with_name("bounded")
    _write(folder, small_grid, leads=1, finished=2)
    monkeypatch.setattr(writer, "MOST_PACKED", most * small_grid.wet.size * np.float32().nbytes)
    _write(bounded, small_grid, leads=1, finished=2)
    assert made == [len(PROGNOSTIC)] * 2 + [at_once] * 2
    shards = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "c" in path.parts[-5:]]
    assert len(shards) >= len(PROGNOSTIC)
    assert all((folder / shard).read_bytes() == (bounded / shard).read_bytes() for shard in shards)


def test_a_day_at_a_quarter_degree_is_packed_in_parallel_and_the_largest_box_is_not() -> None:
    assert writer._parallel_fields(5, [np.broadcast_to(np.float32(0), (15, 720, 1440))] * 4) == 5
    largest = np.broadcast_to(np.float32(0), (MOST_DAY_VALUES // 4,))
    assert writer._parallel_fields(5, [largest] * 4) == 2
