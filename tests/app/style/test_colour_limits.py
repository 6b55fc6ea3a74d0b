"""The rules for colour limits, and that they return what the maps in the browser return."""

import json
from typing import Any

import numpy as np
import pytest

from app.style.colour_limits import colour_limits, colour_range, rounded_limits
from engine.runtime.errors import InputError
from engine.runtime.paths import REPOSITORY

VECTORS = json.loads((REPOSITORY / "tests" / "vectors" / "colour_limits.json").read_text(encoding="utf-8"))
"""Also read by tests/scripts/colour_limits.test.js."""


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_limits_are_those_of_the_shared_vectors(vector: dict[str, Any]) -> None:
    values = np.array([np.nan if value is None else value for value in vector["values"]], np.float64)
    assert colour_limits(values, vector["mode"], vector["logarithmic"]) == pytest.approx(vector["limits"], rel=1e-12)


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
