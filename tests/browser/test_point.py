"""Charts at a point: their kinds, places typed in, pins that stay, and what is said where there is no water."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_each_kind_of_chart_is_chosen_from_one_list_and_kept_in_the_address(visit: Visit) -> None:
    visit.open("?compare=reference&chart=point&lead=2")
    visit.chart("Temperature at the surface, 35.00°N 150.00°E")
    visit.choose("Chart", "T-S diagram")
    visit.address_has("chart=water")
    visit.chart("Water, 35.00°N 150.00°E, sample day 2, lead 2 d")
    visit.choose("Chart", "Density and stability")
    visit.chart("Squared buoyancy frequency, sample day 2, lead 2 d")
    visit.choose("Chart", "Hovmöller")
    visit.chart("Temperature, Reference (sample run), 35.00°N 150.00°E")
    visit.press("Error by lead")
    visit.see("Error of this forecast")


def test_a_place_can_be_typed_and_a_wrong_one_is_refused_in_words(visit: Visit) -> None:
    visit.open()
    field = visit.page.get_by_label("Place, as 35 N 150 E")
    field.fill("35 N 20 S")
    field.press("Enter")
    visit.see("expected one latitude (N or S) and one longitude (E or W)")
    field.fill("10°30'S 160 W")
    field.press("Enter")
    visit.address_has("point_lat=-10.5", "point_lon=200")
    visit.chart("Temperature at the surface, GOMS small, 10.50°S 160.00°W")


def test_pins_stay_while_the_point_moves_and_can_be_taken_away(visit: Visit) -> None:
    visit.open("?point_lat=10&point_lon=160")
    visit.press("Keep this point as a pin")
    visit.until("goms.state().pins === 'A'")
    visit.address_has("pins=10.000%2C160.000")
    visit.page.get_by_role("application").first.click(position={"x": 600, "y": 350})
    visit.chart("Temperature at the surface, GOMS small, 2 places")
    visit.see("A 10°N 160°E")
    visit.press("Remove pin A")
    visit.until("goms.state().pins === ''")
    expect(visit.page.get_by_text("A 10°N 160°E")).to_have_count(0)


def test_a_point_on_land_and_a_chart_that_is_none_are_said(visit: Visit) -> None:
    visit.open("?point_lat=47&point_lon=10&chart=pie")
    visit.told("The address asks for chart = 'pie'")
    visit.see("There is no water here")
    visit.press("Forget the point")
    visit.see("Click a map for the charts at a point")
