"""Saving what is shown and copying its address, as a visitor does it."""

import io
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def _saved(visit: Visit, kind: str) -> Path:
    visit.page.get_by_label("Kind of file").select_option(label=kind)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Save", exact=True).click()
    return Path(download.value.path())


def test_a_picture_of_the_view_is_saved(visit: Visit) -> None:
    visit.open("?variable=zos&region=kuroshio&lead=3")
    drawn = imageio.imread(io.BytesIO(_saved(visit, "Picture (PNG)").read_bytes()), extension=".png")
    assert len(np.unique(drawn[..., :3].reshape(-1, 3), axis=0)) > 100
    visit.see("Saved as goms-map.png")


def test_a_drawing_names_what_the_page_shows(visit: Visit) -> None:
    visit.open("?variable=so&lead=3&compare=reference&chart=point&layers=arrows,drift")
    said = _saved(visit, "Drawing (SVG)").read_text()
    for words in ("Salinity at the surface", "sample day 3", "Reference (sample run)", "sample ocean", "Path of a particle"):
        assert words in said
    visit.see("currents and wind belong to the two maps, not to their difference")
    said = _saved(visit, "Drawing of the chart (SVG)").read_text()
    for words in (
        "Point: Series and profile",
        "35.00°N 150.00°E",
        "sample day 3",
        "Reference (sample run)",
        "not for navigation",
    ):
        assert words in said


def test_what_cannot_be_saved_is_said_where_it_was_asked_for(visit: Visit) -> None:
    visit.open("?model=persistence")
    visit.page.get_by_label("Kind of file").select_option(label="Lines of Python")
    visit.page.get_by_role("button", name="Save", exact=True).click()
    visit.see("is computed on the page and has no store")
    expect(visit.page.get_by_role("button", name="Save", exact=True)).to_be_enabled()
    visit.errors.clear()  # the browser writes a refused request into its console


def test_the_link_to_the_view_can_be_copied(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open("?variable=zos&lead=2")
    visit.page.get_by_role("button", name="Copy link to this view").click()
    visit.see("The link is in the clipboard")
    assert "variable=zos" in visit.page.evaluate("navigator.clipboard.readText()")
