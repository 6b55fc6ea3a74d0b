"""Palettes and the rules for a colour range."""

import json

import numpy as np
import pytest

from app.style.palettes import PALETTES, colour_range, colours, palettes_as_json, rounded_limits, style_of
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


def test_auto_leaves_out_the_outer_two_percent_and_land() -> None:
    values = np.concatenate([np.linspace(-100, 0, 10001), [np.nan] * 500])
    assert colour_range(values, "auto") == pytest.approx((-98, -2), abs=0.1)


def test_what_begins_at_zero_is_shown_from_zero_with_its_tail() -> None:
    values = np.concatenate([np.linspace(0.01, 0.3, 980), np.linspace(0.3, 2.0, 20)])
    low, high = colour_range(values, "auto")
    assert low == 0
    assert high > 1.2


def test_symmetric_takes_the_larger_side() -> None:
    low, high = colour_range(np.linspace(-10, 3, 1000), "symmetric")
    assert low == -high
    assert high == pytest.approx(9.7, abs=0.1)


def test_balanced_is_symmetric_only_where_values_lie_on_both_sides_of_zero() -> None:
    both = np.linspace(-1.5, 0.8, 1000)
    assert colour_range(both, "balanced") == colour_range(both, "symmetric")
    one_side = np.linspace(-1.4, -1.0, 1000)
    assert colour_range(one_side, "balanced") == colour_range(one_side, "auto")


@pytest.mark.parametrize("values", [np.full(5, np.nan), np.full(5, 3.0), np.zeros(4), np.full(5, 1e20), np.full(5, np.inf)])
@pytest.mark.parametrize("mode", ["auto", "symmetric", "balanced"])
def test_a_range_is_never_empty(values: np.ndarray, mode: str) -> None:
    low, high = colour_range(values, mode)
    assert low < high
    low, high = rounded_limits(low, high)
    assert low < high


def test_fixed_limits_must_ascend() -> None:
    assert colour_range(np.zeros(3), "fixed", (1.0, 2.0)) == (1.0, 2.0)
    with pytest.raises(InputError, match="expected ascending"):
        colour_range(np.zeros(3), "fixed", (2.0, 1.0))
