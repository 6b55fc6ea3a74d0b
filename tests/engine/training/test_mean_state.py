"""A network is trained over the mean state of its data, which its weights carry and a resumed training needs again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.physics.climatology import mean_sea_level
from engine.physics.displaced_state import climatology
from engine.physics.mean_fit import MeanState, fit_mean_state
from engine.physics.mean_state import mean_ocean
from engine.runtime.errors import InputError
from engine.training.run import save_weights
from engine.training.trainer import Trainer
from engine.weights.checkpoint import load_checkpoint
from tests.engine.models.tiny import EVOLUTION, tiny_grid
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
