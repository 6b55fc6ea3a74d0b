"""The Fourier block: token mixing by a small complex network shared over all frequencies of a token sequence."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional


class FourierMixing(nn.Module):
    """Adaptive Fourier neural operator along a sequence (Guibas et al. 2022, arXiv 2111.13587), as AI-GOMS uses it.

    The transform runs along the flattened sequence, so any number of visible tokens works. Channels fall into `blocks`
    diagonal blocks; every frequency passes the same two-layer complex network, then a soft threshold.
    """

    def __init__(self, width: int, blocks: int, threshold: float = 0.01) -> None:
        super().__init__()
        if width % blocks:
            raise ValueError(f"width {width} does not divide into {blocks} blocks")
        size = width // blocks
        self.blocks, self.threshold = blocks, threshold
        self.weight_in = nn.Parameter(0.02 * torch.randn(2, blocks, size, size))
        self.bias_in = nn.Parameter(0.02 * torch.randn(2, blocks, 1, size))
        self.weight_out = nn.Parameter(0.02 * torch.randn(2, blocks, size, size))
        self.bias_out = nn.Parameter(0.02 * torch.randn(2, blocks, 1, size))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return mixed tokens (b, n, d), the input added."""
        # Half precision has no Fourier transform on most devices; the transform is a small share of the cost.
        with torch.autocast(tokens.device.type, enabled=False):
            mixed = self.filtered(torch.fft.rfft(tokens.float(), dim=1, norm="ortho"))
            return torch.fft.irfft(mixed, n=tokens.shape[1], dim=1, norm="ortho").to(tokens.dtype) + tokens

    def filtered(self, spectrum: torch.Tensor) -> torch.Tensor:
        """Return the complex spectrum (b, k, d) after the network and the threshold."""
        real, imag = (_grouped(part, self.blocks) for part in (spectrum.real, spectrum.imag))
        real, imag = _complex_linear(real, imag, self.weight_in, self.bias_in)
        real, imag = functional.relu(real), functional.relu(imag)
        real, imag = _complex_linear(real, imag, self.weight_out, self.bias_out)
        real, imag = (functional.softshrink(part, self.threshold) for part in (real, imag))
        return torch.complex(*(part.movedim(1, 2).reshape(spectrum.shape) for part in (real, imag)))


def _grouped(part: torch.Tensor, blocks: int) -> torch.Tensor:
    b, k, d = part.shape
    return part.reshape(b, k, blocks, d // blocks).movedim(2, 1)


def _complex_linear(
    real: torch.Tensor, imag: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        real @ weight[0] - imag @ weight[1] + bias[0],
        imag @ weight[0] + real @ weight[1] + bias[1],
    )


class FourierBlock(nn.Module):
    """Layer norm, Fourier mixing, skip, layer norm, perceptron of four times the width, skip."""

    def __init__(self, width: int, blocks: int, mixing: Callable[[int, int], FourierMixing] = FourierMixing) -> None:
        super().__init__()
        self.norm_mixing = nn.LayerNorm(width)
        self.mixing = mixing(width, blocks)
        self.norm_perceptron = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return tokens (b, n, d)."""
        tokens = tokens + self.mixing(self.norm_mixing(tokens))
        return tokens + self.perceptron(self.norm_perceptron(tokens))
