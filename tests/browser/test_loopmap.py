"""The map component in a real browser, on a small ocean made up here."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import panel as pn
import pytest
from playwright.sync_api import BrowserContext, Page

from app.frames.http import patterns
from app.loopmap import LoopMap
from engine.runtime.errors import InputError
from tests.browser.conftest import fresh_page
from tests.browser.one_map import DIFFERENCE, LEADS, Reader, Visit, field, never_ready
from tests.serving import serving_here

pytestmark = pytest.mark.browser


@pytest.fixture
def open_map(chromium: BrowserContext) -> Iterator[Callable[..., Visit]]:
    readers = {"forecast": Reader(), "reference": Reader()}
    made: list[tuple[LoopMap, Any]] = []
    wanted: dict[str, Any] = {}
    errors: list[str] = []

    def open_reader(identifier: str) -> Reader:
        if identifier not in readers:
            raise InputError(f"there is no store {identifier}")
        return readers[identifier]

    def page_of_server() -> LoopMap:
        component = LoopMap(sizing_mode="stretch_width", leads=LEADS, times=[f"sample day {lead}" for lead in LEADS], **wanted)
        made.append((component, pn.state.curdoc))
        return component

    def start(
        width: int = 1232, height: int = 800, touch: bool = False, before: Callable[[Page], None] | None = None, **values: Any
    ) -> Visit:
        wanted.update({"panels": [field()], **values})
        server = stack.enter_context(serving_here(page_of_server, extra_patterns=patterns(open_reader)))
        page = stack.enter_context(fresh_page(chromium, width, height))
        if touch:
            chromium.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before:
            before(page)
        page.goto(f"http://127.0.0.1:{server.port}/")
        result = Visit(page, *made[-1], readers, errors)
        result.until("window.goms && goms.state && goms.state().panels.length > 0")
        return result

    with ExitStack() as stack:
        yield start
    assert errors == []


def test_the_first_picture_carries_what_it_shows(open_map: Callable[..., Visit]) -> None:
    seen = open_map()
    seen.until("goms.changeMs.length === 1 && goms.loopReadyMs.length === 1")
    text = seen.page.locator(".panel").inner_text()
    for words in ("quantity thetao (°C)", "title of forecast · winds made up", "sample day 0", "initial", "not for navigation"):
        assert words in text
    assert len(set(map(tuple, (seen.pixel(x, 0.55) for x in (0.2, 0.4, 0.6))))) == 3
    assert sorted(lead for _, lead in seen.readers["forecast"].reads) == LEADS


def test_what_begins_when_the_clock_stands_at_zero_is_counted_too(open_map: Callable[..., Visit]) -> None:
    seen = open_map(before=lambda page: page.add_init_script("performance.now = () => 0"))
    seen.until("goms.changeMs.length === 1 && goms.loopReadyMs.length === 1")


def test_playback_paints_other_pictures_without_asking_the_server(open_map: Callable[..., Visit]) -> None:
    seen = open_map(speed=30.0, range_mode="fixed", range_low=-10.0, range_high=40.0)
    seen.until("goms.loopReadyMs.length === 1")
    reads, before, painted = len(seen.readers["forecast"].reads), seen.pixel(0.5, 0.5), seen.page.evaluate("goms.leadsPainted")
    seen.page.get_by_role("button", name="Play", exact=True).click()
    seen.until("goms.state().lead > 12")
    seen.wait(lambda: seen.pixel(0.5, 0.5) != before)  # while it plays: by the pause it may be at the first day again
    seen.page.get_by_role("button", name="Pause").click()
    assert seen.page.evaluate("goms.leadsPainted") - painted > 10
    assert len(seen.readers["forecast"].reads) == reads
    seen.wait(lambda: seen.component.playhead == seen.state()["lead"] and not seen.component.playing)


def test_keys_step_seek_zoom_and_pan(open_map: Callable[..., Visit]) -> None:
    seen = open_map()
    seen.until("goms.loopReadyMs.length === 1")
    seen.page.locator(".map").focus()
    leads = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home", "ArrowLeft"):
        seen.page.keyboard.press(key)
        leads.append(seen.state()["lead"])
    assert leads == [1, 2, 1, 30, 0, 30]
    seen.page.keyboard.press("+")
    seen.page.keyboard.press("Shift+ArrowRight")
    view = seen.state()["view"]
    assert view["span"] == pytest.approx(360 / 1.6)
    assert view["lon"] > 205
    seen.page.keyboard.press("0")
    assert seen.state()["view"]["span"] == pytest.approx(360)
    seen.page.keyboard.press(" ")
    assert seen.state()["playing"]


def test_every_button_of_the_player_has_a_name_and_does_its_work(open_map: Callable[..., Visit]) -> None:
    seen = open_map(looping=False)
    seen.until("goms.loopReadyMs.length === 1")
    leads = []
    for name in ("Last day", "One day on", "One day back", "First day", "One day back"):
        seen.page.get_by_role("button", name=name).click()
        leads.append(seen.state()["lead"])
    assert leads == [30, 30, 29, 0, 0]
    seen.page.get_by_role("slider", name="Lead time").fill("17")
    assert seen.state()["lead"] == 17
    seen.page.get_by_role("button", name="Repeat").click()
    seen.page.get_by_role("combobox", name="Speed").select_option("15")
    seen.wait(lambda: seen.component.looping and seen.component.speed == 15)


def test_a_change_of_variable_keeps_the_old_picture_until_the_new_one_is_whole(open_map: Callable[..., Visit]) -> None:
    seen = open_map(palette="thermal")
    seen.until("goms.loopReadyMs.length === 1")
    old = seen.pixel(0.4, 0.5)
    seen.update(panels=[field(variable="so")], palette="haline")
    seen.until("goms.changeMs.length === 2 && goms.loopReadyMs.length === 2")
    assert seen.state()["panels"][0]["quantity"] == "quantity so"
    assert seen.pixel(0.4, 0.5) != old
    assert "psu" in seen.page.locator(".bar").inner_text()


def test_palette_and_range_change_without_asking_the_server(open_map: Callable[..., Visit]) -> None:
    seen = open_map()
    seen.until("goms.loopReadyMs.length === 1")
    reads, before = len(seen.readers["forecast"].reads), seen.pixel(0.4, 0.5)
    seen.update(palette="ice")
    seen.wait(lambda: seen.pixel(0.4, 0.5) != before)
    seen.update(range_mode="fixed", range_low=-2.0, range_high=2.0)
    seen.until("goms.state().panels[0].high === 2")
    seen.update(range_mode="symmetric")
    seen.until("goms.state().panels[0].low === -goms.state().panels[0].high")
    assert len(seen.readers["forecast"].reads) == reads
    seen.wait(lambda: seen.component.shown_range[0] == -seen.component.shown_range[1])


def test_the_wheel_zooms_about_the_pointer_and_brings_sharp_frames(open_map: Callable[..., Visit]) -> None:
    seen = open_map()
    seen.until("goms.loopReadyMs.length === 1")
    box = seen.box()
    x, y = box["x"] + 0.25 * box["width"], box["y"] + 0.4 * box["height"]
    seen.page.mouse.move(x, y)
    before = seen.page.locator(".readout").inner_text().split()[-2:]
    width = seen.state()["panels"][0]["drawnWidth"]
    seen.page.mouse.wheel(0, -240)
    seen.until("goms.zoomMs.length === 1")
    assert seen.page.locator(".readout").inner_text().split()[-2:] == before
    assert seen.state()["panels"][0]["drawnWidth"] < width
    seen.wait(lambda: abs(seen.component.view[2] - seen.state()["view"]["span"]) < 1e-6)
    assert seen.component.extent[1] - seen.component.extent[0] < 180


def test_the_map_has_no_seam_at_the_date_line_or_at_greenwich(open_map: Callable[..., Visit]) -> None:
    seen = open_map(range_mode="fixed", range_low=-10.0, range_high=10.0)
    seen.until("goms.loopReadyMs.length === 1")
    for number, lon in enumerate((180.0, 0.0), start=1):
        seen.update(view=(-50.0, lon, 24.0))
        seen.until(f"goms.zoomMs.length === {number}")
        row = [seen.pixel(0.205 + 0.02 * step, 0.52) for step in range(30)]
        steps = np.abs(np.diff(np.array(row), axis=0)).max()
        assert steps < 25


def test_dragging_pans_and_a_click_tells_the_server_where(open_map: Callable[..., Visit]) -> None:
    seen = open_map(view=(0.0, 205.0, 120.0))
    seen.until("goms.loopReadyMs.length === 1")
    box = seen.box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x - 100, y, steps=5)
    seen.page.mouse.up()
    moved = 120 * 100 / box["width"]
    assert seen.state()["view"]["lon"] == pytest.approx(205 + moved, abs=0.3)
    assert seen.points == []
    seen.page.mouse.click(x, y)
    seen.wait(lambda: len(seen.points) == 1)
    assert seen.points[0] == pytest.approx((0, 205 + moved), abs=0.3)


def test_a_double_click_zooms_and_does_not_move_the_point(open_map: Callable[..., Visit]) -> None:
    seen = open_map(view=(0.0, 205.0, 120.0), before=lambda page: page.clock.install())
    seen.until("goms.loopReadyMs.length === 1")
    box = seen.box()
    x, y = box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2
    # On a busy machine the second click may come late: the clock of the page waits for it.
    seen.page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    seen.page.mouse.dblclick(x, y)
    view = seen.state()["view"]
    assert view["span"] == pytest.approx(60)
    assert view["lon"] + 15 == pytest.approx(205 + 30, abs=0.3), "the place under the pointer stays there"
    seen.page.clock.run_for(1000)
    seen.page.mouse.click(x, y)
    assert seen.state()["view"] == view, "one click alone moves nothing"
    seen.page.clock.resume()
    seen.wait(lambda: seen.points)
    assert seen.points == [pytest.approx((0, 235), abs=0.3)], "one point, that of the single click"


def test_the_read_out_gives_the_value_of_the_field_and_says_where_there_is_none(open_map: Callable[..., Visit]) -> None:
    seen = open_map()
    seen.until("goms.loopReadyMs.length === 1")
    box = seen.box()
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    value = float(seen.page.locator(".readout b").inner_text().split()[0].replace("−", "-"))
    assert value == pytest.approx(10 * np.cos(np.deg2rad(205)), abs=0.3)
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 4)
    assert seen.page.locator(".readout b").inner_text() == "no data"


def test_compared_maps_share_view_range_and_playhead_and_their_difference_is_right(open_map: Callable[..., Visit]) -> None:
    shifted = {**field("reference", "reference"), "lead_offset": 5, "leads": [lead + 5 for lead in LEADS]}
    seen = open_map(panels=[field(), shifted, DIFFERENCE])
    seen.until("goms.loopReadyMs.length === 1")
    first, second, third = seen.state()["panels"]
    assert (first["low"], first["high"]) == (second["low"], second["high"])
    assert third["low"] == -third["high"]
    box = seen.box()
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    values = [float(text.split()[0].replace("−", "-")) for text in seen.page.locator(".readout b").all_inner_texts()]
    assert values[2] == pytest.approx(-5, abs=0.05)
    assert values[0] - values[1] == pytest.approx(values[2], abs=0.05)
    seen.page.mouse.wheel(0, -200)
    seen.until("goms.zoomMs.length === 1")
    widths = {panel["drawnWidth"] for panel in seen.state()["panels"]}
    assert len(widths) == 1


def test_leads_that_finish_later_are_fetched_alone(open_map: Callable[..., Visit]) -> None:
    seen = open_map(panels=[field(leads=[0, 1, 2])])
    seen.until("goms.state().panels[0].held === 3")
    seen.update(panels=[field(leads=[0, 1, 2, 3, 4])])
    seen.until("goms.state().panels[0].held === 5")
    assert sorted(lead for _, lead in seen.readers["forecast"].reads) == [0, 1, 2, 3, 4]
    assert seen.page.evaluate("goms.changeMs.length") == 1


def test_a_change_made_before_the_whole_page_is_ready_is_not_lost(open_map: Callable[..., Visit]) -> None:
    seen = open_map(panels=[field(leads=[0, 1, 2])], before=never_ready)
    seen.until("goms.state().panels[0].held === 3")
    # Frames come by another way than messages: what the map tells after its first one says that the server has that one, too.
    seen.wait(lambda: seen.component.extent != LoopMap().extent)
    seen.update(panels=[field(leads=[0, 1, 2, 3, 4])])
    seen.until("goms.state().panels[0].held === 5")
    box = seen.box()
    seen.page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    seen.wait(lambda: len(seen.points) == 1)


def test_playback_goes_round_the_leads_that_are_there_while_others_are_on_their_way(open_map: Callable[..., Visit]) -> None:
    keep = 'leads = []; document.addEventListener("goms-lead", ({ detail }) => leads.push(detail));'
    seen = open_map(panels=[field(leads=[0, 1, 2])], speed=30.0, playing=True, before=lambda page: page.add_init_script(keep))
    seen.until("leads.lastIndexOf(0) > leads.indexOf(2) && leads.includes(2)")
    assert seen.page.evaluate("[...new Set(leads)].sort()") == [0, 1, 2]


def test_a_map_without_a_store_says_why(open_map: Callable[..., Visit]) -> None:
    seen = open_map(panels=[field(leads=[])])
    seen.page.get_by_text("nothing here").wait_for()


def test_on_a_phone_nothing_runs_off_the_page(open_map: Callable[..., Visit]) -> None:
    seen = open_map(width=390, height=844, touch=True)
    seen.until("goms.loopReadyMs.length === 1")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert seen.box()["height"] > 200


def test_two_fingers_zoom_about_their_middle_and_one_pans(open_map: Callable[..., Visit]) -> None:
    seen = open_map(width=390, height=844, touch=True)
    seen.until("goms.loopReadyMs.length === 1")
    box, before = seen.box(), seen.state()["view"]
    x, y = box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2
    finger = seen.page.context.new_cdp_session(seen.page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": place[0], "y": place[1], "id": number} for number, place in enumerate(places)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x - 20, y))
    touch("touchStart", (x - 20, y), (x + 20, y))
    for apart in (25, 30, 35, 40):
        touch("touchMove", (x - apart, y), (x + apart, y))
    touch("touchEnd")
    seen.until(f"goms.state().view.span < {before['span'] * 0.6}")
    zoomed = seen.state()["view"]
    assert zoomed["span"] == pytest.approx(before["span"] / 2, rel=0.05)
    # The place under the middle of the fingers stays there.
    assert zoomed["lon"] - zoomed["span"] / 4 == pytest.approx(before["lon"] - before["span"] / 4, abs=4)
    assert seen.points == [], "a pinch is no click"

    touch("touchStart", (x, y))
    for step in (10, 20, 30):
        touch("touchMove", (x + step, y))
    touch("touchEnd")
    seen.until(f"goms.state().view.lon < {zoomed['lon'] - 5}")
    assert seen.state()["view"]["span"] == pytest.approx(zoomed["span"])
