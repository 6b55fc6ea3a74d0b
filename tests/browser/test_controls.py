"""Every choice shows at once, maps stay linked, and a click answers."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_variable_quantity_and_depth_show_at_once(visit: Visit) -> None:
    visit.open()
    visit.choose("Variable", "Current speed")
    visit.until("goms.state().panels[0].quantity === 'Current speed at the surface' && !goms.state().pending")
    visit.press("24 h change")
    visit.until("goms.state().panels[0].quantity.endsWith('change in 24 hours')")
    visit.press("Anomaly")
    visit.until("goms.state().panels[0].quantity.endsWith('anomaly from climatology') && !goms.state().pending")
    visit.press("Value")
    slider = visit.page.get_by_role("slider", name="Depth (m)")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    visit.until("goms.state().panels[0].quantity === 'Current speed at 10 m'")
    visit.address_has("variable=speed", "depth=10")


def test_a_surface_field_has_no_depth(visit: Visit) -> None:
    visit.open()
    visit.choose("Variable", "Sea surface height")
    visit.see("One value for the whole column: no depth to choose.")
    expect(visit.page.get_by_role("slider", name="Depth (m)")).to_be_hidden()


def test_region_palette_and_range_change_the_picture(visit: Visit) -> None:
    visit.open()
    visit.choose("Region", "Kuroshio")
    visit.until("goms.state().view.span < 90 && goms.state().view.lon > 120")
    visit.address_has("region=kuroshio")
    before = visit.picture()
    visit.choose("Palette", "Viridis")
    visit.address_has("palette=viridis")
    visit.wait(lambda: visit.picture() != before)
    visit.choose("Range", "Fixed")
    visit.address_has("range=fixed", "high=")
    limit = visit.page.get_by_label("To", exact=True)
    expect(limit).not_to_have_value(re.compile(r"^0?(\.0)?$"))
    # Typed as a person does: the box writes its number anew when it is entered, which a text set in one stroke can straddle.
    limit.click()
    limit.press("ControlOrMeta+a")
    limit.press_sequentially("50")
    limit.press("Enter")
    visit.until("Math.abs(goms.state().panels[0].high - 50) < 0.01")


def test_panning_makes_a_view_of_ones_own(visit: Visit) -> None:
    visit.open("?region=kuroshio&lat=35&lon=151.25&span=66")
    visit.page.locator(".map").first.focus()
    for _ in range(4):
        visit.page.keyboard.press("Shift+ArrowLeft")
    visit.address_has("region=own")


def test_space_plays_a_page_that_has_just_opened(visit: Visit) -> None:
    visit.open()
    assert not visit.state()["playing"]
    visit.page.keyboard.press(" ")
    visit.until("goms.state().playing")
    visit.page.keyboard.press(" ")
    visit.until("!goms.state().playing")


def test_a_comparison_is_linked_and_scored(visit: Visit) -> None:
    visit.open()
    visit.choose("Compare with", "Reference (sample run)")
    visit.until("goms.state().panels.length === 3 && goms.state().panels.every((panel) => panel.drawn)")
    state = visit.state()
    assert state["panels"][2]["title"] == "GOMS small minus Reference (sample run)"
    assert (state["panels"][0]["low"], state["panels"][0]["high"]) == (state["panels"][1]["low"], state["panels"][1]["high"])
    visit.see("Error of this forecast")
    pictures = [visit.picture(panel) for panel in range(3)]
    visit.press("Last day")
    visit.until("goms.state().lead === 30 && !goms.state().pending")
    visit.wait(lambda: all(visit.picture(panel) != pictures[panel] for panel in range(3)))
    visit.wait(lambda: len({visit.picture(panel) for panel in range(3)}) == 3)


def test_another_product_is_matched_by_valid_day_and_its_zero_is_moved(visit: Visit) -> None:
    visit.open("?variable=zos&compare=store:hycom__box__20190225&lead=2")
    visit.until("goms.state().panels.length === 3 && goms.state().panels[2].drawn")
    visit.see("means over the common water removed")
    high = visit.state()["panels"][2]["high"]
    assert high < 0.05, "the two have the same pattern on the same day: only their zeros differ"


def test_an_analysis_plays_by_its_own_days(visit: Visit) -> None:
    visit.open("?source=store:hycom__box__20190225")
    visit.see("2019-02-25")
    visit.see("snapshots at 12 UTC")
    expect(visit.page.get_by_role("button", name="Nothing to run")).to_be_disabled()


def test_a_click_shows_series_and_profile_there(visit: Visit) -> None:
    visit.open("?compare=reference")
    visit.until("goms.state().panels.length === 3 && goms.state().panels.every((panel) => panel.drawn)")
    box = visit.page.locator(".map").first.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
    visit.address_has("point_lat=")
    expect(visit.page.locator(".details canvas").locator("visible=true").first).to_be_visible()
    visit.press("Forget the point")
    visit.see("Error of this forecast")
    visit.page.wait_for_function("() => !location.search.includes('point_l')")


def test_every_list_has_a_name(visit: Visit) -> None:
    visit.open()
    for label in ("Source", "Initial date", "Model", "Variable", "Compare with", "Region", "Palette", "Range"):
        expect(visit.page.get_by_role("combobox", name=label, exact=True)).to_be_visible()
