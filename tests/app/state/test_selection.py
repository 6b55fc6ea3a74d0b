"""The selection refuses what it cannot show, and keeps the rest."""

import param
import pytest

from app.state.selection import ADDRESS, Selection


def test_every_choice_is_in_the_address() -> None:
    events = {"place_clicked"}
    assert set(ADDRESS) == set(Selection.param) - {"name"} - events


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("variable", "oxygen"), ("depth", 42), ("start", "yesterday"), ("latitude", 91.0), ("span", 0), ("lead", -1),
        ("theme", "purple"), ("layers", "streaks,rain"), ("layers", "streaks,"),
        ("region", "atlantis"), ("point_latitude", float("nan")),
        ("pins", "95,10"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_shown_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError):
        Selection().param.update(**{name: value})


def test_limits_need_two_finite_ascending_numbers() -> None:
    selection = Selection(low=1.0, high=3.0)
    assert selection.limits == (1.0, 3.0)
    for low, high in [(3.0, 1.0), (1.0, 1.0), (float("nan"), 1.0), (0.0, float("inf")), (None, 1.0)]:
        selection.param.update(low=low, high=high)
        assert selection.limits is None


def test_a_point_needs_both_coordinates_and_its_longitude_is_in_the_first_turn() -> None:
    assert Selection(point_latitude=10.0, point_longitude=-30.0).point == (10.0, 330.0)
    assert Selection(point_latitude=10.0, point_longitude=None).point is None


def test_layers_are_shown_once_each_in_the_order_in_which_they_are_drawn() -> None:
    assert Selection(layers="names,streaks,names").shown_layers == ["streaks", "names"]
    assert Selection().shown_layers == []


def test_a_refusal_says_what_was_expected() -> None:
    selection = Selection()
    assert "thetao" in selection.describe("variable")
    assert "bathymetry" in selection.describe("layers")
    assert "-90 to 90" in selection.describe("latitude")
    assert all(selection.describe(name) for name in selection.param if isinstance(selection.param[name], param.Parameter))
