"""Two map components on one page: each keeps its own view, days and layers, and one of them answers the keys."""

from collections.abc import Iterator
from dataclasses import dataclass

import panel as pn
import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from app.frames.http import patterns
from app.loopmap import LoopMap
from tests.browser.conftest import fresh_page
from tests.browser.one_map import LEADS, Reader, field, wait_on
from tests.serving import serving_here

pytestmark = pytest.mark.browser

IDS = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    return all(document).filter((one) => one.id && one.closest(".goms")).map((one) => one.id);
}"""

BLUR = """() => {
    let focused = document.activeElement;
    while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    focused.blur();
}"""


@dataclass
class TwoMaps:
    page: Page
    components: list[LoopMap]

    def map(self, number: int) -> Locator:
        return self.page.locator(".map").nth(number)

    def wait_for(self, playheads: list[int]) -> None:
        wait_on(self.page, lambda: [each.playhead for each in self.components] == playheads)


@pytest.fixture
def two_maps(chromium: BrowserContext) -> Iterator[TwoMaps]:
    components: list[LoopMap] = []
    errors: list[str] = []
    readers = {"forecast": Reader(), "reference": Reader()}

    def page_of_server() -> pn.Column:
        times = [f"day {lead}" for lead in LEADS]
        for store in readers:
            panels = [field(store=store)]
            components.append(LoopMap(sizing_mode="stretch_width", leads=LEADS, times=times, panels=panels, layers=["names"]))
        return pn.Column(*components, sizing_mode="stretch_width")

    with (
        serving_here(page_of_server, extra_patterns=patterns(readers.__getitem__)) as server,
        fresh_page(chromium, 900, 1300) as page,
    ):
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.port}/")
        page.wait_for_function("window.goms && goms.loopReadyMs.length === 2")
        yield TwoMaps(page, components)
    assert errors == []


def test_keys_pressed_beside_two_maps_are_answered_by_the_one_used_last(two_maps: TwoMaps) -> None:
    page = two_maps.page
    page.keyboard.press("ArrowRight")
    two_maps.wait_for([1, 0])
    two_maps.map(1).click()
    page.evaluate(BLUR)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    two_maps.wait_for([1, 2])
    assert page.evaluate("goms.state().lead") == 2, "what is told of the page is told of the map used last"


def test_charts_beside_two_maps_follow_the_one_used_last(two_maps: TwoMaps) -> None:
    page = two_maps.page
    page.evaluate('() => { globalThis.leads = []; document.addEventListener("goms-lead", ({ detail }) => leads.push(detail)); }')
    two_maps.map(1).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("leads.at(-1) === 1")
    two_maps.map(0).focus()
    page.wait_for_function("leads.at(-1) === 0")


def test_each_of_two_maps_has_its_own_view_and_both_have_their_names(two_maps: TwoMaps) -> None:
    page = two_maps.page
    two_maps.map(1).hover()
    page.mouse.wheel(0, -240)
    two_maps.map(1).click()
    page.wait_for_function("goms.state().view.span < 300 && goms.state().panels[0].layers.names.length > 0")
    two_maps.map(0).click()
    page.wait_for_function("goms.state().view.span === 360 && goms.state().panels[0].layers.names.length > 0")


def test_no_element_of_two_maps_has_the_name_of_another(two_maps: TwoMaps) -> None:
    for number in range(2):
        two_maps.page.get_by_role("button", name="Keys", exact=True).nth(number).click()
        two_maps.page.keyboard.press("Escape")
    ids = two_maps.page.evaluate(IDS)
    assert len(ids) == len(set(ids))
