"""Several processes train one network."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import InputError
from engine.models.presets import Preset
from engine.plans import Phase
from engine.team import Team
from engine.trainer import Trainer
from tests.engine.children import CHILDREN
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_grid, tiny_setting
from tests.engine.tiny_training import PLAN, tiny_sequences, tiny_trainer, train_in_team


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_two_processes_give_the_weights_of_one_with_the_same_global_batch(tmp_path: Path, preset: Preset) -> None:
    sequences = tiny_sequences(tmp_path / "sequences", count=3)
    plan = replace(PLAN, batch=4, phases=(Phase(2, 1, 2e-3, masked=0.5), Phase(2, 2, 1e-3)))
    port, together = _free_port(), tmp_path / "together"
    shared = (2, port, sequences.folder, together, plan, 3, preset)
    children = [CHILDREN.Process(target=train_in_team, args=(rank, *shared)) for rank in range(2)]
    for child in children:
        child.start()
    alone = tiny_trainer(sequences, tmp_path / "alone", preset, plan)
    untrained = [value.clone() for value in alone.parameters]
    alone.run(3)
    for child in children:
        child.join(180)
        assert child.exitcode == 0
    # A single process goes on from what two have saved, their optimiser's state put together again.
    resumed = Trainer.resume(tiny_grid(), sequences, together, plan, tiny_setting(tiny_grid()))
    assert [record.loss for record in resumed.history] == pytest.approx([record.loss for record in alone.history], rel=1e-4)
    for trainer in (alone, resumed):
        trainer.run()
    moved = 0.0
    for ours, theirs, before in zip(resumed.parameters, alone.parameters, untrained, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-5)
        moved = max(moved, float((theirs - before).abs().max()))
    assert moved > 1e-3


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    sequences = tiny_sequences(tmp_path, count=1)
    with pytest.raises(InputError, match="3 processes need a multiple of 3: add --batch"):
        tiny_trainer(sequences, tmp_path, plan=replace(PLAN, batch=4), team=Team(0, 3))


def test_every_sample_belongs_to_one_process() -> None:
    shares = [list(Team(rank, 3).mine(9)) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(9))
    assert {len(share) for share in shares} == {3}
