"""Damaged stores: refused in words wherever they are looked at, never other numbers, never in the way of healthy ones."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import panel_material_ui as pmui
import pytest
import xarray as xr
from typer.testing import CliRunner

import engine.forecasting.forecast
from app.data.store_cache import OpenStores
from app.export.http import Export
from app.frames.http import patterns
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from app.text.plain_text import Text
from app.views.controls.stores_dialog import StoresDialog
from engine.cli.main import app
from engine.forecasting.forecast import Cancelled, forecast_identifier, run_forecast
from engine.forecasting.request import ForecastRequest
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.grid import coarsened
from engine.stores import StoreDamaged, list_stores, open_store
from engine.stores.restart import restart_path
from tests.app.asking import ask
from tests.app.made_stores import waves_and_detail, write_analysis, write_forecast
from tests.engine.toy import INIT_TIME, ToySource, toy_load_model
from tests.faults.damaging import (
    EARLIER,
    KINDS,
    OTHER,
    REFUSED,
    SAME,
    edit_metadata,
    everything,
    forget_checksums,
    reading,
)

GRID = coarsened(24)
HEALTHY = "hycom__box__20190225"
QUERY = "?south=-90&north=90&west=0&east=360&width=60&height=30"
RANDOM = np.random.default_rng(7)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, np.ndarray]]:
    """Return a user directory with a forecast with parts, an earlier run and an analysis; the forecast's name and its numbers."""
    home = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOMS_HOME", str(home))
        name = write_forecast(GRID, days=2, parts=waves_and_detail(GRID), shift=1.0)
        (stores_folder() / name).rename(stores_folder() / EARLIER)
        write_forecast(GRID, days=2, parts=waves_and_detail(GRID))
        write_analysis(GRID, days=2)
        return home, name, everything(open_store(stores_folder() / name))


@pytest.fixture
def folder(pristine: tuple[Path, str, dict[str, np.ndarray]], private_home: Path) -> Path:
    """Return a forecast in a user directory of the test's own, beside a healthy analysis."""
    home, name, _ = pristine
    shutil.copytree(home / "stores", stores_folder())
    return stores_folder() / name


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=24, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(bytes(content))


