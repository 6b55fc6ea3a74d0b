import pytest
import torch

from engine.models.backbones.backbone import Backbone, LinearProjection
from engine.models.backbones.masking import mask_ratio, visible_tokens
from engine.models.backbones.presets import PRESETS, Preset
from engine.models.network import CHANNELS
from tests.engine.models.tiny import EVOLUTION


def test_the_published_network_has_about_114_million_parameters() -> None:
    preset = PRESETS["base"]
    with torch.device("meta"):
        parts = Backbone(preset, CHANNELS, 90, 180), LinearProjection(preset, 61)
    count = sum(parameter.numel() for part in parts for parameter in part.parameters())
    assert count == pytest.approx(113.9e6, rel=0.005)


def test_the_encoder_reads_the_visible_tokens_alone() -> None:
    backbone = Backbone(EVOLUTION, 3, 6, 12)
    seen: list[torch.Size] = []
    backbone.encoder.register_forward_hook(lambda module, arguments, result: seen.append(result.shape))
    decoded: list[torch.Size] = []
    backbone.decoder.register_forward_hook(lambda module, arguments, result: decoded.append(result.shape))
    features = backbone(backbone.embed(torch.randn(1, 3, 24, 48)), visible_tokens(72, 0.75))
    assert seen == [(1, 18, 16)]
    assert decoded == [(1, 72, 16)]
    assert features.shape == (1, 16, 6, 12)


def test_hidden_tokens_do_not_reach_the_features() -> None:
    backbone = Backbone(EVOLUTION, 3, 6, 12).eval()
    visible = visible_tokens(72, 0.5, torch.Generator().manual_seed(3))
    hidden = [number for number in range(72) if number not in visible.tolist()]
    tokens = torch.randn(1, 72, 16)
    changed = tokens.clone()
    changed[:, hidden] += 9
    assert torch.equal(backbone(tokens, visible), backbone(changed, visible))


def test_with_nothing_hidden_masking_changes_nothing() -> None:
    backbone = Backbone(EVOLUTION, 3, 6, 12).eval()
    tokens = torch.randn(1, 72, 16)
    assert torch.allclose(backbone(tokens, visible_tokens(72, 0.0)), backbone(tokens), atol=1e-6)


def test_the_embedding_of_some_rows_is_part_of_that_of_the_globe() -> None:
    backbone, field = Backbone(EVOLUTION, 3, 6, 12), torch.randn(1, 3, 24, 48)
    bands = torch.cat([backbone.embed(field[..., first : first + 8, :]) for first in (0, 8, 16)], dim=1)
    assert torch.allclose(bands, backbone.embed(field), atol=1e-6)
    assert torch.allclose(bands, backbone.embedding(field).flatten(2).transpose(1, 2), atol=1e-5)


def test_visible_tokens_keep_their_order_and_number() -> None:
    visible = visible_tokens(100, 0.75, torch.Generator().manual_seed(0))
    assert visible.tolist() == sorted(set(visible.tolist()))
    assert visible.numel() == 25
    assert visible_tokens(3, 1.0).numel() == 1


@pytest.mark.parametrize(("epoch", "ratio"), [(1, 0), (3, 0), (4, 0.75), (20, 0.75), (21, 0.25), (40, 0.25), (41, 0), (150, 0)])
def test_the_share_hidden_follows_the_published_schedule(epoch: int, ratio: float) -> None:
    assert mask_ratio(epoch) == ratio


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_read_from_its_card_is_unchanged(name: str) -> None:
    assert Preset.from_dict(PRESETS[name].to_dict()) == PRESETS[name]
