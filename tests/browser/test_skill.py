"""Skill: results in charts and a table, choices in the address, and forecasts of the disk scored behind the page."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Take a server that other modules do not see: scores are kept in its home."""
    return own_server


@pytest.fixture
def address(scored: str) -> str:
    """Return the address of the view of a kept result."""
    return f"?view=skill&skill=own:{quote(scored)}"


def test_the_tab_shows_scores_with_intervals_energy_and_spectra(visit: Visit, address: str) -> None:
    visit.open(address.replace("view=skill&", ""))
    visit.page.get_by_role("tab", name="Skill").click()
    visit.address_has("view=skill")
    visit.chart("RMSE", "Anomaly correlation", "Bias", "Eddy energy kept", "Spectrum of sea level", "Spectrum of currents")
    visit.see("5 held-out starts")
    visit.see("upper bound")
    cells = visit.page.get_by_role("row", name="GOMS small").first
    expect(cells).to_contain_text("0.1 (")
    expect(visit.page.get_by_role("combobox", name="Palette")).to_be_hidden()
    visit.page.get_by_role("tab", name="Map").click()
    visit.until("goms.state().panels[0]?.drawn")


def test_field_depth_and_waters_are_chosen_and_kept_in_the_address(visit: Visit, address: str) -> None:
    visit.page.goto(f"{visit.server.url}/{address}")
    visit.chart("RMSE")
    visit.choose("Scored field", "Temperature")
    visit.choose("Scored depth", "100 m")
    visit.choose("Waters", "within 14 degrees")
    visit.choose("Spectra of", "Southern Ocean 45-60S 160-80W")
    visit.address_has("variable=thetao", "depth=100", "band=", "waters=")
    visit.see("Temperature at 100 m, within 14 degrees")
    visit.chart("Eddy energy kept, within 14 degrees")


def test_the_numbers_are_saved_as_a_table(visit: Visit, address: str) -> None:
    visit.page.goto(f"{visit.server.url}/{address}")
    visit.chart("RMSE")
    with visit.page.expect_download() as download:
        visit.press("Save")
    text = Path(download.value.path()).read_text()
    assert "upper bound" in text and "model,variable,depth,band,lead_days,rmse" in text


def test_forecasts_of_the_disk_are_scored_behind_the_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.server.url}/?view=skill&skill=disk")
    visit.see("1 forecast on the disk")
    visit.chart("RMSE")
    visit.see("each against its reference")
    assert (visit.server.home / "verification" / "stores__sample__small.json").exists()
