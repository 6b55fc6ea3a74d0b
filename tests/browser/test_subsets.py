"""Analyses of sea level alone, and of temperature and salinity alone: they play, and what they lack is not offered."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from engine.schema.grid import coarsened
from engine.stores import delete_store
from tests.app.made_stores import write_subset
from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def subset(request: pytest.FixtureRequest, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Write an analysis of some fields for one test, which asks for it before the visit: the page is closed when it goes."""
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    identifier = write_subset(coarsened(8), request.param)
    yield identifier
    delete_store(identifier)


@pytest.mark.parametrize(
    ("subset", "offered", "lacking"),
    [
        ("sea-level", "Sea surface height", "Temperature"),
        ("temperature-and-salinity", "Temperature", "Sea surface height"),
    ],
    indirect=["subset"],
)
def test_an_analysis_of_some_fields_plays_and_offers_no_others(subset: str, visit: Visit, offered: str, lacking: str) -> None:
    visit.open(f"?source=store:{subset}")
    visit.until("goms.state().panels[0].title.startsWith('GLORYS') && goms.state().panels[0].drawn")
    visit.page.get_by_role("combobox", name="Variable", exact=True).click()
    options = visit.page.get_by_role("listbox")
    expect(options.get_by_role("option", name=offered, exact=True)).to_have_count(1)
    expect(options.get_by_role("option", name=lacking, exact=True)).to_have_count(0)
    visit.page.keyboard.press("Escape")
    visit.press("Play")
    visit.until("goms.state().lead > 0")
