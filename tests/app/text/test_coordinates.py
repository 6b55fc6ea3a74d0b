"""Positions are read as people write them, and refused in words."""

import re

import pytest

from app.text.coordinates import PINS, parse_position, pinned, pins_text, position
from engine.runtime.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("35 N 150 E", (35, 150)), ("35, 150", (35, 150)), ("35 150", (35, 150)), ("35°30'S 20°E", (-35.5, 20)),
        ("-35.5 -20", (-35.5, 340)), ("150W 20N", (20, 210)), ("35° 30' 36\" N, 20° W", (35.51, 340)), ("0,360", (0, 0)),
        ("35n150e", (35, 150)), ("−12.5; 170", (-12.5, 170)), ("90 S 0", (-90, 0)),
    ],
)  # fmt: skip
def test_a_position_is_read_as_people_write_it(text: str, expected: tuple[float, float]) -> None:
    assert parse_position(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a latitude and a longitude"), ("Kuroshio", "expected a latitude and a longitude"), ("35", "35"),
        ("35 N 150 E 3", "such as 35 N 150 E"), ("150, 35", "the latitude comes first"), ("35 N 20 S", "one longitude"),
        ("35 E 20 W", "one latitude"), ("35, 400", "180° W to 180° E"), ("35°70'N 20 E", "below 60"), ("-35 S 20 E", "a sign or"),
    ],
)  # fmt: skip
def test_what_is_no_position_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        parse_position(text)


def test_a_position_is_written_with_its_hemispheres() -> None:
    assert position(-35.5, 340) == "35.50°S 20.00°W"
    assert parse_position(position(12.34, 181.5)) == pytest.approx((12.34, 181.5))


def test_pins_go_into_the_address_and_come_back() -> None:
    places = [(35.0, 150.0), (-20.25, 210.5)]
    assert pinned(pins_text(places)) == places
    assert pinned("35,150;20,-150") == [(35, 150), (20, 210)] and pinned("") == []


@pytest.mark.parametrize("text", ["", "35,150", "35,150;20,-150", pins_text([(1.5, 2.5)] * 5)])
def test_the_address_may_hold_up_to_five_pins(text: str) -> None:
    assert re.match(PINS, text)


@pytest.mark.parametrize("text", ["95,150", "35", "35,150;", "a,b", "1,2;1,2;1,2;1,2;1,2;1,2"])
def test_other_pins_are_refused(text: str) -> None:
    assert not re.match(PINS, text)
