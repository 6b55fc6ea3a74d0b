from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.backbones.backbone import LinearProjection
from engine.models.backbones.fourcastnet import FourCastNet, PlaneMixing
from engine.models.backbones.presets import PRESETS, Preset
from engine.models.forecaster import Forecaster
from engine.models.network import CHANNELS, Network
from engine.runtime.paths import weights_folder
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS
from engine.training.plans import PLANS, Phase, Plan
from engine.weights.checkpoint import Checkpoint, save_checkpoint
from engine.weights.loading import MODEL_NAMES, NETWORK_NAMES, load_model, usable_models
from tests.engine.models.tiny import (
    LABELS,
    LINEAR,
    tiny_forecaster,
    tiny_grid,
    tiny_network,
    tiny_normalisation,
    tiny_state,
    tiny_weather,
)
from tests.engine.tiny_training import tiny_sequences, tiny_trainer

FOURCASTNET = Preset("tiny-fourcastnet", "Tiny FourCastNet", 4, 2, 16, 0, 16, 4, "linear", backbone="fourcastnet")
TODAY = np.datetime64("2019-02-23")
TOMORROW = TODAY + np.timedelta64(1, "D")


def _step(model: Forecaster, state: torch.Tensor) -> torch.Tensor:
    return model.step(state, tiny_weather(model.grid, TODAY), tiny_weather(model.grid, TOMORROW), TODAY)[0]


def _count(*parts: torch.nn.Module) -> int:
    return sum(parameter.numel() for part in parts for parameter in part.parameters())


def _network(name: str) -> Network:
    return Network(PRESETS[name], (16, 32), tiny_normalisation(), np.full(61, 0.02, np.float32))


def test_published_fourcastnet_has_67_million_weights_and_learned_positions() -> None:
    preset = PRESETS["fourcastnet-published"]
    with torch.device("meta"):
        backbone, projection = FourCastNet(preset, CHANNELS, 90, 180), LinearProjection(preset, 61)
    assert (CHANNELS, len(LABELS)) == (67, len(PROGNOSTIC_CHANNELS) + len(FORCING_CHANNELS))
    assert backbone.positions.numel() == 90 * 180 * 768
    assert _count(backbone, projection) - backbone.positions.numel() == pytest.approx(67e6, rel=0.01)


def test_small_fourcastnet_has_as_many_weights_as_small() -> None:
    network = _network("fourcastnet")
    positions = network.backbone.positions
    assert isinstance(positions, torch.nn.Parameter)
    assert _count(network) - positions.numel() == pytest.approx(_count(_network("small")), rel=0.01)


def test_aigoms_small_has_the_backbone_of_small() -> None:
    plain, small = (
        {name: value.shape for name, value in _network(name).backbone.named_parameters()} for name in ("aigoms-small", "small")
    )
    assert plain == small
    assert isinstance(_network("aigoms-small").projection, LinearProjection)


def test_a_card_without_a_backbone_means_the_autoencoder() -> None:
    card = PRESETS["small"].to_dict()
    del card["backbone"]
    assert Preset.from_dict(card) == PRESETS["small"]


def test_untrained_fourcastnet_is_persistence_to_the_last_bit() -> None:
    model = tiny_forecaster(FOURCASTNET, tiny_grid())
    state = model.prepare(tiny_state(model.grid))
    assert torch.equal(torch.nan_to_num(_step(model, state), 1e9), torch.nan_to_num(state, 1e9))


def test_values_on_land_never_reach_the_water_of_fourcastnet() -> None:
    model = tiny_forecaster(FOURCASTNET, tiny_grid(), trained=True)
    state = model.prepare(tiny_state(model.grid))
    moved, dirty = _step(model, state), torch.where(torch.isnan(state), 1e6, state)
    assert not torch.equal(torch.nan_to_num(moved), torch.nan_to_num(state))
    assert torch.equal(torch.nan_to_num(_step(model, dirty), 1e9), torch.nan_to_num(moved, 1e9))
    assert torch.equal(torch.isnan(moved), torch.isnan(state))


