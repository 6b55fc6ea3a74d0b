import pytest
import torch

from engine.models.layers.fourier import FourierBlock, FourierMixing


def test_mixing_without_weights_is_the_identity() -> None:
    mixing, tokens = FourierMixing(16, 4), torch.randn(1, 30, 16)
    with torch.no_grad():
        for parameter in mixing.parameters():
            parameter.zero_()
    assert torch.equal(mixing(tokens), tokens)


def test_a_spectrum_below_the_threshold_becomes_zero() -> None:
    mixing, tokens = FourierMixing(16, 4, threshold=1e6), torch.randn(1, 30, 16)
    assert torch.equal(mixing(tokens), tokens)


@pytest.mark.parametrize("count", [1, 7, 30])
def test_any_number_of_tokens_is_accepted(count: int) -> None:
    assert FourierBlock(16, 4)(torch.randn(2, count, 16)).shape == (2, count, 16)


def test_every_token_depends_on_every_other() -> None:
    torch.manual_seed(0)
    mixing = FourierMixing(8, 2)
    with torch.no_grad():
        mixing.weight_in.mul_(30)
        mixing.weight_out.mul_(30)
    tokens = torch.randn(1, 20, 8)
    changed = tokens.clone()
    changed[0, 3] += 5
    assert ((mixing(changed) - mixing(tokens)).abs().amax(2) > 1e-6).all()


def test_a_width_that_blocks_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="does not divide"):
        FourierMixing(10, 4)
