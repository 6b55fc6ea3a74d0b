from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.forecasting.rollout import Step, rollout
from engine.models.baselines import Climatology, DampedPersistence, Persistence
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import coarsened
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_forecaster, tiny_grid, tiny_state, tiny_weather

TODAY = np.datetime64("2019-02-23")


def _forecast(model, batch: Batch, steps: int, start=None) -> Iterator[Step]:  # type: ignore[no-untyped-def]
    return rollout(model, batch, lambda time: tiny_weather(batch.grid, time), steps, start)


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_n_plus_m_steps_equal_n_then_m(preset) -> None:  # type: ignore[no-untyped-def]
    model = tiny_forecaster(preset, tiny_grid(), trained=True)
    batch = tiny_state(model.grid)
    whole = list(_forecast(model, batch, 5))
    middle = whole[1]
    rest = list(_forecast(model, batch, 5, start=(middle.lead, middle.restart)))
    assert [step.lead for step in whole] == [1, 2, 3, 4, 5]
    assert [step.lead for step in rest] == [3, 4, 5]
    for ours, theirs in zip(rest, whole[2:], strict=True):
        assert ours.batch.time == theirs.batch.time
        for name, values in theirs.batch.fields.items():
            assert np.array_equal(ours.batch[name], values, equal_nan=True)


def test_the_restart_is_float32_and_complete() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    step = next(_forecast(model, tiny_state(model.grid), 1))
    assert {name: values.dtype for name, values in step.restart.items()} == dict.fromkeys(
        ("thetao", "so", "uo", "vo", "zos", "zos_change"), np.dtype(np.float32)
    )
    assert step.features is not None
    assert step.features.shape == (16, 6, 12)


def test_a_rollout_is_lazy() -> None:
    class Counting(Persistence):
        steps = 0

        def step(self, state, forcing, target_forcing, time):  # type: ignore[no-untyped-def]
            self.steps += 1
            return super().step(state, forcing, target_forcing, time)

    model = Counting(tiny_grid())
    forecast = _forecast(model, tiny_state(model.grid), 30)
    next(forecast)
    assert model.steps == 1


def test_a_yielded_step_never_changes_afterwards() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    forecast = _forecast(model, tiny_state(model.grid), 3)
    first = next(forecast)
    kept = first.batch["thetao"].copy()
    list(forecast)
    assert np.array_equal(first.batch["thetao"], kept, equal_nan=True)


class Auditor(Persistence):
    """A model that fails where it is not given exactly the state and weather of its dates."""

    uses_forcing = True

    def step(self, state, forcing, target_forcing, time):  # type: ignore[no-untyped-def]
        day = int((time - TODAY) / np.timedelta64(1, "D"))
        assert float(state[60].nanmean()) == pytest.approx(day)
        assert forcing.time == time
        assert target_forcing.time == time + np.timedelta64(1, "D")
        return torch.full_like(state, day + 1.0), None


def test_every_step_gets_the_last_state_and_the_weather_of_its_own_days() -> None:
    grid = tiny_grid()
    batch = tiny_state(grid)
    batch = batch.with_fields(zos=np.zeros(grid.shape, np.float32))
    asked: list[np.datetime64] = []

    def weather(time: np.datetime64) -> Batch:
        asked.append(time)
        return tiny_weather(grid, time)

    leads = [step.lead for step in rollout(Auditor(grid), batch, weather, 4)]
    assert leads == [1, 2, 3, 4]
    assert asked == [TODAY + np.timedelta64(day, "D") for day in range(5)]


def test_a_model_without_forcing_never_reads_it() -> None:
    def weather(time: np.datetime64) -> Batch:
        raise AssertionError("weather was asked for")

    grid = tiny_grid()
    batch = tiny_state(grid)
    steps = list(rollout(Persistence(grid), batch, weather, 3))
    assert all(np.array_equal(step.batch["zos"], batch["zos"], equal_nan=True) for step in steps)


def test_an_initial_state_on_another_grid_is_refused() -> None:
    with pytest.raises(InputError, match="regrid"):
        next(_forecast(Persistence(tiny_grid(12, 24)), tiny_state(tiny_grid()), 1))


def test_climatology_ignores_the_anomaly_and_damped_persistence_reduces_it() -> None:
    grid = coarsened(8)
    batch = tiny_state(grid)
    seasonal_mean = next(_forecast(Climatology(grid), batch, 1)).batch
    *_, damped = _forecast(DampedPersistence(grid), batch, 3)
    *_, final = _forecast(Climatology(grid), batch, 3)
    before, after = batch["zos"] - seasonal_mean["zos"], damped.batch["zos"] - final.batch["zos"]
    ratio = np.nanmean(after * before) / np.nanmean(before * before)
    assert 0.5 < ratio < 1
    assert np.array_equal(np.isnan(seasonal_mean["thetao"]), ~grid.wet)
