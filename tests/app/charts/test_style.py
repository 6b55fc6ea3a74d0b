"""The legend of a chart lies where least is drawn."""

import numpy as np

from app.charts.style import clearest_corner

ACROSS = np.linspace(0, 30, 31)


def test_a_legend_gets_out_of_the_way_of_a_curve_that_ends_high() -> None:
    assert clearest_corner([(ACROSS, ACROSS)], "top_right") in ("top_left", "bottom_right")
    rising, level = (ACROSS, ACROSS), (ACROSS, np.zeros(31))
    assert clearest_corner([rising, level], "top_right") == "top_left"


def test_a_legend_stays_where_it_is_wont_to_be_while_nothing_lies_there() -> None:
    assert clearest_corner([(ACROSS, -ACROSS)], "top_right") == "top_right"
    assert clearest_corner([], "top_right") == "top_right"
    assert clearest_corner([(ACROSS, np.full(31, np.nan))], "bottom_right") == "bottom_right"
    assert clearest_corner([(np.zeros(31), ACROSS)], "bottom_right") == "bottom_right"


def test_the_profile_of_two_depths_covers_what_lies_between_them() -> None:
    deep = np.array([0.0, 500.0])
    falling = (np.array([20.0, 5.0]), deep)
    assert clearest_corner([falling], "bottom_right", upside_down=True) == "bottom_right"
    rising = (np.array([5.0, 20.0]), deep)
    assert clearest_corner([rising], "bottom_right", upside_down=True) in ("top_right", "bottom_left")
