"""Several processes train one network."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.distributed import TCPStore

from engine.runtime.errors import InputError
from engine.training.distributed import ProcessGroup
from engine.training.plans import Phase
from tests.engine.children import CHILDREN
from tests.engine.models.tiny import EVOLUTION, LINEAR
from tests.engine.tiny_training import PLAN, resumed, tiny_sequences, tiny_trainer, train_in_team
from tests.waiting import PATIENCE


def test_two_processes_give_the_weights_of_one_with_the_same_global_batch(tmp_path: Path) -> None:
    sequences = tiny_sequences(tmp_path / "sequences")
    plan = replace(PLAN, batch=2, rows=8, columns=12, phases=(Phase(1, 1, 2e-3, masked=0.5), Phase(2, 1, 1e-3)))
    meeting = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    shared = (2, meeting.port, tmp_path / "sequences", tmp_path / "together", plan, 2)
    children = [CHILDREN.Process(target=train_in_team, args=(rank, *shared)) for rank in range(2)]
    for child in children:
        child.start()
    alone = {preset: tiny_trainer(sequences, tmp_path / f"alone-{preset.name}", preset, plan) for preset in (EVOLUTION, LINEAR)}
    untrained = {preset: [weight.detach().clone() for weight in trainer.parameters] for preset, trainer in alone.items()}
    for trainer in alone.values():
        trainer.run(2)
    for child in children:
        child.join(PATIENCE)
        assert child.exitcode == 0
    for preset, trainer in alone.items():
        # A single process goes on from what two have saved, their optimiser's state put together again.
        folder = tmp_path / "together" / preset.name
        again = resumed(sequences, folder, plan)
        losses = [[record.loss for record in each.history] for each in (trainer, again)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)
        for each in (trainer, again):
            each.run()
        weights = [torch.cat([weight.detach().flatten() for weight in each.parameters]) for each in (trainer, again)]
        assert torch.allclose(*weights, rtol=1e-4, atol=1e-5)
        assert (weights[0] - torch.cat([weight.flatten() for weight in untrained[preset]])).abs().max() > 1e-3


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    sequences = tiny_sequences(tmp_path, count=1)
    with pytest.raises(InputError, match="3 processes need a multiple of 3: add --batch"):
        tiny_trainer(sequences, tmp_path, plan=replace(PLAN, batch=4), group=ProcessGroup(0, 3))


def test_every_sample_belongs_to_one_process() -> None:
    shares = [list(ProcessGroup(rank, 3).shard(9)) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(9))
    assert {len(share) for share in shares} == {3}
