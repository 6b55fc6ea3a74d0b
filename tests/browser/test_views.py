"""The views of the page: a tab each, one selection behind them all."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TITLES, Visit

pytestmark = pytest.mark.browser


def _tab(visit: Visit, name: str) -> None:
    visit.page.get_by_role("tab", name=name, exact=True).click()
    expect(visit.page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")


def test_views_keep_the_day_and_give_the_map_its_field_back(visit: Visit) -> None:
    visit.open("?variable=so&lead=4")
    _tab(visit, "Waves")
    visit.until("goms.state().panels[0].quantity === 'Significant wave height'")
    visit.address_has("view=waves", "variable=swh")
    _tab(visit, "Map")
    visit.until("goms.state().panels[0].quantity === 'Salinity at the surface' && goms.state().lead === 4")
    visit.address_has("view=map", "variable=so")


def test_the_kuroshio_is_reached_by_keyboard_with_three_maps_and_the_axis_on_each(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("tab", name="Map", exact=True).focus()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Enter")
    visit.address_has("view=kuroshio", "region=kuroshio", "compare=reference")
    visit.until("goms.state().panels.length === 3 && goms.state().panels.every((panel) => panel.drawn)")
    titles = [panel["title"] for panel in visit.state()["panels"]]
    assert titles == ["GOMS small, Kuroshio 1/12°", "GOMS small", "Reference (sample run), Kuroshio 1/12°"]
    visit.see("what is finer than 1/4° is statistical")
    visit.until("goms.state().panels.every((panel) => panel.axis > 5)")
    visit.chart("Mean latitude of the axis, 141-153°E")
    visit.choose("Variable", "Vorticity over f")
    visit.until("goms.state().panels.every((panel) => panel.quantity === 'Vorticity over f at the surface')")
    _tab(visit, "Map")
    visit.until("goms.state().panels.length === 1 && goms.state().panels[0].axis === 0")


def test_waves_are_named_on_the_bar_in_the_area_in_view_and_at_a_click(visit: Visit) -> None:
    visit.open("?view=waves")
    bar = visit.page.locator(".bar-names").first
    expect(bar).to_contain_text("moderate")
    expect(bar).to_contain_text("rough")
    visit.see("none under ice")
    visit.chart("Sea of the globe", "Significant wave height, GOMS small, 35.00°N 150.00°E")
    visit.page.get_by_role("application").first.click(position={"x": 500, "y": 150})
    # The chart of the place before stays among the page's models for a while.
    elsewhere = "(title) => title.startsWith('Significant wave height, ') && !title.endsWith('35.00°N 150.00°E')"
    visit.page.wait_for_function(f"() => {TITLES}.some({elsewhere})")


def test_plankton_is_stacked_by_groups_with_its_nutrients(visit: Visit) -> None:
    visit.open()
    _tab(visit, "Biogeochemistry")
    visit.until("goms.state().panels[0].quantity === 'Chlorophyll' && !goms.state().pending")
    visit.chart("Phytoplankton, 35.00°N 150.00°E", "Nitrate", "Dissolved iron")
    visit.choose("Variable", "Diatoms")
    visit.until("goms.state().panels[0].quantity === 'Diatoms'")


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_on_a_phone_the_tabs_scroll_and_a_run_without_plankton_says_so(visit: Visit) -> None:
    visit.open("?model=persistence")
    _tab(visit, "Biogeochemistry")
    visit.see("This run has no plankton and nutrients.")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
