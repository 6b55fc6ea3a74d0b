"""Sections: a line chosen or drawn with two clicks, its charts, and its place in the address."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.browser


def _chart(visit: Visit, words: str) -> None:
    """Wait for a chart whose title holds `words`: Bokeh writes it on a canvas, so the document is asked."""
    titles = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.title?.text ?? ''))"
    visit.page.wait_for_function(f"(words) => {titles}.some((title) => title.includes(words))", arg=words, timeout=PATIENCE)


def test_a_named_line_gives_a_section_and_the_water_that_crosses_it(visit: Visit) -> None:
    visit.open("?lead=3")
    visit.press("Section")
    visit.see("Choose a line, or click its two ends on a map.")
    visit.choose("Line", "Kuroshio Extension, 149°E")
    visit.address_has("section=kuroshio_extension")
    _chart(visit, "Temperature, GOMS small, sample day 3")
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
    _chart(visit, "Salinity, GOMS small, sample day 2")


def test_a_comparison_shows_both_sections(visit: Visit) -> None:
    visit.open("?section=137e&lead=1&compare=reference")
    _chart(visit, "Temperature, Reference (sample run), sample day 1")
    _chart(visit, "Temperature, GOMS small, sample day 1")
    expect(visit.page.get_by_role("button", name="Error by lead")).to_be_visible()


def test_a_line_in_the_address_that_is_none_is_said(visit: Visit) -> None:
    visit.open("?section=atlantis")
    visit.see("expected one of equatorial_pacific")
