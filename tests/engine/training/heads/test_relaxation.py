"""The return of a head to the usual year: found from days, as fast as forecasts call for, and never for a head without one."""

import numpy as np
import pytest
import torch

import engine.training.heads.relaxation as returning
from engine.models.evolution.season import HARMONICS, basis
from engine.models.heads.daily import DayHead
from engine.schema.sample_calendar import sample_date
from engine.training.heads.relaxation import (
    FORECAST_DAYS,
    PARTS,
    RATES,
    ForecastTrace,
    fit_relaxation,
    fitted_annual_cycle,
    fitted_rates,
)
from tests.engine.models.heads.tiny_heads import GRID, SHAPE, same, tiny_fields, tiny_head

SUMMER = np.datetime64("2019-07-10")


def _year(head: DayHead) -> np.ndarray:
    random = np.random.default_rng(2)
    return random.normal(0, 0.2, (HARMONICS, len(head.transform.changing), *GRID.shape)).astype(np.float32)


class _RunOfTheYear:
    """A run whose days are the usual year itself, with a total that is the sum of its groups."""

    def __init__(self, year: np.ndarray) -> None:
        self.year = year

    def fields(self, time: np.datetime64) -> np.ndarray:
        groups = np.exp(np.tensordot(basis(time).numpy(), self.year, axes=1))
        fields = np.concatenate([groups[:4].sum(axis=0, keepdims=True), groups])
        return np.where(GRID.wet_surface, fields, np.nan).astype(np.float32)

    def drivers(self, time: np.datetime64) -> np.ndarray:
        raise AssertionError("the usual year asks for no drivers")


def test_the_usual_year_is_found_from_days_of_two_runs() -> None:
    head = tiny_head("biogeochemistry")
    year = _year(head)
    days = [sample_date(day) for day in range(120, 500, 8)]
    found = fitted_annual_cycle([(_RunOfTheYear(year), days[:30]), (_RunOfTheYear(year), days[20:])], head.transform)
    np.testing.assert_allclose(found[:, :, GRID.wet_surface], year[:, :, GRID.wet_surface], atol=2e-4)


def test_a_day_goes_the_given_share_of_the_way_to_what_is_usual() -> None:
    head = tiny_head("biogeochemistry")
    assert head.annual_cycle is not None
    head.annual_cycle.adopt(_year(head))
    fields = tiny_fields(head)
    assert same(head.relaxed(fields, SUMMER), fields), "without a rate nothing moves"
    head.annual_cycle.rates.fill_(0.25)
    changed = head.relaxed(fields, SUMMER)
    usual = head.annual_cycle.at(SUMMER)
    before, after = (head.transform.numbers(each[0, 1:]) - usual for each in (fields, changed))
    torch.testing.assert_close(after, 0.75 * before, equal_nan=True, rtol=0.08, atol=2e-3)
    torch.testing.assert_close(changed[:, 0], changed[:, 1:5].sum(dim=1), equal_nan=True)


def test_waves_follow_the_wind_and_return_to_nothing() -> None:
    head = tiny_head("waves")
    fields = tiny_fields(head)
    assert head.annual_cycle is None and same(head.relaxed(fields, SUMMER), fields)


@pytest.mark.parametrize(("fading", "expected"), [(0.0, 0.0), (0.03, 0.03), (0.5, RATES[-1])])
def test_the_rate_is_that_at_which_departures_fade(fading: float, expected: float) -> None:
    head = tiny_head("biogeochemistry")
    assert head.annual_cycle is not None
    year = np.zeros_like(_year(head))
    departure = np.log(np.nan_to_num(tiny_fields(head)[0, 1:].numpy(), nan=1.0))
    truth = []
    for lead in range(FORECAST_DAYS + 1):
        groups = np.exp(departure * (1 - fading) ** lead)
        fields = np.concatenate([groups[:4].sum(axis=0, keepdims=True), groups])
        truth.append(np.where(GRID.wet_surface, fields, np.nan))
    forecast = ForecastTrace(
        [SUMMER + np.timedelta64(lead, "D") for lead in range(FORECAST_DAYS + 1)],
        torch.zeros(FORECAST_DAYS + 1, len(head.transform.driving), *GRID.shape),
        torch.zeros(FORECAST_DAYS, SHAPE.features, SHAPE.rows, SHAPE.columns),
        torch.from_numpy(np.stack(truth).astype(np.float32)),
    )
    rates = fitted_rates(head, [(forecast, year)])
    assert rates.flatten().tolist() == pytest.approx([expected] * len(head.transform.changing))
    assert not head.annual_cycle.rates.any(), "trying rates leaves the head as it was"


def test_each_forecast_is_judged_by_the_year_of_the_other_run_and_a_run_alone_gets_no_rates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head = tiny_head("biogeochemistry")
    assert head.annual_cycle is not None
    first, second = (_RunOfTheYear(scale * _year(head)) for scale in (1, 2))
    judged: list[tuple[object, np.ndarray]] = []

    def fitted(head: DayHead, forecasts: list[tuple[object, np.ndarray]], progress: object) -> torch.Tensor:
        judged.extend(forecasts)
        return torch.full((len(head.transform.changing), 1, 1), 0.02)

    monkeypatch.setattr(returning, "trace", lambda head, model, run, days, first: run)
    monkeypatch.setattr(returning, "fitted_rates", fitted)
    days = [sample_date(day) for day in range(120, 500, 8)]
    alone = fit_relaxation(head, None, [("first", first, days)])  # type: ignore[arg-type]
    assert set(alone.values()) == {0.0} and not judged
    said = fit_relaxation(head, None, [("first", first, days), ("second", second, days)])  # type: ignore[arg-type]
    assert said == dict.fromkeys(head.transform.changing, 0.02)
    wet = GRID.wet_surface
    for run, year in judged:
        other = second if run == "first" else first
        np.testing.assert_allclose(year[:, :, wet], other.year[:, :, wet], atol=5e-4)
    assert len(judged) == 2 * len(PARTS)
    middle = 1.5 * _year(head)
    np.testing.assert_allclose(head.annual_cycle.harmonics.float().numpy()[:, :, wet], middle[:, :, wet], atol=2e-3)