def _attributes(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: edit_metadata(folder, lambda metadata: metadata["attributes"].update(changes))


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: edit_metadata(folder, lambda metadata: metadata["attributes"].pop(name))


def _write(path: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / path).write_bytes(content)


def _half(path: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / path).read_bytes()
        (folder / path).write_bytes(content[: len(content) // 2])

    return change


def _shape(name: str, shape: list[int]) -> Callable[[Path], None]:
    def change(metadata: dict[str, Any]) -> None:
        metadata["consolidated_metadata"]["metadata"][name]["shape"] = shape

    return lambda folder: edit_metadata(folder, change)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "times cut in half": _half("valid_time/c/0"),
    "times emptied": _write("valid_time/c/0", b""),
    "metadata cut in half": _half("zarr.json"),
    "metadata empty": _write("zarr.json", b""),
    "metadata not JSON": _write("zarr.json", b"\x89HDF\r\n"),
    "metadata a list": _write("zarr.json", b"[1, 2]"),
    "metadata without attributes": lambda folder: edit_metadata(folder, lambda metadata: metadata.pop("attributes")),
    "metadata deleted": lambda folder: (folder / "zarr.json").unlink(),
    "kind unknown": _attributes(kind="tide table"),
    "kind missing": _without("kind"),
    "status unknown": _attributes(status="perhaps"),
    "status missing": _without("status"),
    "leads a number": _attributes(finished_leads=3),
    "leads words": _attributes(finished_leads=["one", "two"]),
    "leads beyond the last": _attributes(finished_leads=[0, 1, 99]),
    "leads missing": _without("finished_leads"),
    "mask cut in half": _half("wet/c/0/0/0"),
    "mask of another shape": _shape("wet", [3, 4, 5]),
    "axis of a billion values": _shape("lat", [10**9]),
    "axis that does not ascend": lambda folder: shutil.copyfile(folder / "depth" / "c" / "0", folder / "lat" / "c" / "0"),
    "sea floor of letters": _write("deptho/c/0/0", b"nothing of that kind"),
    "metadata of a part cut in half": _half("waves/zarr.json"),
    "mask of a part emptied": _write("waves/wet/c/0/0/0", b""),
    "part deleted": lambda folder: shutil.rmtree(folder / "waves"),
}
"""What is seen on opening, in stores of today and in those without checksums."""


@pytest.mark.parametrize("checksums", [True, False], ids=["with checksums", "without"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_store_that_cannot_be_opened_is_listed_as_damaged_beside_healthy_ones_and_can_be_deleted(
    folder: Path, damage: Callable[[Path], object], checksums: bool
) -> None:
    if not checksums:
        forget_checksums(folder)
    damage(folder)
    with pytest.raises(StoreDamaged, match=f"store {folder.name} is damaged: .*goms stores delete {folder.name}"):
        open_store(folder)
    states = {summary.identifier: summary.state for summary in list_stores()}
    assert states == {folder.name: "damaged", HEALTHY: "complete", EARLIER: "complete"}
    assert {store.identifier for store in OpenStores().all()} == {HEALTHY, EARLIER}
    assert CliRunner().invoke(app, ["stores"]).exit_code == 0
    assert CliRunner().invoke(app, ["stores", "delete", folder.name]).exit_code == 0
    assert folder.name not in {summary.identifier for summary in list_stores()}


PLACES = (
    "zarr.json",
    "wet/c/0/0/0",
    "lat/c/0",
    "valid_time/c/0",
    "thetao/c/1/0/0/0",
    "zos/c/2/0/0",
    "waves/zarr.json",
    "waves/swh/c/0/0/0",
    "kuroshio/uo/c/2/0/0/0",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_whatever_is_damaged_no_other_numbers_are_read(
    folder: Path, pristine: tuple[Path, str, dict[str, np.ndarray]], place: str, kind: str
) -> None:
    before = (folder / place).read_bytes()
    KINDS[kind](folder / place, RANDOM)
    changed = not (folder / place).exists() or (folder / place).read_bytes() != before
    found = reading(folder, pristine[2])
    assert found != OTHER
    # What is no chunk of numbers may change without meaning: a space more between two words.
    assert found == (REFUSED if changed else SAME) or place == "zarr.json"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("thetao", lambda array: array["attributes"].update(scale_factor=0.002)),
        ("thetao", lambda array: array["attributes"].update(add_offset=19.0)),
        ("zos", lambda array: array.update(fill_value=-30001)),
        ("so", lambda array: array.update(data_type="uint16")),
        ("valid_time", lambda array: array["attributes"].update(units="seconds since 1971-01-01")),
    ],
)
def test_metadata_changed_to_another_legal_value_are_refused(folder: Path, path: str, change: Callable[[dict], None]) -> None:
    edit_metadata(folder, lambda metadata: change(metadata["consolidated_metadata"]["metadata"][path]))
    with pytest.raises(StoreDamaged, match=r"zarr.json cannot be read \(ValueError: its checksum does not fit its content\)"):
        open_store(folder)


def test_a_store_without_checksums_reads_as_before(folder: Path, pristine: tuple[Path, str, dict[str, np.ndarray]]) -> None:
    forget_checksums(folder)
    assert reading(folder, pristine[2]) == SAME


def test_checksums_do_not_keep_plain_xarray_from_reading(folder: Path) -> None:
    with xr.open_zarr(folder) as data:
        np.testing.assert_allclose(data.zos[1], open_store(folder).read("zos", 1), atol=1e-6)
        _flip(folder / "zos" / "c" / "1" / "0" / "0")
        with pytest.raises(ValueError, match="checksum"):
            xr.open_zarr(folder).zos[1].load()


@pytest.mark.parametrize("damage", [_flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_map_of_a_damaged_day_is_answered_404_in_words_and_other_days_are_shown(
    folder: Path, services: Services, damage: Callable[[Path], object]
) -> None:
    assert services.readers.open(folder.name).leads == [0, 1, 2]
    damage(folder / "zos" / "c" / "1" / "0" / "0")
    paths = [f"/frames/{name}/zos/0/{lead}{QUERY}" for name, lead in ((folder.name, 1), (folder.name, 2), (HEALTHY, 0))]
    refused, other_day, healthy = ask(patterns(services.readers.display), paths)
    assert (refused.code, other_day.code, healthy.code) == (404, 200, 200)
    said = json.loads(refused.body)["error"]
    assert f"store {folder.name} is damaged: zos/c/1/0/0" in said and "delete it" in said


def test_a_store_damaged_while_it_is_open_leaves_the_page_the_others(folder: Path, services: Services) -> None:
    assert {store.identifier for store in services.stores.all()} == {folder.name, HEALTHY, EARLIER}
    (folder / "zarr.json").write_bytes(b"{")
    assert {store.identifier for store in services.stores.all()} == {HEALTHY, EARLIER}
    with pytest.raises(InputError, match="there is no store"):
        services.readers.open(folder.name)


def test_the_list_of_the_page_shows_a_damaged_store_and_deletes_it(folder: Path, services: Services) -> None:
    (folder / "valid_time" / "c" / "0").write_bytes(b"")
    said: list[str] = []
    dialog = StoresDialog(Selection(), services, lambda kind, words: said.append(words))
    dialog._open()
    words = " ".join(str(each.object) for each in dialog.rows.select(Text))
    assert f"Damaged: {folder.name}" in words and "valid_time/c/0 has 0 bytes" in words
    labels = {button.description: button for button in dialog.rows.select(pmui.Button)}
    assert f"Show Damaged: {folder.name}" not in labels
    labels[f"Delete Damaged: {folder.name}"].clicks += 1
    next(each for each in dialog.rows.select(pmui.Button) if each.label == "Delete for good").clicks += 1
    assert not folder.exists() and "was deleted" in said[0]


@pytest.mark.parametrize("name", ["map.png", "data.nc", "point.csv"])
def test_an_export_of_a_damaged_day_says_so(folder: Path, services: Services, name: str) -> None:
    address = {"source": "sample", "start": "2019-02-23", "lead": "1", "variable": "zos", "lat": "0", "lon": "180"}
    shutil.rmtree(folder.with_name(EARLIER))
    services.stores.all()
    for shard in (path for field in ("zos", "thetao") for path in (folder / field / "c").rglob("*") if path.is_file()):
        _flip(shard)
    with pytest.raises(StoreDamaged, match="is damaged"):
        Export(services, address).file(name)


def test_a_command_on_a_damaged_store_ends_with_2_and_a_sentence(folder: Path) -> None:
    _flip(folder / "zos" / "c" / "1" / "0" / "0")
    result = CliRunner().invoke(app, ["eddies", folder.name])
    assert result.exit_code == 2 and "is damaged: zos/c/1/0/0" in result.output and "Traceback" not in result.output


DAYS = 6


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", toy_load_model)


def _forecast(resume: bool = False, until: int = DAYS) -> Path:
    days = iter(range(1, DAYS + 1))
    try:
        return run_forecast(
            ForecastRequest(ToySource(GRID), INIT_TIME, "small", DAYS, resume=resume),
            cancelled=lambda: next(days) == until < DAYS,
        )
    except Cancelled:
        return stores_folder() / forecast_identifier(ToySource(GRID), INIT_TIME, "small", DAYS)


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("kind", ["a byte flipped", "cut", "deleted"])
@pytest.mark.parametrize("until", [3, DAYS], ids=["partial", "whole"])
def test_days_that_were_damaged_are_computed_again_when_a_forecast_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: int, kind: str
) -> None:
    expected = everything(open_store(_forecast()))
    monkeypatch.setenv("GOMS_HOME", str(tmp_path))
    folder = _forecast(until=until)
    KINDS[kind](folder / "uo" / "c" / "1" / "0" / "0" / "0", RANDOM)
    assert _forecast(resume=True) == folder
    assert reading(folder, expected) == SAME


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("kind", ["a byte flipped", "64 bytes zeroed", "cut", "emptied"])
def test_a_forecast_with_a_damaged_restart_state_begins_anew_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    expected = everything(open_store(_forecast()))
    monkeypatch.setenv("GOMS_HOME", str(tmp_path))
    folder = _forecast(until=3)
    KINDS[kind](restart_path(folder), RANDOM)
    assert _forecast(resume=True) == folder
    assert "the restart state is damaged; the run begins from the initial state" in caplog.text
    assert reading(folder, expected) == SAME


@pytest.mark.usefixtures("toy")
def test_a_forecast_whose_metadata_are_damaged_is_made_anew() -> None:
    folder = _forecast()
    expected = everything(open_store(folder))
    (folder / "zarr.json").write_bytes(b"{")
    assert _forecast(resume=True) == folder and reading(folder, expected) == SAME
