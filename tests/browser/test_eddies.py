"""Eddies and drift on the map: contours with their facts, paths with their label, and nothing while they are off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from engine.grid import coarsened
from engine.store import delete_store
from tests.app.made_stores import write_eddies, write_surface_analysis
from tests.browser.conftest import Server, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def sea(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the server a store with the Kuroshio, of a high and a low, for one test.

    Asked for before the visit, so that the page is closed, and asks for nothing any more, when the store goes.
    """
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    identifier = write_eddies(kuroshio=True)
    yield f"?source=store:{identifier}/kuroshio&variable=zos&lat=35&lon=150&span=48"
    delete_store(identifier)


def open_with_eddies(visit: Visit, address: str) -> Locator:
    """Open an address and wait for the high and the low; returns the map."""
    visit.open(address)
    visit.until("goms.state().panels[0].overlay.eddies === 2")
    return visit.page.get_by_role("application").first


def place(visit: Visit, latitude: float, longitude: float) -> dict[str, float]:
    """Return where a place lies on the map, in pixels."""
    script = """([lat, lon, { width, height }]) => {
        const { view } = goms.state();
        return { x: width / 2 + (lon - view.lon) * width / view.span, y: height / 2 - (lat - view.lat) * width / view.span };
    }"""
    return dict(visit.page.evaluate(script, [latitude, longitude, visit.page.locator(".map").first.bounding_box()]))


def test_a_click_on_an_eddy_tells_what_it_is_and_escape_closes_it(sea: str, visit: Visit) -> None:
    area = open_with_eddies(visit, f"{sea}&layers=eddies&lead=3")
    visit.see("anticyclones, 5 cm and more")
    area.click(position=place(visit, 32.3, 149.9))
    card = visit.page.get_by_role("dialog")
    expect(card).to_contain_text("Anticyclone, a high")
    for words in ("clockwise", "cm", "3 days or more", "4 days or more", "°N 149."):
        expect(card).to_contain_text(words)
    visit.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    area.click(position=place(visit, 38.2, 151.9))
    expect(card).to_contain_text("Cyclone, a low")
    area.click(position=place(visit, 35.0, 140.0))
    expect(card).to_have_count(0)


def test_eddies_are_reached_and_left_by_keyboard_and_followed_over_the_days(sea: str, visit: Visit) -> None:
    open_with_eddies(visit, f"{sea}&layers=eddies")
    visit.page.get_by_role("button", name="anticyclones, 5 cm and more").press("Enter")
    card = visit.page.get_by_role("dialog")
    expect(card).to_contain_text("Anticyclone")
    visit.page.keyboard.press("ArrowRight")
    expect(card).to_contain_text("1 day or more")
    visit.page.keyboard.press("Enter")
    expect(card).to_contain_text("Cyclone, a low")
    card.get_by_role("button", name="Close").press("Enter")
    expect(card).to_have_count(0)
    expect(visit.page.get_by_role("application").first).to_be_focused()


def test_the_focus_stays_while_the_eddies_of_the_next_day_are_on_their_way(sea: str, visit: Visit) -> None:
    visit.page.route("**/eddies/**/1?*", lambda route: None)
    open_with_eddies(visit, f"{sea}&layers=eddies")
    note = visit.page.locator(".eddy-note")
    note.press("Enter")
    card = visit.page.get_by_role("dialog")
    expect(card).to_contain_text("Anticyclone")
    visit.page.keyboard.press("ArrowRight")
    expect(note).to_contain_text("eddies are being found")
    expect(note).to_have_attribute("aria-disabled", "true")
    # What is held goes on with it.
    visit.page.unroute("**/eddies/**/1?*")
    expect(card).to_contain_text("1 day or more")
    visit.page.keyboard.press("Enter")
    expect(card).to_contain_text("Cyclone, a low")


@pytest.fixture
def warm_surface(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the server an analysis without sea surface height for one test, which asks for it before the visit."""
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    identifier = write_surface_analysis(coarsened(8))
    yield identifier
    delete_store(identifier)


def test_a_store_without_sea_surface_height_says_so(warm_surface: str, visit: Visit) -> None:
    visit.open(f"?source=store:{warm_surface}&layers=eddies")
    visit.see("no eddies here: this map has no sea surface height of its own")


def test_without_layers_nothing_is_asked_and_nothing_drawn(sea: str, visit: Visit) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open(sea)
    visit.until("goms.state().complete")
    assert not any("/eddies/" in url for url in asked)
    expect(visit.page.locator(".overlay")).to_have_count(0)


def test_a_particle_drifts_from_the_point_and_from_the_next_one(sea: str, visit: Visit) -> None:
    visit.open(f"{sea}&point_lat=35&point_lon=145&lead=1")
    area = visit.page.get_by_role("application").first
    visit.press("Drift from the point")
    visit.address_has("layers=drift", "release=1")
    visit.until("goms.state().panels[0].overlay.paths === 10")
    visit.see("Path of a particle released on sample day 1 (like 24 Feb); currents of GOMS small, Kuroshio 1/12° at the")
    visit.page.get_by_role("button", name="One day on").click()
    visit.press("Release on this day")
    visit.address_has("release=2")
    visit.see("released on sample day 2")
    area.click(position=place(visit, 35.0, 140.0))
    visit.address_has("point_lon=140")
    visit.until("goms.state().panels[0].overlay.paths === 10")
    visit.press("Drift from the point")
    visit.until("goms.state().panels[0].overlay.paths === 0")
    visit.page.wait_for_function("() => !location.search.includes('release=')")


def test_on_land_it_is_said_that_nothing_drifts(visit: Visit) -> None:
    visit.open("?layers=drift&point_lat=0&point_lon=20&lead=1")
    visit.see("on land or outside the grid; choose water")
