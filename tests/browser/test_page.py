"""The page as a visitor first meets it: picture, player, address, theme, phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, is_dark

pytestmark = pytest.mark.browser


def test_the_first_picture_says_what_it_is(visit: Visit) -> None:
    visit.open()
    for text in (
        "Temperature at the surface",
        "sample day 0 (like 23 Feb)",
        "GOMS small",
        "hindcast, winds known",
        "sample ocean - simulation, not for navigation",
    ):
        visit.see(text)
    expect(visit.page).to_have_title("GOMS Explorer")


def test_no_veil_lies_over_the_first_picture(visit: Visit) -> None:
    visit.open()
    # The template shows it again and again until the page is idle; by then it is gone either way.
    shown = "element => { element.style.display = 'flex'; return getComputedStyle(element).display; }"
    assert visit.page.locator("#loader").evaluate(shown) == "none"


def test_playback_paints_other_pixels_and_other_days(visit: Visit) -> None:
    visit.open()
    visit.until("goms.state().complete")
    before = visit.picture()
    visit.press("Play")
    visit.until("goms.state().lead >= 3")
    visit.wait(lambda: visit.picture() != before)  # while it plays: by the pause it may be at the first day again
    visit.press("Pause")
    lead = visit.state()["lead"]
    visit.see(f"sample day {lead} ")
    visit.until("(new URLSearchParams(location.search).get('lead') ?? '0') === String(goms.state().lead)")


def test_steps_first_last_and_scrub_move_the_playhead(visit: Visit) -> None:
    visit.open("?lead=4")
    visit.press("One day on")
    visit.until("goms.state().lead === 5")
    visit.press("One day back")
    visit.until("goms.state().lead === 4")
    visit.press("Last day")
    visit.until("goms.state().lead === 30")
    visit.press("First day")
    visit.until("goms.state().lead === 0")
    slider = visit.page.get_by_role("slider", name="Lead time")
    slider.focus()
    slider.press("ArrowRight")
    visit.until("goms.state().lead === 1")


def test_an_address_restores_the_view(visit: Visit) -> None:
    visit.open(
        "?variable=so&depth=100&lead=7&compare=persistence&lat=30&lon=150&span=60&palette=viridis&theme=dark&point_lat=30&point_lon=150"
    )
    visit.until("goms.state().panels.length === 3 && goms.state().lead === 7")
    state = visit.state()
    assert state["panels"][0]["quantity"] == "Salinity at 100 m"
    assert state["panels"][1]["title"] == "Persistence"
    assert (state["view"]["lat"], state["view"]["lon"], state["view"]["span"]) == pytest.approx((30, 150, 60), abs=0.01)
    assert is_dark(visit)


def test_a_region_alone_in_the_address_moves_the_map(visit: Visit) -> None:
    visit.open("?region=gulf_stream")
    visit.until("goms.state().view.span < 90 && Math.abs(goms.state().view.lon - 299) < 5")
    visit.address_has("region=gulf_stream")


def test_a_choice_is_in_the_address_and_survives_a_reload(visit: Visit) -> None:
    visit.open()
    visit.choose("Variable", "Salinity")
    visit.address_has("variable=so")
    visit.page.reload()
    visit.until("goms.state().panels[0]?.quantity?.startsWith('Salinity')")


def test_a_bad_address_is_refused_in_words_and_the_rest_is_kept(visit: Visit) -> None:
    visit.open("?variable=zos&lat=500&source=nowhere&palette=none")
    visit.told("The address asks for lat = '500'")
    visit.told("The source 'nowhere' is not there")
    assert visit.state()["panels"][0]["quantity"] == "Sea surface height"


def test_the_theme_turns_dark_and_back(visit: Visit) -> None:
    visit.open()
    assert not is_dark(visit)
    visit.press("Toggle theme")
    visit.address_has("theme=dark")
    visit.wait(lambda: is_dark(visit))


def test_the_charts_of_a_comparison_stand_in_the_fourth_corner(visit: Visit) -> None:
    visit.open("?compare=reference")
    expect(visit.page.locator(".details.corner")).to_be_visible()
    chart, last = (visit.page.locator(name).last.bounding_box() for name in (".details", ".panel"))
    assert chart is not None and last is not None
    assert chart["x"] > last["x"] + 0.9 * last["width"] and abs(chart["y"] - last["y"]) < 60


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
@pytest.mark.parametrize("address", ["", "?section=137e", "?compare=reference"])
def test_nothing_is_wider_than_a_phone(visit: Visit, address: str) -> None:
    visit.open(address)
    visit.wait(lambda: visit.page.locator(".details canvas").count() > 0)
    for name in (".map", ".details"):
        box = visit.page.locator(name).first.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert visit.page.locator("main").first.evaluate("element => element.scrollWidth") <= 390


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_on_a_phone_the_map_comes_first_and_the_choices_open(visit: Visit) -> None:
    visit.open()
    variable = visit.page.get_by_role("combobox", name="Variable")
    expect(variable).to_be_hidden()
    box = visit.page.locator(".map").first.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["width"] > 330
    visit.page.get_by_role("button", name="Open drawer").click()
    expect(variable).to_be_visible()
