import math

import pytest

from engine.models.backbones.presets import PRESETS
from engine.training.plans import EPOCH, PLANS, Phase, Plan


@pytest.mark.parametrize("name", [name for name in PLANS if name != "base-published"])
def test_the_rate_rises_and_falls_in_every_phase(name: str) -> None:
    plan, begin = PLANS[name], 0
    for phase in plan.phases:
        rates = [plan.at(begin + int(part * (phase.steps - 1)))[1] for part in (0, 0.05, 0.5, 1)]
        assert rates[0] < 0.5 * phase.rate
        assert rates[1] > rates[2] > rates[3]
        assert max(rates) <= phase.rate
        begin += phase.steps
    assert begin == plan.steps


def test_every_preset_has_a_plan() -> None:
    assert set(PLANS) == set(PRESETS)


@pytest.mark.parametrize(("epoch", "share"), [(1, 0), (3, 0), (4, 0.75), (20, 0.75), (21, 0.25), (40, 0.25), (41, 0), (151, 0)])
def test_base_hides_the_published_share_of_tokens_in_each_epoch(epoch: int, share: float) -> None:
    assert PLANS["base-published"].at((epoch - 1) * EPOCH)[0].masked == share
    plan = PLANS["base"]
    for step in ((epoch - 1) * EPOCH, epoch * EPOCH - 1):
        assert plan.at(step)[0].masked == share


def test_the_published_training_is_adam_at_a_cosine_over_150_epochs_of_the_relative_loss() -> None:
    plan = PLANS["base-published"]
    assert (plan.loss, plan.optimiser, plan.batch, plan.largest_gradient, plan.averaging) == ("relative", "adam", 32, None, 0.0)
    length = plan.phases[0].steps
    assert length == 150 * EPOCH
    for epoch in (0, 50, 75, 149):
        expected = 1e-3 * 0.5 * (1 + math.cos(math.pi * (epoch * EPOCH + 0.5) / length))
        assert plan.at(epoch * EPOCH)[1] == pytest.approx(expected)
    assert [phase.horizon for phase in plan.phases] == [1, 2]


def test_base_is_pretrained_on_single_days_and_tuned_on_two_to_four() -> None:
    assert [phase.horizon for phase in PLANS["base"].phases] == [1, 2, 4]


def test_a_phase_without_windows_takes_those_of_the_plan() -> None:
    plan = Plan((Phase(1, 1, 1e-3), Phase(1, 5, 1e-3, rows=96, columns=160)), rounds=3, windows=2, rows=192, columns=320)
    first, second = (plan.windows_of(phase) for phase in plan.phases)
    assert (first.rounds, first.windows, first.rows, first.columns) == (3, 2, 192, 320)
    assert (second.rounds, second.windows, second.rows, second.columns) == (3, 2, 96, 160)
