"""The precision of networks: chosen by measured speed, overridden by the user, with a small effect."""

import numpy as np
import pytest
import torch

from engine.forecasting.rollout import rollout
from engine.models.forecaster import Forecaster
from engine.models.network import Network
from engine.runtime import precision
from engine.runtime.errors import InputError
from engine.runtime.precision import PRECISIONS, choose_precision, computing, quicker_precision, reason
from engine.schema.grid import coarsened, quarter_degree
from engine.sources import initial_state, open_source
from engine.weights.checkpoint import find_weights, load_checkpoint
from tests.engine.models.tiny import EVOLUTION, tiny_grid, tiny_network, tiny_normalisation, tiny_static_fields

CPU = torch.device("cpu")
DAYS = 3

APART = {"thetao": 0.002, "so": 0.001, "uo": 0.001, "vo": 0.001, "zos": 0.0005}
"""Largest root mean square over water, in K, 1, m/s and m, by which the two precisions may differ after three days."""


@pytest.mark.parametrize(("seconds", "expected"), [((1.0, 2.0), "bfloat16"), ((2.5, 1.0), "float32")])
def test_the_quicker_precision_is_chosen_once(
    monkeypatch: pytest.MonkeyPatch, seconds: tuple[float, float], expected: str
) -> None:
    asked = []
    monkeypatch.setattr(precision, "_seconds", lambda: asked.append(0) or dict(zip(PRECISIONS, seconds, strict=True)))
    precision._quicker_on_the_processor.cache_clear()
    threads = torch.get_num_threads()
    assert [choose_precision("auto", CPU) for _ in range(2)] == [expected] * 2
    assert len(asked) == 1 and torch.get_num_threads() == threads
    precision._quicker_on_the_processor.cache_clear()


def test_the_user_s_choice_of_precision_wins_and_unknown_words_are_refused() -> None:
    assert [choose_precision(name, CPU) for name in PRECISIONS] == list(PRECISIONS)
    assert reason("float32", "float32", CPU) == "as asked for"
    slower = next(name for name in PRECISIONS if name != quicker_precision(CPU))
    assert reason(slower, "auto", CPU) == "as the forecast was begun"
    with pytest.raises(InputError, match="precision is 'half'; expected one of auto, bfloat16, float32"):
        choose_precision("half", CPU)


def test_the_measured_routines_take_time_in_both_precisions() -> None:
    assert all(seconds > 0 for seconds in precision._seconds().values())


@pytest.mark.parametrize("chosen", PRECISIONS)
def test_a_network_computes_in_the_precision_of_its_model(chosen: str) -> None:
    grid = tiny_grid()
    network = tiny_network(EVOLUTION, grid)
    model = Forecaster(network, grid, tiny_normalisation(), CPU, {}, tiny_static_fields(grid), chosen)
    assert model.precision == chosen
    with computing(CPU, model.precision):
        assert network.backbone.bridge(torch.ones(1, 16)).dtype == getattr(torch, chosen)


def test_both_precisions_forecast_the_same_ocean() -> None:
    shipped, grid = load_checkpoint(find_weights("small"), quarter_degree()), coarsened(9)
    source = open_source("sample", grid=grid)
    first = initial_state(source, source.init_times()[0])
    ends = []
    for name in PRECISIONS:
        known = shipped.normalisation, shipped.tendency
        network = Network(shipped.network.preset, grid.shape, *known)
        network.load_state_dict(shipped.network.state_dict())
        model = Forecaster(network, grid, shipped.normalisation, CPU, {}, precision=name)
        *_, last = rollout(model, first, source.forcing, DAYS)
        ends.append(last.batch)
    for name, most in APART.items():
        difference = ends[0][name] - ends[1][name]
        assert 0 < np.sqrt(np.nanmean(difference**2)) < most, name
        assert np.sqrt(np.nanmean((ends[0][name] - first[name]) ** 2)) > 10 * most, f"{name} hardly changed"
