"""Scores of heads: by area, over what is known alone, by degree of the sea, against what knows no start."""

import numpy as np
import pytest

from engine.physics.kuroshio_grid import kuroshio_grid
from engine.schema.sample_calendar import sample_date, sample_day
from engine.training.heads.datasets import BIOGEOCHEMISTRY, WAVES
from engine.verification.starts.head_skill import _add, _baseline, _mean_around, _mean_of, _numbers
from engine.verification.starts.kuroshio_skill import _mean_of as kuroshio_mean
from engine.verification.starts.kuroshio_skill import _score
from tests.engine.models.heads.tiny_heads import tiny_head
from tests.engine.models.tiny import tiny_grid


class _Days:
    """Days whose only field is e to the power of the day's number over 100."""

    def fields(self, time: np.datetime64) -> np.ndarray:
        return np.full((1, 2, 2), np.exp(sample_day(time) / 100), np.float32)


def test_an_error_counts_by_area_and_where_the_place_says() -> None:
    grid = tiny_grid()
    pairs: list[tuple[float, float]] = []
    error = np.where(np.abs(grid.lat)[:, None] < 45, 2.0, -1.0) * np.ones(grid.shape)
    _add(pairs, error, np.ones(grid.shape, bool), grid)
    tropical = np.sqrt(0.5)
    assert pairs[0][0] == pytest.approx(4 * tropical + (1 - tropical), abs=0.02)
    assert pairs[0][1] == pytest.approx(2 * tropical - (1 - tropical), abs=0.02)
    _add(pairs, error, np.zeros(grid.shape, bool), grid)
    assert len(pairs) == 1, "where there is no place there is no score"


def test_the_root_is_taken_after_the_mean_over_starts() -> None:
    assert _mean_of([(1.0, 1.0), (7.0, -2.0)]) == {"rmse": 2.0, "bias": -0.5}
    assert kuroshio_mean([(1.0, 0.5), (7.0, 0.7)]) == pytest.approx({"rmse": 2.0, "acc": 0.6})


def test_waves_are_measured_in_metres_and_plankton_in_powers_of_ten() -> None:
    fields, known = np.array([[10.0, np.nan]]), np.array([[True, False]])
    assert _numbers(WAVES, fields, known)[0, 0] == 10.0
    assert _numbers(BIOGEOCHEMISTRY, fields, known)[0, 0] == pytest.approx(1.0)
    assert np.isfinite(_numbers(BIOGEOCHEMISTRY, fields, known)).all()


def test_the_mean_of_a_time_of_the_year_takes_days_around_it_of_every_year() -> None:
    held = [(_Days(), [sample_date(day) for day in (100, 104, 130, 470)])]
    around = _mean_around(held, sample_date(105))  # type: ignore[arg-type]
    np.testing.assert_allclose(around, np.exp(np.mean([1.00, 1.04, 4.70])), rtol=1e-5)
    assert np.isnan(_mean_around(held, sample_date(300))).all()  # type: ignore[arg-type]


class _Gale:
    """Days of a strong and a calm wind in turn, of a series that nothing was trained on."""

    def drivers(self, time: np.datetime64) -> np.ndarray:
        speed = 14.0 if sample_day(time) % 2 else 2.0
        return np.full((3, *WAVES.grid().shape), speed, np.float32)


def test_without_training_days_waves_stand_beside_the_shipped_regression_and_plankton_beside_none() -> None:
    name, guess = _baseline(WAVES, tiny_head("waves").transform, _Gale(), ())  # type: ignore[arg-type, misc]
    calm, strong = guess(sample_date(2)), guess(sample_date(3))
    assert name == "wind" and calm.shape == (1, *WAVES.grid().shape)
    belt = np.abs(WAVES.grid().lat) < 60
    assert np.median(strong[0, belt] - calm[0, belt]) > 0.5
    assert _baseline(BIOGEOCHEMISTRY, tiny_head("biogeochemistry").transform, _Gale(), ()) is None  # type: ignore[arg-type]


def test_the_correlation_of_the_fine_box_is_of_anomalies() -> None:
    grid = kuroshio_grid()
    seasonal_mean = np.where(grid.wet_surface, 20.0, np.nan)
    truth = seasonal_mean + np.sin(np.deg2rad(grid.lon * 10))[None]
    assert _score(truth, truth, seasonal_mean) == pytest.approx((0.0, 1.0))
    square, correlation = _score(2 * seasonal_mean - truth, truth, seasonal_mean)
    assert correlation == pytest.approx(-1.0) and square == pytest.approx(2.0, rel=0.1)
