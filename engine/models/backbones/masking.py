"""Random masking that drops tokens, and its schedule in training."""

import torch

SCHEDULE = ((3, 0.0), (20, 0.75), (40, 0.25))
"""(last epoch, ratio): 0 to epoch 3, 0.75 to 20, 0.25 to 40, then 0; that of the published training code of AI-GOMS."""


def mask_ratio(epoch: int) -> float:
    """Return the share of tokens hidden in an epoch, counted from 1."""
    return next((ratio for last, ratio in SCHEDULE if epoch <= last), 0.0)


def visible_tokens(count: int, ratio: float, generator: torch.Generator | None = None) -> torch.Tensor:
    """Return the ascending numbers of the tokens that stay visible; at least one does.

    Ascending order keeps neighbours in place for the Fourier transform along the sequence.
    """
    keep = max(1, round(count * (1 - ratio)))
    return torch.randperm(count, generator=generator)[:keep].sort().values
