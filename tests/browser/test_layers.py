"""Layers over the maps: what is chosen is drawn, says what it means, follows playhead and view, and costs nothing when off."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

NOT_PATHS = "currents: direction and speed of this instant, not drift paths"

INK = """([panel, name]) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const canvas = all(document).filter((one) => one.className === name)[panel];
    if (!canvas) return null;
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let [drawn, hash, light, dark] = [0, 0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 100) continue;
        drawn++;
        hash = (hash * 31 + i + data[i + 3]) >>> 0;
        if (data[i] + data[i + 1] + data[i + 2] > 600) light++;
        if (data[i] + data[i + 1] + data[i + 2] < 200) dark++;
    }
    return { drawn, hash, light, dark, share: drawn / (data.length / 4) };
}"""


INK_BY_COLUMN = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const canvas = all(document).find((one) => one.className === "layers");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const columns = Array(20).fill(0);
    for (let k = 0; k < data.length / 4; k++) {
        if (data[4 * k + 3] > 100) columns[Math.floor((20 * (k % canvas.width)) / canvas.width)]++;
    }
    return columns;
}"""


def ink(visit: Visit, layer: str = "layers", panel: int = 0) -> dict[str, Any] | None:
    """Return how much of a canvas over a map is drawn on, a fingerprint of it, and how much is light and dark."""
    return visit.page.evaluate(INK, [panel, layer])


def layers(visit: Visit, panel: int = 0) -> dict[str, Any]:
    return dict(visit.state()["panels"][panel]["layers"])


def test_layers_are_chosen_by_keyboard_held_in_the_address_and_gone_when_left(visit: Visit) -> None:
    visit.open()
    assert ink(visit) is None and visit.page.evaluate("goms.layerBytes") == 0, "what is off is not there and asks for nothing"
    box = visit.page.get_by_role("checkbox", name="Contours", exact=True)
    box.press(" ")
    visit.address_has("layers=contours")
    visit.until("goms.state().panels[0].layers.contours > 3 && goms.state().panels[0].layers.values > 0")
    first = ink(visit)
    assert first is not None and 0.002 < first["share"] < 0.2
    visit.press("One day on")
    visit.until("goms.state().lead === 1")
    visit.wait(lambda: (ink(visit) or {}).get("hash") != first["hash"])
    assert visit.page.evaluate("goms.layerBytes") == 0, "contours are drawn from what is on the map"
    box.press(" ")
    visit.page.wait_for_function("() => !location.search.includes('contours')")
    visit.wait(lambda: ink(visit) is None)


def test_streaks_move_follow_the_view_say_what_they_are_and_end(visit: Visit) -> None:
    visit.open("?layers=streaks")
    visit.until("goms.state().streaks.running && goms.state().streaks.pictures > 20")
    visit.see(NOT_PATHS)
    first = ink(visit, "streaks")
    assert first is not None and first["light"] > 200 and first["dark"] > 200, "light cores and dark edges, for every palette"
    visit.wait(lambda: (ink(visit, "streaks") or first)["hash"] != first["hash"])
    visit.choose("Region", "Kuroshio")
    visit.until("goms.state().view.span < 90")
    visit.page.evaluate("seen = goms.state().streaks.pictures")
    visit.until("goms.state().streaks.pictures > seen + 20")
    zoomed = ink(visit, "streaks")
    assert zoomed is not None and zoomed["light"] > 100
    assert visit.page.evaluate("goms.layerBytes") < 300_000
    visit.press("Play")
    visit.until("goms.state().streaks.particles > 100 && goms.state().lead > 4")
    visit.press("Pause")
    visit.page.get_by_role("checkbox", name="Current streaks").uncheck()
    visit.until("!goms.state().streaks.running && goms.state().streaks.particles === 0")
    assert ink(visit, "streaks") is None


def test_for_those_who_want_less_motion_streaks_of_an_address_stand_still_until_switched_on(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open("?layers=streaks")
    visit.until("goms.state().streaks.pictures > 0")
    visit.wait(lambda: (ink(visit, "streaks") or {"drawn": 0})["drawn"] > 200)
    visit.wait(lambda: not visit.state()["streaks"]["running"])
    still = ink(visit, "streaks")
    visit.page.mouse.move(700, 300)
    assert ink(visit, "streaks") == still
    for wanted in ("goms.state().streaks.particles === 0", "goms.state().streaks.running"):
        visit.page.get_by_role("checkbox", name="Current streaks").click()
        visit.until(wanted)


def test_arrows_have_a_key_wind_and_currents_their_own_and_land_has_none(visit: Visit) -> None:
    visit.open("?layers=arrows,wind,bathymetry,ice,names&compare=persistence")
    visit.until("goms.state().panels.length === 3")
    visit.until("goms.state().panels.slice(0, 2).every(({ layers }) => layers.arrows > 50 && layers.wind > 50)")
    visit.until("goms.state().panels[0].layers.bathymetry > 3 && goms.state().panels[0].layers.ice > 0")
    key = layers(visit)["key"]
    assert "m/s current" in key and "m/s wind" in key and "ice edge" in key
    assert key == layers(visit, 1)["key"], "one scale for both maps"
    assert {"Pacific Ocean", "Indian Ocean"} <= set(layers(visit)["names"])
    expect(visit.page.locator(".key").first).to_contain_text("ice edge")
    visit.until("goms.state().panels[2].layers.bathymetry > 3")
    assert "arrows" not in layers(visit, 2), "the difference has no currents of its own"


def test_an_analysis_without_winds_says_so(visit: Visit) -> None:
    visit.open("?source=store:hycom__box__20190225&layers=wind,arrows")
    visit.until("goms.state().panels[0].layers.arrows > 50")
    assert "no wind known here" in layers(visit)["key"]


@pytest.mark.parametrize("longitude", [180, 0])
def test_arrows_and_contours_cross_the_date_line_and_greenwich_without_a_gap(visit: Visit, longitude: int) -> None:
    visit.open(f"?layers=arrows,contours&lat=-45&lon={longitude}&span=40&variable=zos")
    visit.until("goms.state().panels[0].layers.arrows > 100 && goms.state().panels[0].layers.contours > 0")
    columns = visit.page.evaluate(INK_BY_COLUMN)
    middle = sum(columns[9:11]) / 2
    assert middle > 0.4 * (sum(columns) / len(columns)), "as much ink at the seam as elsewhere"


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_on_a_phone_all_layers_at_once_stay_on_the_map(visit: Visit) -> None:
    visit.open("?layers=streaks,arrows,wind,contours,bathymetry,ice,names")
    visit.until("goms.state().panels[0].layers.wind > 10 && goms.state().panels[0].layers.ice > 0")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    box, key = (visit.page.locator(name).first.bounding_box() for name in (".map", ".key"))
    assert box is not None and key is not None
    assert key["x"] >= box["x"] and key["y"] >= box["y"] and key["y"] + key["height"] <= box["y"] + box["height"]
