"""Sections: a line chosen or drawn with two clicks, its charts, and its place in the address."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_a_named_line_gives_a_section_and_the_water_that_crosses_it(visit: Visit) -> None:
    visit.open("?lead=3")
    visit.press("Section")
    visit.see("Choose a line, or click its two ends on a map.")
    visit.choose("Line", "Kuroshio Extension, 149°E")
    visit.address_has("section=kuroshio_extension")
    visit.chart("Temperature, GOMS small, sample day 3")
    visit.see("(0-500 m only)")
    visit.until("goms.state().line > 2")


def test_two_clicks_draw_a_line(visit: Visit) -> None:
    visit.open("?region=kuroshio&lead=2&variable=so")
    visit.press("Section")
    visit.see("Choose a line")
    area = visit.page.get_by_role("application").first
    area.click(position={"x": 600, "y": 200})
    visit.see("Click the other end of the line.")
    area.click(position={"x": 700, "y": 350})
    visit.address_has("section=")
    visit.chart("Salinity, GOMS small, sample day 2")


def test_a_comparison_shows_both_sections(visit: Visit) -> None:
    visit.open("?section=137e&lead=1&compare=reference")
    visit.chart("Temperature, Reference (sample run), sample day 1")
    visit.chart("Temperature, GOMS small, sample day 1")
    expect(visit.page.get_by_role("button", name="Error by lead")).to_be_visible()


def test_a_line_in_the_address_that_is_none_is_said(visit: Visit) -> None:
    visit.open("?section=atlantis")
    visit.see("expected one of equatorial_pacific")


IMAGE = """Bokeh.documents.map((one) => one.get_model_by_name("section-0")).find(Boolean)
    .renderers.find((one) => one.glyph.type === "Image").data_source.data.image[0].reduce((sum, one) => sum + (one || 0), 0)"""


def test_a_section_follows_the_playhead_while_it_plays(visit: Visit) -> None:
    visit.open("?section=equatorial_pacific&lead=1")
    expect(visit.page.get_by_role("slider", name="Place of the profile along the line")).to_be_visible()
    before = visit.page.evaluate(IMAGE)
    visit.press("Play")
    visit.chart("Temperature, GOMS small, sample day 4")
    visit.wait(lambda: visit.page.evaluate(IMAGE) != before)
    visit.press("Pause")


def test_the_profile_is_that_of_the_place_under_the_pointer_or_of_the_slider(visit: Visit) -> None:
    visit.open("?section=equatorial_pacific&compare=reference")
    slider = visit.page.get_by_role("slider", name="Place of the profile along the line")
    expect(slider).to_be_visible()
    said = visit.page.locator("output")
    expect(said).to_contain_text("7,796 km, 0.0°N 149.9°W")
    slider.focus()
    slider.press("Home")
    expect(said).to_contain_text("0 km, 0.0°N 140.0°E")
    box = visit.page.locator(".details canvas").first.bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    expect(said).not_to_contain_text("140.0°E")


def test_the_section_of_the_paper_is_one_press_away_and_time_another(visit: Visit) -> None:
    visit.open("?section=equatorial_pacific&variable=so")
    visit.press("As in the AI-GOMS paper")
    visit.address_has("compare=reference", "variable=thetao", "chart=section")
    visit.chart("Temperature, GOMS small, sample day 0")
    visit.chart("Temperature, Reference (sample run), sample day 0")
    visit.choose("Chart", "Hovmöller")
    visit.address_has("chart=section-time")
    visit.chart("Temperature at the surface, Reference (sample run), Equatorial Pacific")
