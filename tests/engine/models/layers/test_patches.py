import pytest
import torch

from engine.models.layers.patches import patchify, positions, recover, unpatchify, upsample
from engine.models.layers.window import Window


def test_patchify_and_unpatchify_return_the_field() -> None:
    field = torch.randn(2, 3, 8, 12)
    tokens = patchify(field, 4)
    assert tokens.shape == (2, 6, 48)
    assert torch.equal(unpatchify(tokens, 4, 2, 3), field)


def test_tokens_run_eastward_first() -> None:
    field = torch.zeros(1, 1, 8, 12)
    field[..., :4, 4:8] = 1
    assert patchify(field, 4).sum(2).tolist() == [[0, 16, 0, 0, 0, 0]]


def test_a_roll_by_a_patch_rolls_the_tokens_of_a_row() -> None:
    field = torch.randn(1, 2, 4, 12)
    assert torch.equal(patchify(field.roll(4, dims=3), 4), patchify(field, 4).roll(1, dims=1))


def test_a_grid_that_patches_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        patchify(torch.zeros(1, 1, 9, 12), 4)


def test_recovery_as_one_matrix_product_is_the_transposed_convolution() -> None:
    convolution = torch.nn.ConvTranspose2d(5, 3, 4, 4)
    features = torch.randn(2, 5, 3, 6)
    assert torch.allclose(recover(features, convolution), convolution(features), atol=1e-5)


def test_no_two_tokens_have_the_same_position() -> None:
    codes = positions(9, 18, 32)
    assert codes.shape == (162, 32)
    distances = torch.cdist(codes, codes) + 10 * torch.eye(162)
    assert distances.min() > 0.1


def test_a_constant_stays_constant_when_upsampled() -> None:
    fine = upsample(torch.full((2, 6, 12), 3.0), 4, Window(8, 8, 0, 48))
    assert fine.shape == (2, 8, 48)
    assert torch.equal(fine, torch.full((2, 8, 48), 3.0))


def test_a_window_across_the_dateline_and_pole_is_a_piece_of_the_whole() -> None:
    coarse = torch.randn(1, 6, 12)
    whole = upsample(coarse, 4, Window(0, 24, 0, 48))
    piece = upsample(coarse, 4, Window(-8, 16, 40, 16))
    assert torch.allclose(piece[:, 8:, :8], whole[:, :8, 40:], atol=1e-6)
    assert torch.allclose(piece[:, 8:, 8:], whole[:, :8, :8], atol=1e-6)
