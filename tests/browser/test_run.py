"""Run: progress, days that appear as they finish, a page that never waits, cancel, continue, and errors in words."""

from statistics import median

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.browser

START = "2019-06-23"
"""A day of the shipped sample run of which the test's folder holds no forecast."""

SLOWEST_CHANGE = 2000
"""Milliseconds: four times the goal, since a machine that runs tests may be busy with others; a page that waits takes longer."""


def test_a_run_shows_progress_and_days_and_can_be_stopped_and_continued(visit: Visit) -> None:
    visit.open(f"?start={START}&model=damped-persistence")
    visit.press("Run 30-day forecast")
    cancel = visit.page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible(timeout=PATIENCE)
    visit.until("goms.state().panels[0].title === 'Damped persistence' && goms.state().panels[0].held >= 2")
    visit.press("Cancel")
    visit.see("was stopped; its finished days stay")
    held = visit.state()["panels"][0]["held"]
    assert held < 31
    visit.press("Continue the forecast")
    expect(cancel).to_be_visible(timeout=PATIENCE)
    changes = [visit.milliseconds_to_picture("Variable", "Salinity")]
    for name in ("Eastward current", "Sea surface height", "Temperature"):
        if cancel.is_visible():
            changes.append(visit.milliseconds_to_picture("Variable", name))
    print(f"change to picture during a run, ms: {', '.join(f'{change:.0f}' for change in changes)}")
    assert median(changes) < SLOWEST_CHANGE, "the page waited for the run"
    visit.see("Damped persistence from 2019-06-23 is ready.")
    visit.until("goms.state().panels[0].held === 31")
    expect(visit.page.get_by_role("button", name="Forecast is ready")).to_be_disabled()


def test_a_run_that_cannot_be_is_an_error_in_words(visit: Visit) -> None:
    visit.open("?start=2019-06-25&model=base")
    visit.press("Run 30-day forecast")
    visit.see("weights")
    expect(visit.page.get_by_role("button", name="Run 30-day forecast")).to_be_enabled(timeout=PATIENCE)


def test_the_reference_of_a_new_start_is_written_by_itself(visit: Visit) -> None:
    visit.open("?start=2019-06-24&compare=reference&model=persistence")
    visit.until("goms.state().panels.length === 3 && goms.state().panels[1].held >= 2")
