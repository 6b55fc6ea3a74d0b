"""Names of the sea by wave height."""

import numpy as np
import pytest

from engine.diagnostics.douglas_scale import DOUGLAS, shares


@pytest.mark.parametrize(
    ("height", "name", "degree"),
    [
        (0.0, "glassy", 0),
        (0.3, "smooth", 2),
        (1.25, "moderate", 4),
        (2.49, "moderate", 4),
        (8.0, "high", 7),
        (20, "phenomenal", 9),
    ],
)
def test_a_height_has_the_name_that_sailors_give_it(height: float, name: str, degree: int) -> None:
    found = [state for state in DOUGLAS if state.holds(np.array(height))]
    assert [(state.name, state.degree) for state in found] == [(name, degree)]


def test_every_height_is_of_one_degree_and_none_where_it_is_missing() -> None:
    heights = np.array([0, 0.05, 0.1, 3.0, 13.999, 14.0, 29.0])
    assert np.array_equal(sum(state.holds(heights).astype(int) for state in DOUGLAS), np.ones(7, int))
    assert not any(state.holds(np.array([np.nan])).any() for state in DOUGLAS)


def test_shares_are_those_of_the_area_where_waves_are_known() -> None:
    height = np.array([[0.3, 3.0], [3.0, np.nan]])
    area = np.array([[1.0, 2.0], [1.0, 7.0]])
    found = shares(height, area)
    assert found[[2, 5]] == pytest.approx([0.25, 0.75]) and found.sum() == pytest.approx(1)
    assert np.isnan(shares(np.full((2, 2), np.nan), area)).all()
