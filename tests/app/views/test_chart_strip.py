"""The strip of charts: a click on a place asks for the chart at the point or for an end of a line, and nothing else does."""

from collections.abc import Iterator

import pytest

from app.charts.drawings.draw import DRAWN
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.state.chart_kinds import CHARTS
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from app.views.charts.chart_strip import ChartStrip
from app.views.charts.chart_view import CHART_VIEWS
from app.views.controls.place import PlaceControls

GLOBE = (-90.0, 90.0, 0.0, 360.0)


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    yield made
    made.close()


def point_at(strip: ChartStrip, services: Services, latitude: float, longitude: float, clicked: bool = True) -> None:
    if clicked:
        strip.selection.place_clicked = True
    strip.selection.param.update(point_latitude=latitude, point_longitude=longitude)
    strip.show(build_scene(strip.selection, services), GLOBE)


def test_every_kind_of_chart_is_drawn_and_has_a_view() -> None:
    assert CHARTS.keys() == DRAWN.keys() == CHART_VIEWS.keys()


def test_a_click_asks_for_the_chart_at_the_point_and_a_point_from_the_address_does_not(services: Services) -> None:
    strip = ChartStrip(Selection(comparison="reference", chart="error"), services)
    point_at(strip, services, 10.0, 200.0, clicked=False)
    assert strip.selection.chart == "error"
    point_at(strip, services, 20.0, 200.0)
    assert strip.selection.chart == "point"


def test_a_place_that_is_typed_counts_as_a_click(services: Services) -> None:
    selection = Selection(comparison="reference", chart="error")
    strip = ChartStrip(selection, services)
    PlaceControls(selection).typed.value = "10 N 200 E"
    strip.show(build_scene(selection, services), GLOBE)
    assert selection.point == (10.0, 200.0) and selection.chart == "point"


def test_two_clicks_at_different_places_are_the_ends_of_a_line_and_a_repeated_one_is_no_end(services: Services) -> None:
    strip = ChartStrip(Selection(chart="section"), services)
    point_at(strip, services, 0.0, 170.0)
    point_at(strip, services, 0.0, 170.0)
    assert strip.selection.section == ""
    point_at(strip, services, 0.0, 230.0)
    assert strip.selection.section == "0.00,170.00;0.00,230.00"
