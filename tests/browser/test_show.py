"""The show: opens by itself, is led by keys, fits a phone, waits in words, and does without WebGL, motion or a mouse."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

small_screen = pytest.mark.parametrize("visit", [(720, 500)], indirect=True)
phone = pytest.mark.parametrize("visit", [(390, 844)], indirect=True)

WAITING = {
    "scenes": [], "complete": False,
    "waiting": {"title": "The first forecast is being made", "detail": "Day 7 of 30.", "fraction": 7 / 30},
}  # fmt: skip


def _open(visit: Visit, address: str = "") -> None:
    visit.page.goto(f"{visit.server.url}/show{address}")
    visit.until("goms.state().drawn")


def _programme(visit: Visit, change: dict[str, Any]) -> None:
    """Let every scene of the programme come with `change`."""

    def answer(route: Route) -> None:
        programme = route.fetch().json()
        programme["scenes"] = [scene | change for scene in programme["scenes"]]
        route.fulfill(body=json.dumps(programme), content_type="application/json")

    visit.page.route("**/programme.json?*", answer)


def _colourful(visit: Visit) -> float:
    """Return the share of the screen that is neither black nor grey: the ocean is its only colour."""
    picture = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")).astype(int)
    return float((picture.max(axis=2) - picture.min(axis=2) > 40).mean())


@small_screen
def test_it_plays_by_itself_and_says_what_it_is(visit: Visit) -> None:
    _open(visit, "?scene=gulf_stream")
    visit.until("goms.state().lead > 1 && goms.state().streaks")
    for words in (
        "Gulf Stream", "simulated; 1 s = 2 days", "blended between days", "Temperature at the surface", "°C",
        "GOMS small, hindcast, winds known · sample ocean - simulation, not for navigation",
        "Streaks: direction and speed of this instant, not drift paths",
    ):  # fmt: skip
        visit.see(words)
    expect(visit.page.locator(".day")).to_contain_text("sample day")
    assert _colourful(visit) > 0.25


@small_screen
def test_keys_lead_through_the_tour_and_the_address_remembers(visit: Visit) -> None:
    _open(visit)
    visit.page.keyboard.press("ArrowRight")
    visit.until("goms.state().scene === 'gulf_stream'")
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("ArrowLeft")
    visit.until("goms.state().scene === 'bloom'")
    visit.see("Phytoplankton bloom")
    visit.page.keyboard.press(" ")
    visit.until("!goms.state().playing && Number.isInteger(goms.state().position)")
    expect(visit.page.get_by_text("blended between days")).to_have_count(0)
    visit.page.keyboard.press("g")
    visit.page.keyboard.press("s")
    visit.address_has("scene=bloom", "view=flat", "streaks=off")
    visit.page.reload()
    visit.until("goms.state().scene === 'bloom' && goms.state().view === 'flat' && goms.state().drawn")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_url(lambda url: "/show" not in url)


@small_screen
def test_a_scene_that_has_been_shown_makes_room_for_the_next(visit: Visit) -> None:
    _programme(visit, {"days_a_second": 60, "rounds": 1})
    _open(visit, "?scene=agulhas")
    visit.until("goms.state().scene === 'equatorial_pacific' && goms.state().drawn")
    visit.until("goms.state().scene === 'kuroshio'")


@phone
def test_on_a_phone_everything_is_on_the_screen_and_large_enough_for_fingers(visit: Visit) -> None:
    _open(visit, "?scene=bloom")
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    for button in visit.page.locator(".buttons button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert 0 <= box["x"] <= 390 - box["width"] and 0 <= box["y"] <= 844 - box["height"]
    for selector in (".day", "h1", ".caption", ".source"):
        box = visit.page.locator(selector).first.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] >= 0
    visit.press("Next scene (right arrow)")
    visit.until("goms.state().scene === 'kuroshio'")
    visit.press("Show a flat map (g)")
    visit.until("goms.state().view === 'flat'")


@small_screen
def test_while_nothing_is_there_it_says_what_is_made_and_begins_by_itself(visit: Visit) -> None:
    visit.page.route(
        "**/programme.json?*", lambda route: route.fulfill(body=json.dumps(WAITING), content_type="application/json")
    )
    visit.page.goto(f"{visit.server.url}/show")
    visit.see("The first forecast is being made")
    visit.see("Day 7 of 30.")
    expect(visit.page.locator("h1")).to_be_hidden()
    visit.page.unroute("**/programme.json?*")
    visit.until("goms.state().drawn")
    expect(visit.page.get_by_text("The first forecast is being made")).to_be_hidden()
    visit.see("Kuroshio eddies")


@small_screen
def test_without_webgl_the_flat_map_is_drawn(visit: Visit) -> None:
    visit.page.add_init_script("""const ask = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind === "webgl2" ? null : ask.call(this, kind, ...rest);
        };""")
    _open(visit, "?scene=gulf_stream&view=globe")
    assert visit.state()["view"] == "flat"
    expect(visit.page.get_by_role("button", name="Show the globe (g)")).to_have_count(0)
    assert _colourful(visit) > 0.25


OUTSIDE = """() => [...document.querySelectorAll("button, h1, .caption, .legend")].filter((one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return one.offsetParent && (left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1);
}).map((one) => one.textContent || one.ariaLabel)"""


@small_screen
def test_words_and_buttons_stay_on_a_screen_of_any_shape(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    _open(visit, "?scene=agulhas")
    for width, height in ((720, 500), (844, 390), (700, 640), (960, 700), (1024, 600), (390, 844)):
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.wait_for_function("([width, height]) => innerWidth === width && innerHeight === height", arg=[width, height])
        assert visit.page.evaluate(OUTSIDE) == [], f"{width} x {height}"


@small_screen
def test_who_wants_less_motion_gets_a_still_picture_until_play_is_pressed(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    _open(visit, "?scene=agulhas")
    state = visit.state()
    assert not state["playing"] and not state["streaks"]
    visit.press("Next scene (right arrow)")
    visit.until("goms.state().scene === 'equatorial_pacific' && !goms.state().flying")
    assert visit.state()["lead"] == 0
    visit.press("Play (space)")
    visit.until("goms.state().lead > 0")
    expect(visit.page.get_by_text("blended between days")).to_have_count(0)
