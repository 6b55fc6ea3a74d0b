"""A model against baselines: what counts as ahead, what is undefined, and how far an interval reaches."""

import json

import numpy as np
import pytest

from engine.verification.comparison import comparison_rows, describe, not_ahead, ratio_with_interval
from engine.verification.statistics import cell_statistics

CELL = {"model": "ours", "variable": "zos", "depth": 0.0, "band": "14-64", "lead_days": 5}
STARTS = 8

GENERATOR = np.random.default_rng(5)
TARGET = GENERATOR.normal(size=(STARTS, 4000)) + 10
USUAL = np.full_like(TARGET, 10)


def statistics(prediction: np.ndarray) -> dict[str, np.ndarray]:
    """Return mean statistics (starts, 1) of a prediction of one cell of the table."""
    means = {name: values.mean(axis=1)[:, None] for name, values in cell_statistics(prediction, TARGET, USUAL).items()}
    return {**means, "covered": np.ones((STARTS, 1))}


def noisy(size: float) -> dict[str, np.ndarray]:
    return statistics(TARGET + size * GENERATOR.normal(size=TARGET.shape))


OTHERS = {"persistence": noisy(0.5), "damped": noisy(0.4), "climatology": statistics(USUAL), "floor": noisy(0.1)}


def row(model: dict[str, np.ndarray]) -> dict:
    return comparison_rows(model, OTHERS, [CELL])[0]


def test_a_perfect_forecast_has_no_error_correlation_one_and_more_than_the_whole_way_to_the_floor() -> None:
    found = row(statistics(TARGET))
    assert (found["rmse"], found["bias"], found["low"], found["high"]) == (0, 0, 0, 0)
    assert found["acc"] == pytest.approx(1)
    assert found["share"] > 1
    assert not_ahead([found]) == []


def test_climatology_has_no_correlation_instead_of_zero_and_is_no_rival_in_it() -> None:
    found = row(noisy(0.2))
    assert found["acc_climatology"] is None
    assert found["behind_acc"] == pytest.approx(max(found["acc_persistence"], found["acc_damped"]) - found["acc"], abs=1e-5)
    as_model = row(statistics(USUAL))
    assert as_model["acc"] is None
    assert as_model["behind_acc"] is None
    assert not_ahead([as_model], "acc") == []


def test_a_constant_offset_is_bias_and_leaves_the_centred_error_as_it_was() -> None:
    before, after = row(noisy(0.2)), row(statistics(TARGET + 0.3))
    assert after["bias"] == pytest.approx(0.3, rel=1e-5)
    assert after["rmse"] ** 2 - after["bias"] ** 2 == pytest.approx(0, abs=1e-6)
    assert abs(before["bias"]) < 0.01


def test_the_floor_itself_has_gone_the_whole_way_and_persistence_none_of_it() -> None:
    assert row(OTHERS["floor"])["share"] == pytest.approx(1)
    assert row(OTHERS["persistence"])["share"] == pytest.approx(0)


def test_a_model_as_good_as_the_best_baseline_is_not_ahead_of_it() -> None:
    lost = not_ahead([row(OTHERS["damped"])])
    assert len(lost) == 1
    assert lost[0]["behind"] == 0
    assert not lost[0]["certain"]


def test_a_clear_loss_is_certain_and_a_close_one_is_not() -> None:
    assert not_ahead([row(noisy(0.7))])[0]["certain"]
    one_bad_start = TARGET + 0.39 * GENERATOR.normal(size=TARGET.shape)
    one_bad_start[0] = TARGET[0] + 1.0
    lost = not_ahead([row(statistics(one_bad_start))])[0]
    assert not lost["certain"]
    assert lost["low"] < 0 < lost["behind"]
    assert describe(lost).endswith("(interval includes zero)")


def test_the_root_is_taken_after_the_mean_over_starts() -> None:
    prediction = TARGET.copy()
    prediction[:4] += 2
    assert row(statistics(prediction))["rmse"] == pytest.approx(np.sqrt(2), rel=1e-5)


def test_of_biases_the_sizes_are_compared() -> None:
    lost = not_ahead([row(statistics(TARGET - 0.5))], "bias")
    assert lost[0]["value"] == pytest.approx(-0.5, rel=1e-5)
    assert lost[0]["behind"] > 0.4


def test_rows_are_json_without_undefined_numbers() -> None:
    json.dumps([row(statistics(USUAL)), row(noisy(0.2))], allow_nan=False)


def test_a_ratio_is_that_of_the_means_and_not_the_mean_of_ratios() -> None:
    found = ratio_with_interval(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    assert found["ratio"] == 2
    assert (found["low"], found["high"]) == (1, 3)
