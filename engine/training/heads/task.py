"""All parts of the training of one head, prepared by the module of that head."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from engine.runtime.progress import Progress
from engine.training.heads.training import HeadPlan, Objective, Samples
from engine.weights.head_weights import HeadCard


@dataclass(frozen=True)
class HeadTask:
    """The parts of the training of one head; `data` describes its training data in the card, `baseline` names its baseline.

    `finish` is applied to the trained weights before they are saved, and returns its entries for the card.
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
