"""Normalisation: means and standard deviations by channel over wet cells, stored with the weights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from engine.schema.channels import Channel

Array = TypeVar("Array")


@dataclass(frozen=True, eq=False)
class Normalisation:
    """Mean and standard deviation (c,) in physical units of the channels named by `labels`."""

    labels: tuple[str, ...]
    mean: np.ndarray
    std: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.labels) == self.mean.size == self.std.size or not np.all(self.std > 0):
            raise ValueError(f"normalisation of {len(self.labels)} channels needs as many means and positive deviations")

    @classmethod
    def fit(cls, channels: Sequence[Channel], samples: Iterable[np.ndarray]) -> "Normalisation":
        """Return the statistics of `samples`, each (c, h, w) with NaN where there is no water."""
        count = total = squares = np.zeros(len(channels))
        for sample in samples:
            values = sample.reshape(len(channels), -1).astype(np.float64)
            count = count + np.isfinite(values).sum(axis=1)
            total = total + np.nansum(values, axis=1)
            squares = squares + np.nansum(values**2, axis=1)
        mean = total / np.maximum(count, 1)
        # A channel that never varies keeps its scale: dividing by almost zero would amplify rounding errors.
        std = np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0))
        std = np.where(std < 1e-6, 1.0, std)
        return cls(tuple(c.label for c in channels), mean.astype(np.float32), std.astype(np.float32))

    def to_dict(self) -> dict[str, list[Any]]:
        """Return plain lists for a JSON card."""
        return {"labels": list(self.labels), "mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_dict(cls, card: dict[str, list[Any]]) -> "Normalisation":
        """Return the statistics that `to_dict` wrote."""
        return cls(tuple(card["labels"]), np.array(card["mean"], np.float32), np.array(card["std"], np.float32))
