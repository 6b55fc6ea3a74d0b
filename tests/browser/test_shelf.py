"""The shelf of stores: what is on the disk, and deleting it with a second thought."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from engine.runtime.paths import stores_folder
from engine.schema.grid import coarsened
from engine.stores import delete_store
from tests.app.made_stores import write_surface_analysis
from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def unwanted(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Write one store more than the other tests need."""
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    identifier = write_surface_analysis(coarsened(8))
    yield identifier
    if (stores_folder() / identifier).exists():
        delete_store(identifier)


def _opened(visit: Visit) -> Locator:
    visit.press("Stores on disk")
    dialog = visit.page.get_by_role("dialog")
    expect(dialog.get_by_text("stores,").first).to_be_visible()
    return dialog


def test_every_store_stands_there_with_its_state_and_size(visit: Visit) -> None:
    visit.open()
    dialog = _opened(visit)
    expect(dialog.get_by_text("GOMS small, sample ocean, sample day 0")).to_be_visible()
    expect(dialog.get_by_text("whole, 31 days").first).to_be_visible()


def test_a_store_is_shown_from_the_shelf(visit: Visit) -> None:
    visit.open()
    _opened(visit).get_by_role("button", name="Show HYCOM native grid").click()
    visit.address_has("source=store%3Ahycom__box")
    visit.until("goms.state().panels[0].title === 'HYCOM native grid' && goms.state().panels[0].drawn")


def test_a_store_is_deleted_after_a_second_question_and_not_before(visit: Visit, unwanted: str) -> None:
    visit.open()
    dialog = _opened(visit)
    delete = dialog.get_by_role("button", name="Delete GLORYS native grid")
    delete.click()
    dialog.get_by_role("button", name="Keep").click()
    delete.click()
    assert (visit.server.home / "stores" / unwanted).exists() and stores_folder().parent == visit.server.home
    dialog.get_by_role("button", name="Delete for good").click()
    visit.told("was deleted")
    expect(delete).to_have_count(0)
    visit.wait(lambda: not (visit.server.home / "stores" / unwanted).exists())
