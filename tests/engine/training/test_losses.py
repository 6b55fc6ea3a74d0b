"""The relative loss of the published training, and a network that is trained with it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.models.evolution.operator import STATE
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.training.losses import RelativeLoss
from engine.training.plans import PLANS, Phase
from tests.engine.models.tiny import FIELDS, tiny_grid, tiny_normalisation
from tests.engine.tiny_training import tiny_sequences, tiny_trainer


@pytest.fixture
def loss() -> RelativeLoss:
    known = tiny_normalisation()
    return RelativeLoss(torch.from_numpy(known.mean[:STATE]), torch.from_numpy(known.std[:STATE]))


@pytest.fixture
def wet() -> torch.Tensor:
    return torch.from_numpy(channel_mask(tiny_grid(), PROGNOSTIC_CHANNELS))


def _normalised(field: torch.Tensor) -> torch.Tensor:
    known = tiny_normalisation()
    mean, std = (torch.from_numpy(part[:STATE]).view(-1, 1, 1) for part in (known.mean, known.std))
    return field * std + mean


def test_the_mean_field_has_a_relative_error_of_one(loss: RelativeLoss, wet: torch.Tensor) -> None:
    target = _normalised(torch.randn(wet.shape, generator=torch.Generator().manual_seed(0)))
    errors = loss.errors(_normalised(torch.zeros(wet.shape)), target, wet, torch.ones(wet.shape[1:]))
    assert float(loss.total(errors[None])) == pytest.approx(1, rel=1e-5)


def test_the_relative_errors_of_two_days_are_added(loss: RelativeLoss, wet: torch.Tensor) -> None:
    target = torch.randn(wet.shape, generator=torch.Generator().manual_seed(0))
    days = [loss.errors(_normalised(share * target), _normalised(target), wet, torch.ones(wet.shape[1:])) for share in (0.7, 0.9)]
    assert float(loss.total(torch.stack(days))) == pytest.approx(0.3 + 0.1, rel=1e-4)


@pytest.mark.parametrize("rubbish", [1e20, float("nan")])
def test_land_changes_neither_the_relative_loss_nor_its_gradient(loss: RelativeLoss, wet: torch.Tensor, rubbish: float) -> None:
    generator = torch.Generator().manual_seed(0)
    clean, target = (_normalised(torch.randn(wet.shape, generator=generator)) for _ in range(2))

    def gradient(fill: float) -> tuple[torch.Tensor, torch.Tensor]:
        prediction = torch.where(wet, clean, fill).requires_grad_()
        result = loss.total(loss.errors(prediction, torch.where(wet, target, fill), wet, torch.ones(wet.shape[1:]))[None])
        result.backward()
        assert prediction.grad is not None
        return result.detach(), prediction.grad

    expected, ours = gradient(0.5), gradient(rubbish)
    assert torch.equal(ours[0], expected[0])
    assert torch.equal(ours[1], expected[1])


def test_a_network_of_fields_learns_with_the_published_training(tmp_path: Path) -> None:
    phases = Phase(20, 1, 3e-3, masked=0.25), Phase(2, 2, 1e-3)
    plan = replace(PLANS["base-published"], phases=phases, batch=1, validate_every=0)
    trainer = tiny_trainer(tiny_sequences(tmp_path), tmp_path, FIELDS, plan)
    assert type(trainer.optimiser) is torch.optim.Adam
    trainer.run()
    first, last = trainer.history[0].loss, trainer.history[19].loss
    assert last < 0.95 * first
    # Nothing is averaged: the weights that are kept are the last.
    assert all(torch.equal(trainer.average[name], weight) for name, weight in trainer.network.state_dict().items())
