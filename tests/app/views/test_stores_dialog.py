"""The dialog of stores: kept altimetry is listed, chosen from there, and deleted after a second question alone."""

from collections.abc import Iterator

import panel as pn
import panel_material_ui as pmui
import pytest

from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.selection import Selection
from app.text.plain_text import Text
from app.views.controls.stores_dialog import StoresDialog
from engine.runtime.errors import InputError
from engine.runtime.paths import altimetry_folder
from engine.schema.grid import Grid
from tests.app.made_stores import write_forecast

NAME = "observed-20190223-1f09ab"


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def buttons(dialog: StoresDialog, label: str) -> list[pmui.Button]:
    return [button for button in dialog.rows.select(pmui.Button) if button.label == label]


def test_kept_altimetry_is_listed_beside_the_stores(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2)
    file = altimetry_folder() / NAME / "nrt_global.nc"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"0" * 1500)
    selection, said = Selection(), list[str]()
    dialog = StoresDialog(selection, services, lambda kind, words: said.append(words))
    dialog._open()
    words = " ".join(str(each.object) for each in dialog.rows.select(Text))
    assert "Altimetry 2019-02-23" in words and "nrt_global.nc, 2 kB" in words
    show, delete = buttons(dialog, "Show")[-1], buttons(dialog, "Delete")[-1]
    show.clicks += 1
    assert selection.source == NAME and not dialog.dialog.open
    delete.clicks += 1
    assert file.exists(), "not before the second question"
    buttons(dialog, "Delete for good")[0].clicks += 1
    assert not file.parent.exists() and said == ["Altimetry 2019-02-23 was deleted, 2 kB are free."]
    assert selection.source == "sample" and len(dialog.rows.select(pn.Row)) == 1
    with pytest.raises(InputError, match="no kept altimetry"):
        services.stores.delete(NAME)
