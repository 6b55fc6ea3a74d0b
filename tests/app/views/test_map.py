"""Where the maps look when a page opens."""

import pytest

from app.selection import Selection
from app.views.map import MapView
from engine.regions import REGIONS


def test_a_region_alone_in_the_address_moves_the_map() -> None:
    selection = Selection(region="kuroshio")
    latitude, longitude, span = MapView(selection).component.view
    kuroshio = REGIONS["kuroshio"]
    assert kuroshio.lat_min < latitude < kuroshio.lat_max
    assert kuroshio.lon_min < longitude < kuroshio.lon_max
    assert span < 90
    assert (selection.latitude, selection.longitude, selection.span) == (latitude, longitude, span)


@pytest.mark.parametrize("given", [{"latitude": 30.0}, {"longitude": 150.0}, {"span": 40.0}])
def test_a_view_in_the_address_stands_before_its_region(given: dict[str, float]) -> None:
    selection = Selection(region="kuroshio", **given)
    view = dict(zip(("latitude", "longitude", "span"), MapView(selection).component.view, strict=True))
    assert given.items() <= view.items()


def test_without_a_region_the_whole_globe_is_shown() -> None:
    assert MapView(Selection()).component.view == (3.0, 200.0, 360.0)
