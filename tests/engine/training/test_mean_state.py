"""A network is trained over the mean state of its data, which its weights carry and a resumed training needs again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.cli.climatology import mean_of_store
from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.physics.climatology import mean_sea_level
from engine.physics.displaced_state import climatology
from engine.physics.mean_fit import MeanState, fit_mean_state
from engine.physics.mean_state import mean_ocean
from engine.runtime.errors import InputError
from engine.stores import open_store
from engine.training.run import SEQUENCE_DAYS, TrainingRequest, save_weights, train
from engine.training.trainer import Trainer
from engine.weights.checkpoint import load_checkpoint
from engine.weights.loading import load_forecaster
from tests.engine.models.tiny import EVOLUTION, tiny_grid
from tests.engine.tiny_stores import write_analysis
from tests.engine.tiny_training import PLAN, tiny_data, tiny_sequences, tiny_settings


def higher(by: float) -> MeanState:
    """Return a mean state whose sea level lies `by` metres above the shipped one."""
    day = climatology(tiny_grid(), np.datetime64("2001-01-01"))
    return fit_mean_state([day.with_fields(zos=day["zos"] + np.float32(by))], {"name": f"higher by {by}"})


def test_static_fields_and_weights_have_the_mean_state_of_the_training(tmp_path: Path) -> None:
    mean, grid = higher(0.4), tiny_grid()
    settings = replace(tiny_settings(PLAN), static=None, mean=mean)
    data = tiny_data(tiny_sequences(tmp_path / "days"))
    trainer = Trainer(EVOLUTION, data, tmp_path / "state", settings)
    level = trainer.objective.static.mean_level[0].cpu().numpy()
    np.testing.assert_array_equal(level, mean_sea_level(grid, mean_ocean(mean)))
    trainer.run(1)
    save_weights(trainer, tmp_path / "tiny.safetensors", {})
    carried = load_checkpoint(tmp_path / "tiny.safetensors", grid).mean
    assert carried is not None and carried.attributes["name"] == "higher by 0.4"
    np.testing.assert_array_equal(carried.harmonics["zos"], mean.harmonics["zos"])
    for other in (None, higher(0.5)):
        with pytest.raises(InputError, match="began with the mean state higher"):
            Trainer.resume(data, tmp_path / "state", replace(settings, mean=other))
    assert Trainer.resume(data, tmp_path / "state", settings).step == 1


def test_a_store_gives_its_mean_state_a_training_over_it_and_weights_that_forecast_from_it(tmp_path: Path) -> None:
    grid = tiny_grid()
    source = write_analysis(tmp_path / "days", 2 * SEQUENCE_DAYS)
    said = mean_of_store(str(tmp_path / "days"), tmp_path / "mean.nc")
    request = TrainingRequest("aigoms-small", [source], grid, device="cpu", batch=2, updates=1, mean=tmp_path / "mean.nc")
    result = train(request)
    model = load_forecaster("aigoms-small", grid, "cpu", result["weights"], "float32")
    assert model.mean is not None and model.provenance["mean_state"]["fingerprint"] == said["fingerprint"]
    store = open_store(run_forecast(ForecastRequest(source, source.init_times()[0], "aigoms-small", 1, device="cpu")))
    assert store.attrs["sea_level_zero"] == said["name"] and abs(store.attrs["sea_level_shift"]) < 0.05
    with pytest.raises(InputError, match="expected that of the training"):
        train(replace(request, grid=tiny_grid(48, 96)))
