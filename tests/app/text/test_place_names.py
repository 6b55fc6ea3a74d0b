"""Names on maps: each where it belongs, in the order in which they are written."""

import json

import numpy as np
import pytest

from app.text.place_names import PlaceName, place_names, place_names_as_json
from engine.schema.grid import quarter_degree

REACH = {"ocean": 0, "sea": 2, "current": 4, "cape": 8}
"""Cells of a quarter of a degree within which there must be water."""


@pytest.mark.parametrize("place", place_names(), ids=lambda place: place.name)
def test_a_name_lies_on_water_or_at_the_shore(place: PlaceName) -> None:
    grid = quarter_degree()
    row, column = grid.nearest(place.latitude, place.longitude)
    reach = REACH[place.kind]
    around = grid.wet_surface[max(row - reach, 0) : row + reach + 1].take(
        range(column - reach, column + reach + 1), 1, mode="wrap"
    )
    assert around.any()
    if place.kind == "cape":
        assert not around.all(), "a cape has land"
    assert 0 < place.span <= 360


def test_names_of_wide_maps_come_first_and_no_name_stands_twice_on_close_maps() -> None:
    spans = [place.span for place in place_names()]
    assert spans == sorted(spans, reverse=True) and spans[0] == 360
    close = [place.name for place in place_names() if place.span < 200]
    assert len(set(close)) == len(close)


def test_the_browser_gets_every_name() -> None:
    table = json.loads(place_names_as_json())
    assert len(table) == len(place_names()) > 100
    assert table[0][0] == place_names()[0].name and np.isfinite(table[0][1:3]).all()
