"""Two compared maps in one: a divider to drag or to move by keyboard, each side named, the choice in the address."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

COMPARED = "?compare=reference&layout=swipe&lead=2"
FORECAST, REFERENCE = "GOMS small", "Reference (sample run)"


def divider(visit: Visit) -> Locator:
    return visit.page.get_by_role("slider", name=f"Swipe: {FORECAST} on the left, {REFERENCE} on the right")


def read_at(visit: Visit, share: float) -> int:
    """Move the pointer to a share of the map's width and return the number of the map that is read there."""
    box = visit.page.locator(".map:visible").first.bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.25 * box["height"])
    shown = visit.page.evaluate(READ_OUT)
    assert len(shown) == 1
    return int(shown[0])


READ_OUT = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    return all(document).filter((one) => one.className === "readout").flatMap((one, number) => (one.hidden ? [] : [number]));
}"""


def test_the_divider_parts_the_two_maps_and_is_dragged(visit: Visit) -> None:
    visit.open(COMPARED)
    expect(divider(visit)).to_have_attribute("aria-valuetext", f"50 % {FORECAST}")
    heads = visit.page.locator(".panel:visible .source")
    expect(heads).to_have_text([f"{FORECAST} · hindcast, winds known", f"{REFERENCE} · simulation"])
    assert (read_at(visit, 0.4), read_at(visit, 0.6)) == (0, 1)
    box: Any = divider(visit).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 300, y, steps=4)
    visit.page.mouse.up()
    assert int(divider(visit).get_attribute("aria-valuenow") or 0) > 70
    assert (read_at(visit, 0.6), read_at(visit, 0.9)) == (0, 1)
    share = divider(visit).get_attribute("aria-valuenow")
    visit.address_has(f"divider={share}")
    visit.page.reload()
    expect(divider(visit)).to_have_attribute("aria-valuenow", str(share))


def test_the_arrows_move_the_focused_divider_and_not_the_days(visit: Visit) -> None:
    visit.open(COMPARED)
    divider(visit).focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        visit.page.keyboard.press(key)
    expect(divider(visit)).to_have_attribute("aria-valuenow", "60")
    visit.page.keyboard.press("Home")
    expect(divider(visit)).to_have_attribute("aria-valuenow", "0")
    assert visit.state()["lead"] == 2


def test_the_layout_is_chosen_and_kept_in_the_address(visit: Visit) -> None:
    visit.open("?compare=reference")
    visit.until("goms.state().panels.length === 3")
    expect(visit.page.locator(".panel:visible")).to_have_count(3)
    visit.choose("Layout", "Difference only")
    visit.address_has("layout=difference")
    expect(visit.page.locator(".panel:visible")).to_have_count(1)
    visit.see(f"{FORECAST} minus {REFERENCE}")
    visit.until("goms.state().panels[2].drawn")
    visit.choose("Layout", "Swipe")
    visit.address_has("layout=swipe")
    expect(divider(visit)).to_be_visible()
    visit.choose("Compare with", "Nothing")
    expect(visit.page.locator(".panel:visible")).to_have_count(1)
    expect(visit.page.get_by_role("combobox", name="Layout", exact=True)).to_have_count(0)


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_on_a_phone_the_two_share_the_width_of_the_screen(visit: Visit) -> None:
    visit.open(COMPARED)
    expect(divider(visit)).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    widths = visit.page.locator(".map:visible").evaluate_all("maps => maps.map((map) => map.clientWidth)")
    assert len(widths) == 2 and min(widths) > 340
