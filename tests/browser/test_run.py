"""Run: progress, days that appear as they finish, a page that never waits, cancel, continue, and errors in words."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser

START = "2019-06-23"
"""A day of the shipped sample run of which the test's folder holds no forecast."""


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Take a server that other modules do not see: runs write to its home and outlast their page."""
    return own_server


def test_a_run_shows_progress_and_days_and_can_be_stopped_and_continued(visit: Visit) -> None:
    visit.open(f"?start={START}&model=damped-persistence")
    visit.server.hold.touch()
    visit.press("Run 30-day forecast")
    cancel = visit.page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    visit.until("goms.state().panels[0].title === 'Damped persistence' && goms.state().panels[0].held >= 2")
    visit.press("Cancel")
    visit.see("stopping")
    visit.server.hold.unlink()
    visit.told("was stopped; its finished days stay")
    assert visit.state()["panels"][0]["held"] < 31
    visit.server.hold.touch()
    visit.press("Continue the forecast")
    expect(cancel).to_be_visible()
    # The run stands still meanwhile: a page that waited for it would never show these.
    for name, title in (("Salinity", "Salinity at the surface"), ("Sea surface height", "Sea surface height")):
        visit.choose("Variable", name)
        visit.until(f"goms.state().panels[0].quantity === '{title}' && !goms.state().pending")
    expect(cancel).to_be_visible()
    visit.server.hold.unlink()
    visit.told("Damped persistence from 2019-06-23 is ready.")
    visit.until("goms.state().panels[0].held === 31")
    expect(visit.page.get_by_role("button", name="Forecast is ready")).to_be_disabled()


def test_a_run_that_cannot_be_is_an_error_in_words(visit: Visit) -> None:
    visit.open("?start=2019-06-25&model=base")
    visit.press("Run 30-day forecast")
    visit.told("weights")
    expect(visit.page.get_by_role("button", name="Run 30-day forecast")).to_be_enabled()


def test_the_reference_of_a_new_start_is_written_by_itself(visit: Visit) -> None:
    visit.open("?start=2019-06-24&compare=reference&model=persistence")
    visit.until("goms.state().panels.length === 3 && goms.state().panels[1].held >= 2")
