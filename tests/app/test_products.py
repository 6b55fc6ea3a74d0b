"""HYCOM and GLORYS from real files beside each other and beside a forecast: by valid date, with their zeros of height moved."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.analysis.errors import error_by_lead
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.ingest import ingest
from engine.schema.grid import Grid
from tests.app.made_stores import START, write_forecast
from tests.engine.ingest.test_files import GLORYS_FILE, HYCOM_FILE, first_days

DAYS = 6
FIRST_DAY = np.datetime64("2014-03-05", "D")
EVERYWHERE = (-90.0, 90.0, 0.0, 360.0)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("products")


@pytest.fixture(scope="module")
def products(shared_data: Path, shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str, str]]:
    """Take in the first days of both products into a home that the tests share."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GOMS_HOME", str(shelf))
        stores = [
            ingest(kind, [first_days(shared_data / file, folder, DAYS)]).name
            for kind, file in (("hycom", HYCOM_FILE), ("glorys", GLORYS_FILE))
        ]
        services = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
        yield services, *stores
        services.close()


@pytest.fixture(autouse=True)
def home(shelf: Path, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMS_HOME", str(shelf))


def test_two_products_differ_on_the_same_days_by_what_products_differ(products: tuple[Services, str, str]) -> None:
    services, hycom, glorys = products
    scene = build_scene(Selection(source=f"store:{hycom}", comparison=f"store:{glorys}", variable="thetao"), services)
    assert scene.primary is not None and scene.comparison is not None
    assert scene.panels[1].leads == list(range(DAYS)) and scene.panels[1].lead_offset == 0
    assert scene.times[0] == "2014-03-05"
    errors = error_by_lead(services, scene.primary, scene.comparison, "thetao", (0, 0), EVERYWHERE, with_acc=False)
    assert errors.sizes["lead"] == DAYS and 0.01 < float(errors.rmse.max()) < 2


def test_the_zero_of_height_is_moved_between_products(products: tuple[Services, str, str]) -> None:
    services, hycom, glorys = products
    scene = build_scene(Selection(source=f"store:{hycom}", comparison=f"store:{glorys}", variable="zos"), services)
    assert scene.aligned and scene.primary is not None and scene.comparison is not None
    errors = error_by_lead(services, scene.primary, scene.comparison, "zos", (0, 0), EVERYWHERE, with_acc=False)
    raw = error_by_lead(services, scene.primary, services.readers.open(glorys), "zos", (0, 0), EVERYWHERE, with_acc=False)
    assert float(errors.rmse[0]) < 0.15 < float(raw.rmse[0])
    assert "daily means beside snapshots" in scene.panels[2].notice


def test_a_product_stands_beside_a_forecast_that_began_earlier_on_the_days_both_have(
    products: tuple[Services, str, str], small_grid: Grid
) -> None:
    services, hycom, _ = products
    begin = int((FIRST_DAY - START) / np.timedelta64(1, "D")) - 2
    write_forecast(small_grid, days=5, begin=begin)
    services.stores.refresh()
    selection = Selection(start="2014-03-03", comparison=f"store:{hycom}")
    scene = build_scene(selection, services)
    assert (scene.panels[1].lead_offset, scene.panels[1].lead_shift) == (-2, 0)
    assert scene.panels[2].title.startswith("GOMS small minus HYCOM")
    assert comparison_choices(selection, services, scene)[f"store:{hycom}"].endswith("2014-03-05")
