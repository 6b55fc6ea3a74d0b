"""The views of the page: a tab each, one selection behind them all."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def _tab(visit: Visit, name: str) -> None:
    visit.page.get_by_role("tab", name=name, exact=True).click()
    expect(visit.page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")


def test_views_keep_the_day_and_give_the_map_its_field_back(visit: Visit) -> None:
    visit.open("?variable=so&lead=4")
    _tab(visit, "Waves")
    visit.address_has("view=waves", "variable=swh")
    visit.see("This run has no waves.")
    _tab(visit, "Map")
    visit.until("goms.state().panels[0].quantity === 'Salinity at the surface' && goms.state().lead === 4")
    visit.address_has("view=map", "variable=so")


def test_tabs_are_reached_by_keyboard(visit: Visit) -> None:
    visit.open()
    tab = visit.page.get_by_role("tab", name="Map", exact=True)
    tab.focus()
    tab.press("ArrowRight")
    visit.page.keyboard.press("Enter")
    visit.address_has("view=kuroshio", "region=kuroshio", "compare=reference")
    visit.until("goms.state().panels.length === 3 && goms.state().panels[1].drawn && goms.state().panels[2].drawn")
    visit.see("This run has no Kuroshio at 1/12°.")


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_the_tabs_of_a_phone_scroll_and_the_page_does_not(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("tab", name="Biogeochemistry", exact=True).scroll_into_view_if_needed()
    _tab(visit, "Biogeochemistry")
    visit.see("This run has no plankton and nutrients.")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
