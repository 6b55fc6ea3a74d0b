"""What the training of one head needs, put together by the module of that head."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from engine.runtime.progress import Progress
from engine.training.heads.training import HeadPlan, Objective, Samples
from engine.weights.head_weights import HeadCard


@dataclass(frozen=True)
class HeadTask:
    """All that the training of one head needs; `data` says in the card what it learned from, `baseline` what it must beat.

    `finish` is done to the trained weights before they are kept, and returns what the card says of it.
    """

    module: nn.Module
    samples: Samples
    objective: Objective
    plan: HeadPlan
    card: HeadCard
    data: dict[str, Any]
    label: str
    baseline: str
    finish: Callable[[nn.Module, Progress], dict[str, Any]] = lambda *_: {}
