"""The request of a forecast: source, initial time, model, number of days, heads, and how it is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.runtime.errors import InputError
from engine.runtime.precision import AUTO, require_precision
from engine.sources import Source
from engine.weights.loading import MODEL_NAMES

LONGEST = 365
"""Days of a forecast."""


@dataclass(frozen=True)
class ForecastRequest:
    """`days` days of the model called `model` from the state of `source` at `init_time`, on `device`.

    Each of `heads` (kuroshio, waves, biogeochemistry) becomes a part of the store. `folder` is where the store goes, by default
    among the user's stores under a name made from the request. With `resume` a partial store of the same request is continued.
    `precision` is one that `choose_precision` accepts; `auto` continues in that of the store. Raises InputError for a length,
    model or precision that is not offered.
    """

    source: Source
    init_time: np.datetime64
    model: str
    days: int = 30
    heads: Sequence[str] = ()
    folder: Path | None = None
    resume: bool = False
    device: str = "auto"
    precision: str = AUTO

    def __post_init__(self) -> None:
        if not 1 <= self.days <= LONGEST:
            raise InputError(f"the forecast is to last {self.days} days; expected 1 to {LONGEST}")
        if self.model not in MODEL_NAMES:
            raise InputError(f"model is {self.model!r}; expected one of {', '.join(MODEL_NAMES)}")
        require_precision(self.precision)