def test_fourcastnet_forecasts_some_rows_as_part_of_the_globe(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tiny_forecaster(FOURCASTNET, tiny_grid(), trained=True)
    monkeypatch.setattr("engine.models.forecaster.EMBED_ROWS", 8)
    banded = tiny_forecaster(FOURCASTNET, tiny_grid(), trained=True)
    state = whole.prepare(tiny_state(whole.grid))
    change = torch.nan_to_num(_step(whole, state) - state)
    assert torch.allclose(torch.nan_to_num(_step(banded, state) - state), change, atol=0.02 * float(change.abs().max()))


@pytest.fixture
def blind_backbone(monkeypatch: pytest.MonkeyPatch) -> FourCastNet:
    """Return a backbone without what knows places: positions, and biases and rectifier, which act on phases."""
    monkeypatch.setattr("engine.models.layers.fourier.functional.relu", lambda part: part)
    backbone = tiny_network(FOURCASTNET, tiny_grid(), trained=True).backbone
    assert isinstance(backbone, FourCastNet)
    for block in backbone.blocks:
        block.mixing.threshold = 0.0
        for bias in (block.mixing.bias_in, block.mixing.bias_out, backbone.positions):
            bias.data.zero_()
    return backbone


@pytest.mark.parametrize(("cells", "axis"), [(4, -1), (44, -1), (8, -2)])
def test_a_roll_by_patches_rolls_the_features_without_positions(blind_backbone: FourCastNet, cells: int, axis: int) -> None:
    field = torch.randn(1, CHANNELS, 24, 48)

    def features(roll: int) -> torch.Tensor:
        with torch.inference_mode():
            return blind_backbone(blind_backbone.embed(field.roll(roll, axis))).roll(-roll // 4, axis)

    assert torch.allclose(features(cells), features(0), atol=1e-4)
    assert not torch.allclose(features(cells).roll(1, -1), features(0), atol=1e-2)
    blind_backbone.positions.data.normal_()
    assert not torch.allclose(features(cells), features(0), atol=1e-2)


def test_every_token_of_the_plane_depends_on_every_other() -> None:
    torch.manual_seed(0)
    mixing, tokens = PlaneMixing(8, 2, 4, 10), torch.randn(1, 40, 8)
    with torch.no_grad():
        mixing.weight_in.mul_(30)
        mixing.weight_out.mul_(30)
        changed = tokens.clone()
        changed[0, 13] += 5
        assert ((mixing(changed) - mixing(tokens)).abs().amax(2) > 1e-6).all()


def test_fourcastnet_refuses_masking_and_no_plan_masks_it() -> None:
    backbone = FourCastNet(FOURCASTNET, 3, 6, 12)
    with pytest.raises(ValueError, match="cannot hide"):
        backbone(torch.randn(1, 72, 16), torch.arange(30))
    networks = [PLANS[name] for name, preset in PRESETS.items() if preset.backbone == "fourcastnet"]
    assert len(networks) == 2
    assert all(phase.masked == 0 and phase.epoch is None for plan in networks for phase in plan.phases)


@pytest.mark.parametrize("preset", [FOURCASTNET, LINEAR], ids=lambda preset: preset.name)
def test_other_networks_learn_to_beat_persistence(preset: Preset, tmp_path: Path) -> None:
    plan = Plan((Phase(40, 1, 3e-3), Phase(5, 2, 1e-3)), rounds=1, windows=1, rows=24, columns=48)
    trainer = tiny_trainer(tiny_sequences(tmp_path / "sequences"), tmp_path, preset, plan)
    trainer.run()
    first, last = trainer.history[0], trainer.history[-1]
    assert first.loss == pytest.approx(first.persistence_loss, rel=1e-3)
    assert last.loss < 0.9 * last.persistence_loss


@pytest.mark.parametrize("name", ["fourcastnet", "aigoms-small"])
def test_a_network_is_offered_once_its_weights_exist(name: str) -> None:
    grid, known = tiny_grid(), tiny_normalisation()
    network = Network(PRESETS[name], grid.shape, known, np.full(61, 0.02, np.float32))
    save_checkpoint(
        weights_folder() / f"{name}.safetensors", Checkpoint(network, known, np.full(61, 0.02, np.float32), {}), grid, {}
    )
    assert name in usable_models()
    model = load_model(name, grid, "cpu")
    assert (model.name, model.label) == (name, PRESETS[name].label)


def test_networks_without_weights_are_known_and_not_offered() -> None:
    assert set(NETWORK_NAMES) == set(PRESETS)
    assert set(usable_models()) < set(MODEL_NAMES)
    assert "fourcastnet-published" not in usable_models()
    assert "persistence" in usable_models()
