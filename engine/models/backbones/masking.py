"""Random masking that drops tokens, and the schedule by which training uses it."""

import torch

SCHEDULE = ((3, 0.0), (20, 0.75), (40, 0.25))
"""(last epoch, ratio): 0 to epoch 3, 0.75 to 20, 0.25 to 40, then 0."""


def mask_ratio(epoch: int) -> float:
    """Return the share of tokens hidden in an epoch, counted from 1."""
    return next((ratio for last, ratio in SCHEDULE if epoch <= last), 0.0)


def visible_tokens(count: int, ratio: float, generator: torch.Generator | None = None) -> torch.Tensor:
    """Return the ascending numbers of the tokens that stay visible; at least one does.

    Ascending, because the Fourier transform along the sequence needs neighbours to remain neighbours.
    """
    keep = max(1, round(count * (1 - ratio)))
    return torch.randperm(count, generator=generator)[:keep].sort().values
