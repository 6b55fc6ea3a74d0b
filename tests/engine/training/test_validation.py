from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.models.backbones.presets import Preset
from engine.training.distributed import ProcessGroup
from engine.training.history import draw_losses, summary
from engine.training.plans import Phase
from engine.training.validation import Validation, rollouts
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_grid, tiny_static_fields
from tests.engine.tiny_training import PLAN, resumed, tiny_sequences, tiny_trainer


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_an_untrained_network_validates_as_persistence(tmp_path: Path, preset: Preset) -> None:
    grid = tiny_grid()
    trainer = tiny_trainer(tiny_sequences(tmp_path, count=1, length=4), tmp_path, preset)
    validation = Validation(rollouts(trainer.data.train), grid, tiny_static_fields(grid), trainer.statistics, ProcessGroup())
    ratios = validation.ratios(trainer.network)
    assert ratios == pytest.approx(dict.fromkeys(ratios, 1.0), abs=1e-3)


def test_a_training_is_validated_on_days_it_does_not_learn_from_and_says_so(tmp_path: Path) -> None:
    sequences = tiny_sequences(tmp_path, count=9, length=3, every=3)
    plan = replace(PLAN, phases=(Phase(4, 1, 1e-3),), rows=8, columns=12, validate_every=2)
    trainer = tiny_trainer(sequences, tmp_path / "state", LINEAR, plan)
    trainer.run()
    assert trainer.validation is not None
    held, learned = ({day for run in runs for day in run.days} for runs in (trainer.validation.runs, trainer.data.train))
    assert held and not held & learned
    assert [bool(record.validation) for record in trainer.history] == [False, True, False, True]
    last = trainer.history[-1].validation
    assert summary(trainer.history)["validation_error_over_persistence"]["zos"] == round(last["zos"], 4)
    assert resumed(sequences, tmp_path / "state", plan).history == trainer.history
    draw_losses(trainer.history, tmp_path / "with.png", "Tiny")
    draw_losses([replace(record, validation={}) for record in trainer.history], tmp_path / "without.png", "Tiny")
    assert (tmp_path / "with.png").read_bytes() != (tmp_path / "without.png").read_bytes()
    assert torch.isfinite(torch.tensor(list(last.values()))).all()
