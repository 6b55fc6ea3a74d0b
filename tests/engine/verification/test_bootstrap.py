"""Intervals over starts: whole starts are drawn, the root comes last."""

import numpy as np

from engine.verification.bootstrap import draw_starts, drawn_means, interval


def test_identical_starts_have_an_interval_of_no_width() -> None:
    drawn = np.sqrt(drawn_means(draw_starts(6), np.full((6, 3), 4.0)))
    low, high = interval(drawn, 6)
    np.testing.assert_allclose(low, 2)
    np.testing.assert_allclose(high, 2)


def test_one_start_shows_no_spread_and_has_no_interval() -> None:
    low, high = interval(drawn_means(draw_starts(1), np.ones((1, 2))), 1)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_the_root_is_taken_of_the_mean_of_each_draw() -> None:
    squared = np.array([0.0, 4.0])
    drawn = np.sqrt(drawn_means(draw_starts(2), squared))
    assert set(np.round(drawn, 6)) == {0.0, np.round(np.sqrt(2), 6), 2.0}


def test_every_draw_has_as_many_starts_as_there_are_and_the_same_seed_draws_the_same() -> None:
    shares = draw_starts(5)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares * 5, np.round(shares * 5))
    np.testing.assert_array_equal(shares, draw_starts(5))


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    values = np.random.default_rng(1).normal(size=400)
    low, high = interval(drawn_means(draw_starts(400), values), 400)
    np.testing.assert_allclose((high - low) / 2, 1.96 * values.std() / 20, rtol=0.1)
