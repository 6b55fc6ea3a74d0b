"""The network at its published size."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.models.backbones.backbone import Backbone
from engine.models.backbones.masking import visible_tokens
from engine.models.backbones.presets import PRESETS
from engine.models.evolution.operator import STATE
from engine.models.network import CHANNELS, Network
from engine.training.data import TrainingData
from engine.training.days.sequences import write_sequences
from engine.training.plans import Phase, Plan
from engine.training.trainer import Settings, Trainer
from tests.engine.models.tiny import TinySource, tiny_grid, tiny_normalisation, tiny_static_fields


def test_base_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        network = Network(PRESETS["base"], (720, 1440), tiny_normalisation(), np.ones(STATE, np.float32))
    count = sum(parameter.numel() for parameter in network.parameters())
    assert round(count / 1e6, 1) == 113.9
    assert count == 113_890_877


def test_base_without_the_evolution_operator_is_the_published_network() -> None:
    with torch.device("meta"):
        network = Network(PRESETS["base"], (720, 1440), tiny_normalisation(), np.ones(STATE, np.float32))
    shapes = {name: tuple(weight.shape) for name, weight in network.named_parameters()}
    assert shapes["backbone.embedding.weight"] == (512, 67, 8, 8)
    assert shapes["backbone.encoder.15.mixing.weight_in"] == (2, 8, 64, 64)
    assert shapes["backbone.bridge.weight"] == (1024, 512)
    assert shapes["backbone.mask_token"] == (1024,)
    assert shapes["backbone.decoder.7.perceptron.0.weight"] == (4096, 1024)
    assert shapes["projection.recovery.weight"] == (1024, 61, 8, 8)
    assert [name for name in shapes if name.startswith("projection")] == [
        "projection.recovery.weight",
        "projection.recovery.bias",
    ]
    assert not any("encoder.16" in name or "decoder.8" in name for name in shapes)


def test_the_published_network_has_the_shapes_of_base() -> None:
    with torch.device("meta"):
        made = [
            Network(PRESETS[name], (720, 1440), tiny_normalisation(), np.ones(STATE, np.float32))
            for name in ("base", "base-published")
        ]
    ours, published = ({name: weight.shape for name, weight in network.named_parameters()} for network in made)
    assert ours == published


def test_masking_three_quarters_of_the_tokens_saves_most_of_the_encoder_s_work() -> None:
    preset = PRESETS["base"]
    encoder = Backbone(preset, CHANNELS, 8, 8).encoder[:2].eval()
    tokens = torch.randn(1, 2048, preset.encoder_width)
    visible = visible_tokens(2048, 0.75, torch.Generator().manual_seed(0))
    assert visible.numel() == 512

    def operations(chosen: torch.Tensor) -> int:
        with FlopCounterMode(display=False) as counted:
            encoder(chosen)
        return counted.get_total_flops()

    with torch.inference_mode():
        assert 0 < operations(tokens[:, visible]) < 0.3 * operations(tokens)


def test_base_trains_masked_and_through_a_rollout(tmp_path: Path) -> None:
    grid = tiny_grid(48, 96)
    source = TinySource(grid)
    data = TrainingData.of(grid, write_sequences(source, source.init_times()[:1], 3, tmp_path, grid), 2)
    plan = Plan((Phase(1, 1, 1e-3, masked=0.75), Phase(1, 2, 1e-4)), checkpointing=True)
    trainer = Trainer(PRESETS["base"], data, tmp_path, Settings(plan, static=tiny_static_fields(grid)))
    before = {name: weight.detach().clone() for name, weight in trainer.network.named_parameters() if name.endswith("bias")}
    seen: list[int] = []
    trainer.network.backbone.encoder.register_forward_hook(lambda module, arguments, result: seen.append(result.shape[1]))
    trainer.save = lambda: None  # type: ignore[method-assign]
    trainer.run()
    assert seen == [18, 72, 72]
    assert trainer.history[0].loss == pytest.approx(trainer.history[0].persistence_loss, rel=1e-3)
    assert all(np.isfinite(record.loss) for record in trainer.history)
    moved = [
        name for name, weight in trainer.network.named_parameters() if name in before and not torch.equal(weight, before[name])
    ]
    assert len(moved) == len(before)
