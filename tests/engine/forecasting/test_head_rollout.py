"""Heads beside a forecast: day by day, averaged to their grid, resumed to the same fields."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.forecasting.head_rollout import Averaging, HeadRollout, with_heads
from engine.forecasting.rollout import Step
from engine.models.heads.daily import DayHead
from engine.physics.climatology import mean_sea_level
from engine.runtime.errors import InputError, ModelError
from engine.schema.batch import Batch
from tests.engine.models.heads.tiny_heads import GRID, SHAPE, tiny_fields, tiny_head
from tests.engine.models.tiny import tiny_grid, tiny_state, tiny_weather

HEADS = ["waves", "biogeochemistry"]
FINE = tiny_grid(48, 96)
START = np.datetime64("2019-06-01")


def _fields(head: DayHead, time: np.datetime64 = START) -> Batch:
    return Batch(dict(zip(head.transform.names, tiny_fields(head)[0].numpy(), strict=True)), GRID, time)


def _ocean(day: int) -> Batch:
    return tiny_state(FINE, seed=day, time=str(START + day))


def _weather(time: np.datetime64) -> Batch:
    return tiny_weather(FINE, time)


def _steps(first: int, last: int) -> Iterator[Step]:
    for lead in range(first, last + 1):
        random = torch.Generator().manual_seed(lead)
        features = torch.randn((SHAPE.features, SHAPE.rows, SHAPE.columns), generator=random)
        yield Step(lead, _ocean(lead), features.to(torch.bfloat16))


def _begun(name: str, learned: bool = True) -> HeadRollout:
    head = tiny_head(name, learned)
    return HeadRollout(head, _fields(head), _ocean(0), _weather(START))


@pytest.mark.parametrize("name", HEADS)
def test_an_untrained_head_keeps_its_fields_for_thirty_days(name: str) -> None:
    rolling = _begun(name, learned=False)
    first = rolling.batch
    for step, fields in with_heads(_steps(1, 30), {name: rolling}, _weather):
        assert fields[name].time == step.batch.time
    for field in rolling.head.transform.names:
        np.testing.assert_array_equal(rolling.batch[field], first[field])
    assert rolling.batch.time == START + 30


@pytest.mark.parametrize("name", HEADS)
def test_each_day_follows_from_the_fields_of_the_day_before(name: str) -> None:
    whole = [fields[name] for _, fields in with_heads(_steps(1, 4), {name: _begun(name)}, _weather)]
    parts = [fields[name] for _, fields in with_heads(_steps(1, 2), {name: _begun(name)}, _weather)]
    resumed = HeadRollout(tiny_head(name, learned=True), parts[-1], _ocean(2), _weather(START + 2))
    parts += [fields[name] for _, fields in with_heads(_steps(3, 4), {name: resumed}, _weather)]
    for one, other in zip(whole, parts, strict=True):
        for field in resumed.head.transform.names:
            np.testing.assert_array_equal(one[field], other[field])
    assert not np.array_equal(whole[0]["swh" if name == "waves" else "chl"], whole[1]["swh" if name == "waves" else "chl"])


def test_two_heads_run_together_and_read_the_weather_once_a_day() -> None:
    asked: list[np.datetime64] = []

    def weather(time: np.datetime64) -> Batch:
        asked.append(time)
        return _weather(time)

    results = list(with_heads(_steps(1, 2), {name: _begun(name) for name in HEADS}, weather))
    assert [list(fields) for _, fields in results] == [HEADS, HEADS]
    assert asked == [START + 1, START + 2]


def test_the_weather_of_both_days_of_a_step_changes_the_result() -> None:
    def result(first: float, second: float) -> np.ndarray:
        head = tiny_head("waves", learned=True)
        winds = [
            Batch({**_weather(START + day).fields, "u10": np.full(FINE.shape, value)}, FINE, START + day)
            for day, value in enumerate((first, second))
        ]
        rolling = HeadRollout(head, _fields(head), _ocean(0), winds[0])
        return rolling.advance(next(_steps(1, 1)), winds[1])["swh"]

    base = result(3, 3)
    for other in (result(9, 3), result(3, 9)):
        assert not np.array_equal(base, other, equal_nan=True)


def test_ocean_fields_of_a_head_are_averaged_over_water_alone() -> None:
    level = mean_sea_level(FINE) + np.float32(0.25)
    ocean = _ocean(0).with_fields(zos=np.where(FINE.wet_surface, level, np.nan), thetao=np.where(FINE.wet, np.float32(7), np.nan))
    read = Averaging(FINE, GRID, with_ocean=True)(_weather(START), ocean)
    for name, expected in (("sea_level_anomaly", 0.25), ("surface_temperature", 7)):
        values = read.fields[name]
        assert values.shape == GRID.shape and np.isnan(values).any()
        np.testing.assert_allclose(values[np.isfinite(values)], expected, atol=1e-5)
    assert np.isfinite(read.fields["u10"]).all()
    with pytest.raises(InputError, match="was not given"):
        Averaging(FINE, GRID, with_ocean=True)(_weather(START))


def test_a_rollout_refuses_other_grids_other_days_and_models_without_features() -> None:
    rolling = _begun("waves")
    with pytest.raises(InputError, match="average them"):
        HeadRollout(rolling.head, Batch({"swh": np.ones(FINE.shape)}, FINE, START), _ocean(0), _weather(START))
    with pytest.raises(InputError, match="the head stands at"):
        rolling.advance(next(_steps(2, 2)), _weather(START + 2))
    with pytest.raises(InputError, match="the head stands at"):
        rolling.advance(next(_steps(1, 1)), _weather(START))
    with pytest.raises(ModelError, match="no features"):
        rolling.advance(Step(1, _ocean(1), None), _weather(START + 1))


def test_ice_stays_in_place_unless_open_water_is_given() -> None:
    step, weather = next(_steps(1, 1)), _weather(START + 1)
    stayed = _begun("waves").advance(step, weather)["swh"]
    np.testing.assert_array_equal(np.isnan(stayed), np.isnan(_begun("waves").batch["swh"]))
    water = np.ones(GRID.shape, dtype=bool)
    water[:5] = False
    moved = _begun("waves").advance(step, weather, water)["swh"]
    np.testing.assert_array_equal(np.isfinite(moved), water & GRID.wet_surface)
