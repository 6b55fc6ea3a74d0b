"""Switching views: each keeps its own field, and what one view borrowed comes back when it is left."""

import pytest

from app.state.selection import Selection, from_address
from app.state.view_modes import VIEWS
from app.views.controls.tab_bar import TabBar
from engine.schema.regions import REGIONS


def press(bar: TabBar, name: str) -> None:
    bar.layout.active = list(VIEWS).index(name)


def test_a_view_begins_with_its_own_field_and_keeps_day_and_point() -> None:
    selection = Selection(lead=7, point_latitude=12.0, start="2019-06-23")
    press(TabBar(selection), "waves")
    assert (selection.view, selection.variable) == ("waves", "swh")
    assert (selection.lead, selection.point_latitude, selection.start) == (7, 12.0, "2019-06-23")


def test_what_a_view_borrowed_comes_back_and_its_own_choices_are_found_again() -> None:
    selection = Selection(region="gulf_stream", longitude=299.0, latitude=37.0, span=44.0, variable="so", range_mode="log")
    bar = TabBar(selection)
    press(bar, "kuroshio")
    assert (selection.region, selection.variable, selection.comparison) == ("kuroshio", "speed", "reference")
    selection.variable = "rossby"
    press(bar, "biogeochemistry")
    assert (selection.region, selection.longitude, selection.comparison) == ("gulf_stream", 299.0, "none")
    assert (selection.variable, selection.range_mode) == ("chl", "auto")
    press(bar, "map")
    assert (selection.variable, selection.range_mode, selection.span) == ("so", "log", 44.0)
    press(bar, "kuroshio")
    assert (selection.region, selection.variable) == ("kuroshio", "rossby")


def test_a_region_chosen_in_a_view_that_has_none_of_its_own_stays() -> None:
    selection = Selection()
    bar = TabBar(selection)
    press(bar, "waves")
    selection.region = "agulhas"
    press(bar, "map")
    assert selection.region == "agulhas"


def test_the_bar_follows_the_address() -> None:
    selection = Selection()
    bar = TabBar(selection)
    selection.view = "biogeochemistry"
    assert list(VIEWS)[bar.layout.active] == "biogeochemistry"


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_a_view_begins_with_what_a_selection_can_hold(view: object) -> None:
    begun = from_address({"view": view.name})  # type: ignore[attr-defined]
    for name, value in view.begins.items():  # type: ignore[attr-defined]
        assert getattr(begun, name) == value


def test_an_address_that_names_a_field_keeps_it() -> None:
    named = from_address({"view": "kuroshio", "variable": "zos"})
    assert (named.variable, named.region) == ("zos", "kuroshio")
    assert REGIONS["kuroshio"].lat_min < named.latitude < REGIONS["kuroshio"].lat_max
