"""Every view under axe-core, light and dark and on a phone; and what is done by keyboard alone."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit, is_dark

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")
COLOURS = {"runOnly": ["cat.color"]}
"""Options of axe in the dark: names, roles and order are the same there as in the light, where every rule is tried."""

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


SERIES = "Temperature at the surface, GOMS small"
"""Words of the chart that a page begins with: the theme is changed once it is drawn."""

DESKTOP, PHONE = (1400, 900), (390, 844)


@dataclass(frozen=True)
class View:
    """A view to look at: its address, words of the charts it has, and what is done before the look."""

    name: str
    address: str
    charts: tuple[str, ...] = ()
    then: Callable[[Visit], object] = lambda visit: None


def _open_units(visit: Visit) -> None:
    visit.page.get_by_role("combobox", name="Units", exact=True).click()
    expect(visit.page.get_by_role("listbox")).to_be_visible()


def _open_stores(visit: Visit) -> None:
    visit.press("Stores on disk")
    visit.see("stores, ")


def _open_choices(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Open drawer").click()
    expect(visit.page.get_by_role("combobox", name="Variable")).to_be_visible()


ON_DESKTOPS = (
    View("map", f"?lead=3&layers={LAYERS}&range=fixed&low=0&high=30", (SERIES,)),
    View("list of keys", "?", (SERIES,), lambda visit: visit.press("Keys")),
    View("open list", "?", (SERIES,), _open_units),
    View("stores", "?", (SERIES,), _open_stores),
    View("compare", f"?lead=3&layers={LAYERS}&compare=reference", ("RMSE",)),
    View("Kuroshio", "?view=kuroshio&lead=3", ("Mean latitude of the axis",)),
    View("Waves", "?view=waves&lead=3", ("Significant wave height, GOMS small, 35.00°N 150.00°E",)),
    View("Biogeochemistry", "?view=biogeochemistry&lead=3", ("Nitrate",)),
    View(
        "Skill", "?view=skill&skill=own:{scored}", ("Spectrum of currents",),
        lambda visit: expect(visit.page.get_by_role("table")).to_be_visible(),
    ),
    View("section", "?section=kuroshio_extension&compare=reference", ("Temperature, Reference (sample run), sample day 0",)),
    View("show", "show?"),
)  # fmt: skip
ON_PHONES = (
    View("map", "?", (SERIES,)),
    View("choices", "?", (SERIES,), _open_choices),
    View("waves", "?view=waves", ("Significant wave height, GOMS small, 35.00°N 150.00°E",)),
    View("show", "show?"),
)


@pytest.mark.parametrize(
    ("view", "visit"),
    [pytest.param(view, DESKTOP, id=view.name) for view in ON_DESKTOPS]
    + [pytest.param(view, PHONE, id=f"{view.name} on a phone") for view in ON_PHONES],
    indirect=["visit"],
)
def test_no_view_has_a_serious_violation_in_light_or_dark(visit: Visit, view: View, scored: str) -> None:
    # What moves is drawn on canvases, of which axe knows nothing.
    visit.page.emulate_media(reduced_motion="reduce")
    visit.page.goto(f"{visit.server.url}/{view.address.format(scored=scored)}")
    if view.name != "Skill":
        visit.until("goms.state().panels?.every((panel) => panel.drawn) ?? goms.state().drawn")
    visit.chart(*view.charts)
    view.then(visit)
    assert _grave(visit) == ""
    if view.name != "show":  # which is dark by itself
        # Not by a click: an open list or dialog lies over the button.
        visit.page.get_by_role("button", name="Toggle theme", exact=True, include_hidden=True).dispatch_event("click")
        visit.address_has("theme=dark")
        visit.wait(lambda: is_dark(visit))
        # Each component of the page takes the theme in its own time.
        with suppress(AssertionError):
            visit.wait(lambda: not _grave(visit, **COLOURS))
        assert _grave(visit, **COLOURS) == ""


def _grave(visit: Visit, **options: object) -> str:
    """Return the serious and critical violations on the page, once nothing fades in or out: that has half its contrast."""
    visit.page.evaluate(SETTLED)
    found = Axe().run(visit.page, options={"resultTypes": ["violations"], "preload": False, **options}).response["violations"]
    return "\n".join(
        f"{violation['id']} at {node['target']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    )


def test_depth_palette_and_the_list_of_keys_are_reached_by_keyboard_on_a_map_alone(visit: Visit) -> None:
    visit.open("?lead=3")
    page = visit.page
    page.keyboard.press("p")
    page.keyboard.press("?")
    area = page.get_by_role("application").first
    area.focus()
    page.keyboard.press("PageDown")
    visit.address_has("depth=6")
    expect(page.locator(".goms > [role=status]")).to_have_text("Temperature at 6 m")
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
    expect(page.get_by_label("To", exact=True)).to_have_value("86.0")
    expect(page.locator(".bar-unit").first).to_have_text("°F")
    expect(page.locator(".key").first).to_contain_text("kn current")
    page.get_by_role("application").last.hover(position={"x": 300, "y": 120})
    readings = [text.split(" °F")[0].replace("−", "-") for text in page.locator(".readout").all_inner_texts()]
    first, second, difference = map(float, readings)
    assert first > 32 and second > 32 and abs(first - second - difference) < 0.11, "a difference has no zero of its own"
    ylabels = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.axis_label)).includes('°F')"
    page.wait_for_function(f"() => {ylabels}")
    assert asked == []
