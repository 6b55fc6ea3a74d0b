"""The forecast of the same days from an earlier start, and the spread of several, chosen by hand."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from engine.schema.grid import coarsened
from engine.stores import delete_store
from tests.app.made_stores import write_forecast
from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def server(own_server: Server) -> Server:
    """Take a server that other modules do not see: a start without a reference has one made, which outlasts the page."""
    return own_server


@pytest.fixture
def stored(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the server forecasts from sample days 120, 125 and 135 for one test."""
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    names = [write_forecast(coarsened(8), days=10, begin=begin, shift=begin / 50) for begin in (120, 125, 135)]
    yield
    for name in names:
        delete_store(name)


@pytest.mark.usefixtures("stored")
def test_an_earlier_forecast_and_the_spread_of_starts_stand_beside_on_the_same_day(visit: Visit) -> None:
    visit.open("?start=2019-06-28&lead=2&variable=zos")
    visit.choose("Compare with", "GOMS small, 5 days earlier")
    visit.address_has("compare=earlier%3A5")
    visit.until("goms.state().panels.length === 3 && goms.state().panels[1].drawn && goms.state().panels[2].drawn")
    titles = [panel["title"] for panel in visit.state()["panels"]]
    assert titles == ["GOMS small", "GOMS small, 5 days earlier", "GOMS small minus GOMS small, 5 days earlier"]
    expect(visit.page.locator(".panel .lead").nth(0)).to_contain_text("2")
    expect(visit.page.locator(".panel .lead").nth(1)).to_contain_text("7")
    visit.choose("Compare with", "Spread of 2 starts")
    visit.address_has("compare=lagged")
    visit.until("goms.state().panels[2].title === 'Spread of 2 starts' && goms.state().panels[2].drawn")
    visit.see("2 starts to day 5")
    mean, spread = visit.state()["panels"][1:]
    assert mean["title"] == "Mean of 2 starts" and spread["quantity"].endswith("standard deviation")
    assert spread["low"] == 0 and spread["high"] < mean["high"]
    visit.press("One day on")
    visit.until("goms.state().lead === 3")


@pytest.mark.usefixtures("stored")
def test_an_earlier_forecast_that_is_not_there_can_be_run_from_where_it_is_missed(visit: Visit) -> None:
    visit.open("?start=2019-07-08")
    visit.choose("Compare with", "GOMS small, 5 days earlier (to be run)")
    visit.see("This earlier forecast is not there yet: run it")
    button = visit.page.get_by_role("button", name="Run the forecast from sample day 130")
    expect(button).to_be_enabled()
    visit.choose("Compare with", "Nothing")
    expect(button).to_be_hidden()
