"""Skill: results in charts and a table, choices in the address, and forecasts of the disk scored behind the page."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from engine.verify.results import keep_result
from tests.app.made_results import made_result
from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.browser

TITLES = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.title?.text ?? ''))"


@pytest.fixture
def scored(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep a result of two models in the server's home, and return the address of its view."""
    monkeypatch.setenv("GOMS_HOME", str(visit.server.home))
    return f"?view=skill&skill=own:{quote(keep_result(made_result()).stem)}"


def _charts(visit: Visit, *words: str) -> None:
    """Wait for charts whose titles hold `words`."""
    for each in words:
        visit.page.wait_for_function(f"(words) => {TITLES}.some((title) => title.includes(words))", arg=each, timeout=PATIENCE)


def test_the_tab_shows_scores_with_intervals_energy_and_spectra(visit: Visit, scored: str) -> None:
    visit.open(scored.replace("view=skill&", ""))
    visit.page.get_by_role("tab", name="Skill").click()
    visit.address_has("view=skill")
    _charts(visit, "RMSE", "Anomaly correlation", "Bias", "Eddy energy kept", "Spectrum of sea level", "Spectrum of currents")
    visit.see("5 held-out starts")
    visit.see("upper bound")
    cells = visit.page.get_by_role("row", name="GOMS small").first
    expect(cells).to_contain_text("0.1 (", timeout=PATIENCE)
    expect(visit.page.get_by_role("combobox", name="Palette")).to_be_hidden()
    visit.page.get_by_role("tab", name="Map").click()
    visit.until("goms.state().panels[0]?.drawn")


def test_field_depth_and_waters_are_chosen_and_kept_in_the_address(visit: Visit, scored: str) -> None:
    visit.page.goto(f"{visit.server.url}/{scored}")
    _charts(visit, "RMSE")
    visit.choose("Scored field", "Temperature")
    visit.choose("Scored depth", "100 m")
    visit.choose("Waters", "within 14 degrees")
    visit.choose("Spectra of", "Southern Ocean 45-60S 160-80W")
    visit.address_has("variable=thetao", "depth=100", "band=", "waters=")
    visit.see("Temperature at 100 m, within 14 degrees")
    _charts(visit, "Eddy energy kept, within 14 degrees")


def test_the_numbers_are_saved_as_a_table(visit: Visit, scored: str) -> None:
    visit.page.goto(f"{visit.server.url}/{scored}")
    _charts(visit, "RMSE")
    with visit.page.expect_download(timeout=PATIENCE) as download:
        visit.press("Save")
    text = Path(download.value.path()).read_text()
    assert "upper bound" in text and "model,variable,depth,band,lead_days,rmse" in text


def test_forecasts_of_the_disk_are_scored_behind_the_page(visit: Visit) -> None:
    visit.page.goto(f"{visit.server.url}/?view=skill&skill=disk")
    visit.see("1 forecast on the disk")
    _charts(visit, "RMSE")
    visit.see("each against its reference")
    assert (visit.server.home / "verification" / "stores__sample__small.json").exists()
