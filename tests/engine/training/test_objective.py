"""Errors of rollouts, on windows and on the whole globe."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.models.backbones.presets import Preset
from engine.models.evolution import operator as evolution
from engine.models.evolution.operator import STATE
from engine.models.layers.window import crop
from engine.runtime.precision import PRECISIONS
from engine.schema.channels import PROGNOSTIC_CHANNELS, channel_mask
from engine.training.loader import Draw, Excerpt, Globe, Reader
from engine.training.objective import Objective
from engine.training.plans import Phase, Plan
from engine.training.statistics import Statistics
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_grid, tiny_network, tiny_normalisation, tiny_static_fields
from tests.engine.tiny_training import Runs, tiny_sequences

PLANS = {
    EVOLUTION: Plan((Phase(1, 1, 1e-3, masked=0.5),), rows=4, columns=8),
    LINEAR: Plan((Phase(1, 2, 1e-3, masked=0.5),)),
}


@pytest.fixture(scope="module")
def sequences(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return tiny_sequences(tmp_path_factory.mktemp("sequences"), count=1)


def _objective(preset: Preset, checkpointing: bool = False, device: str = "cpu", precision: str = "bfloat16") -> Objective:
    grid = tiny_grid()
    known = Statistics(tiny_normalisation(), np.full(STATE, 0.02, np.float32))
    network = tiny_network(preset, grid, trained=True).to(device)
    return Objective(network, grid, tiny_static_fields(grid), known, checkpointing, precision)


def _pieces(sequences: Runs, preset: Preset) -> tuple[Globe, Excerpt]:
    plan = PLANS[preset]
    reader = Reader(Draw(sequences, tiny_grid(), preset.patch, preset.halo, plan, 0), tiny_grid(), tiny_normalisation())
    sample = reader.draw.sample(0, 0)
    return reader.globe(sample), reader.excerpts(sample, plan.phases[0], 0)[0]


def _gradients(objective: Objective, globe: Globe, excerpt: Excerpt) -> dict[str, torch.Tensor]:
    if objective.halo:
        errors, _ = objective.window_errors(excerpt, objective.modulation(globe, 0.5))
    else:
        errors, _ = objective.globe_errors(excerpt, 0.5)
    objective.loss(errors).backward()
    return {name: weight.grad for name, weight in objective.network.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_checkpointing_changes_no_gradient(sequences: Runs, preset: Preset) -> None:
    pieces = _pieces(sequences, preset)
    plain, again = (_gradients(_objective(preset, checkpointing), *pieces) for checkpointing in (False, True))
    assert plain.keys() == again.keys()
    assert all(torch.equal(plain[name], again[name]) for name in plain)
    assert any("encoder" in name for name in plain)


def test_land_in_a_piece_changes_no_gradient(sequences: Runs) -> None:
    dry = ~torch.from_numpy(channel_mask(tiny_grid(), PROGNOSTIC_CHANNELS))
    for preset in (EVOLUTION, LINEAR):
        globe, excerpt = _pieces(sequences, preset)
        longest = PLANS[preset].longest
        rests = [(longest - ahead) * preset.halo for ahead in range(1, longest + 1)]
        targets = zip(excerpt.targets, rests, strict=True)
        rubbish = replace(
            excerpt,
            state=excerpt.state.masked_fill(excerpt.window.cut(dry, longest * preset.halo), 31000),
            targets=tuple(target.masked_fill(excerpt.window.cut(dry, rest), -31000) for target, rest in targets),
        )
        elsewhere = replace(globe, state=globe.state.masked_fill(dry, 31000))
        expected, ours = (_gradients(_objective(preset), *pieces) for pieces in ((globe, excerpt), (elsewhere, rubbish)))
        assert all(torch.equal(expected[name], ours[name]) for name in expected)


def test_each_day_of_a_globe_rollout_passes_the_backbone(sequences: Runs) -> None:
    objective = _objective(LINEAR)
    seen: list[torch.Size] = []
    objective.network.backbone.encoder.register_forward_hook(lambda module, arguments, result: seen.append(result.shape))
    errors, persistence = objective.globe_errors(_pieces(sequences, LINEAR)[1], 0.5)
    assert seen == [(1, 36, 16)] * 2
    assert errors.shape == persistence.shape == (2, STATE)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_matrix_products_run_in_the_chosen_precision_and_errors_in_float32(sequences: Runs, precision: str) -> None:
    objective = _objective(LINEAR, precision=precision)
    types: list[torch.dtype] = []
    objective.network.backbone.bridge.register_forward_hook(lambda module, arguments, result: types.append(result.dtype))
    errors, _ = objective.globe_errors(_pieces(sequences, LINEAR)[1], 0.0)
    assert set(types) == {getattr(torch, precision)}
    assert errors.dtype == torch.float32


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_nothing_is_left_on_the_processor_when_training_on_another_device(
    sequences: Runs, preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tensors without values stand in for a GPU: they refuse to be mixed with others. What asks for their values is replaced.
    globe, excerpt = (piece.map(lambda tensor: tensor.to("meta")) for piece in _pieces(sequences, preset))
    monkeypatch.setattr(torch, "autocast", lambda *arguments, **options: nullcontext())
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda device: False)
    monkeypatch.setattr(torch.Tensor, "__bool__", lambda tensor: True)
    monkeypatch.setattr(evolution, "warp", lambda fields, displacement, wet, margin: crop(fields, margin) + displacement.sum(0))
    gradients = _gradients(_objective(preset, device="meta"), globe, excerpt)
    assert {gradient.device.type for gradient in gradients.values()} == {"meta"}
    assert len(gradients) > 20
