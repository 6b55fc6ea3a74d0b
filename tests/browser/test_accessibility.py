"""Every view under axe-core, light and dark and on a phone; and what is done by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from engine.verify.results import keep_result
from tests.app.made_results import made_result
from tests.browser.conftest import PATIENCE, Visit

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
BY_THEME = {"light": {}, "dark": {"runOnly": ["cat.color"]}}
"""Options of axe: every rule it has in the light; names, roles and order are the same in the dark, colours are not."""

SETTLED = """async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const inside = (root) => [...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? roots(one.shadowRoot) : []));
    const roots = (root) => [root, ...inside(root)];
    await frame().then(frame);
    const moving = roots(document).flatMap((root) => root.getAnimations());
    const ending = moving.filter((one) => one.playState === "running" && one.effect.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
}"""

LAYERS = "streaks,arrows,wind,eddies,contours,bathymetry,ice,names"


class Walk:
    """A visit that looks at view after view and keeps what axe-core finds grave, by view, rule and element."""

    def __init__(self, visit: Visit, theme: str) -> None:
        self.visit, self.theme, self._axe = visit, theme, Axe()
        self.found: list[str] = []

    def look(self, view: str) -> None:
        """Run axe over the page, shadow roots included, once nothing fades in or out: half faded has half the contrast."""
        self.visit.page.evaluate(SETTLED)
        options = {"resultTypes": ["violations"], "preload": False, **BY_THEME[self.theme]}
        for violation in self._axe.run(self.visit.page, options=options).response["violations"]:
            if violation["impact"] in GRAVE:
                self.found += [
                    f"{view}: {violation['id']} at {node['target']}: {node['html'][:200]}" for node in violation["nodes"]
                ]

    def tab(self, name: str, chart: str) -> None:
        """Go to a view by its tab and wait for its maps and one of its charts."""
        tab = self.visit.page.get_by_role("tab", name=name, exact=True)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true", timeout=PATIENCE)
        self.drawn(chart)

    def drawn(self, chart: str) -> None:
        """Wait for maps and for a chart, but not in the dark: all that a chart has for axe to see is its name."""
        self.visit.until("goms.state().panels.every((panel) => panel.drawn)")
        if self.theme == "light":
            self.visit.chart(chart)

    def show(self) -> None:
        """Go to the show and look at its first scene."""
        self.visit.page.goto(f"{self.visit.server.url}/show")
        self.visit.until("goms.state().drawn")
        self.look("show")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_has_a_serious_violation(visit: Visit, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMS_HOME", str(visit.server.home))
    result = keep_result(made_result()).stem
    page, walk = visit.page, Walk(visit, theme)
    visit.open(f"?theme={theme}&lead=3&layers={LAYERS}&range=fixed&low=0&high=30&skill=own:{result}")
    walk.drawn("Temperature at the surface, GOMS small")
    walk.look("map")
    visit.press("Keys")
    walk.look("list of keys")
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Units", exact=True).click()
    expect(page.get_by_role("listbox")).to_be_visible()
    walk.look("open list")
    page.keyboard.press("Escape")
    visit.press("Stores on disk")
    visit.see("stores, ")
    walk.look("stores")
    page.keyboard.press("Escape")
    visit.choose("Compare with", "Reference (sample run)")
    walk.drawn("RMSE")
    walk.look("compare")
    for view, chart in (
        ("Kuroshio", "Mean latitude of the axis"),
        ("Waves", "Significant wave height, 35.00°N 150.00°E"),
        ("Biogeochemistry", "Nitrate"),
    ):
        walk.tab(view, chart)
        walk.look(view)
    walk.tab("Skill", "Spectrum of currents")
    expect(page.get_by_role("table")).to_be_visible(timeout=PATIENCE)
    walk.look("Skill")
    walk.tab("Map", "RMSE")
    visit.press("Section")
    visit.choose("Line", "Kuroshio Extension, 149°E")
    walk.drawn("Temperature, Reference (sample run), sample day 3")
    walk.look("section")
    walk.show()
    page.set_viewport_size({"width": 390, "height": 844})
    walk.look("show on a phone")
    visit.open(f"?theme={theme}&view=waves")
    walk.drawn("Significant wave height, GOMS small, 35.00°N 150.00°E")
    walk.look("waves on a phone")
    walk.tab("Map", "Temperature at the surface, GOMS small")
    walk.look("map on a phone")
    page.get_by_role("button", name="Open drawer").click()
    expect(page.get_by_role("combobox", name="Variable")).to_be_visible()
    walk.look("choices on a phone")
    assert not walk.found, "\n".join(walk.found)


def test_depth_palette_and_the_list_of_keys_are_reached_by_keyboard_on_a_map_alone(visit: Visit) -> None:
    visit.open("?lead=3")
    page = visit.page
    page.keyboard.press("p")
    page.keyboard.press("?")
    area = page.get_by_role("application").first
    area.focus()
    page.keyboard.press("PageDown")
    visit.address_has("depth=6")
    expect(page.locator(".goms > [role=status]")).to_have_text("Temperature at 6 m", timeout=PATIENCE)
    assert "palette" not in page.url and page.get_by_role("dialog").count() == 0, "letters do nothing while nothing has the focus"
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    visit.address_has("depth=0")
    page.keyboard.press("p")
    visit.address_has("palette=haline")
    page.keyboard.press("Shift+P")
    visit.address_has("palette=thermal")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("Shallower, deeper")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(area).to_be_focused()
    assert visit.state()["lead"] == 3, "under the list the days stay where they are"


def test_units_change_every_figure_and_ask_for_no_frame(visit: Visit) -> None:
    visit.open("?lead=3&compare=reference&layers=arrows&range=fixed&low=0&high=30")
    visit.until("goms.state().panels.length === 3 && goms.state().complete")
    visit.chart("RMSE")
    page, asked = visit.page, list[str]()
    page.on("request", lambda request: asked.append(request.url) if "/frames/" in request.url else None)
    visit.choose("Units", "°F, kn, ft")
    visit.address_has("units=us")
    visit.see("Temperature at the surface (°F)")
    expect(page.get_by_label("To", exact=True)).to_have_value("86.0", timeout=PATIENCE)
    expect(page.locator(".bar-unit").first).to_have_text("°F")
    expect(page.locator(".key").first).to_contain_text("kn current")
    page.get_by_role("application").last.hover(position={"x": 300, "y": 120})
    readings = [text.split(" °F")[0].replace("−", "-") for text in page.locator(".readout").all_inner_texts()]
    first, second, difference = map(float, readings)
    assert first > 32 and second > 32 and abs(first - second - difference) < 0.11, "a difference has no zero of its own"
    ylabels = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.axis_label)).includes('°F')"
    page.wait_for_function(f"() => {ylabels}", timeout=PATIENCE)
    assert asked == []
