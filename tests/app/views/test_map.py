"""Where the maps look when a page opens."""

import pytest

from app.state.selection import Selection
from app.views.maps.map import MapView
from engine.schema.regions import REGIONS


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


def test_plankton_is_coloured_by_powers_of_ten_unless_asked_otherwise_and_waves_are_not() -> None:
    plain = MapView(Selection())
    assert plain.colouring("chl")["log_scale"] and plain.colouring("chl_diatom")["palette"] == "algae"
    assert not plain.colouring("swh")["log_scale"] and not plain.colouring("speed")["log_scale"]
    changed = MapView(Selection(quantity="change"))
    assert not changed.colouring("chl")["log_scale"]
    fixed = MapView(Selection(range_mode="fixed", low=0.0, high=2.0))
    assert not fixed.colouring("chl")["log_scale"]
