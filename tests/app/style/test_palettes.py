"""Palettes and default styles."""

import json

import pytest

from app.style.palettes import PALETTES, colours, palettes_as_json, style_of
from engine.runtime.errors import InputError
from engine.schema.variables import VARIABLES

DIVERGING = {"balance", "curl", "delta"}
"""Palettes whose middle is neutral: they belong to a range symmetric about zero."""


def test_every_palette_has_256_colours_the_browser_can_read() -> None:
    tables = json.loads(palettes_as_json())
    assert tuple(tables) == PALETTES
    for listed in tables.values():
        assert len(listed) == 256
        assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in listed)


@pytest.mark.parametrize("name", sorted(DIVERGING))
def test_the_middle_of_a_diverging_palette_is_pale(name: str) -> None:
    middle = colours(name)[127]
    assert min(int(middle[i : i + 2], 16) for i in (1, 3, 5)) > 200


def test_every_variable_has_a_palette_on_offer_and_signed_ones_a_symmetric_range() -> None:
    for name in [*VARIABLES, "speed", "vorticity", "thetao_anomaly", "zos_change", "chl_change"]:
        style = style_of(name)
        assert style.palette in PALETTES
        assert (style.range_mode in ("symmetric", "balanced")) == (style.palette in DIVERGING)
        assert not (style.log_scale and style.range_mode == "symmetric")


def test_reversed_palettes_run_backwards() -> None:
    assert colours("ice_r") == colours("ice")[::-1]


def test_a_palette_of_inverted_lightness_is_dark_where_the_other_is_pale() -> None:
    assert sum(int(colours("balance_i")[127][i : i + 2], 16) for i in (1, 3, 5)) < 150
    with pytest.raises(InputError, match=r"turbo_i.*thermal"):
        colours("turbo_i")


def test_an_unknown_palette_is_refused_with_those_on_offer() -> None:
    with pytest.raises(InputError, match=r"jet.*thermal"):
        colours("jet")
