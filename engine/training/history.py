"""The history of a training: a record of each update, a summary for the card, a picture."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.schema.channels import channel

WATCHED = {
    "zos": channel("zos"),
    "thetao 0 m": channel("thetao", 0),
    "thetao 100 m": channel("thetao", 100),
    "so 0 m": channel("so", 0),
    "uo 0 m": channel("uo", 0),
    "uo 300 m": channel("uo", 300),
}
"""Channels whose error against persistence is recorded at each update; chosen by hand."""


@dataclass(frozen=True)
class Record:
    """One update: its loss and the error of the first day over that of persistence, by watched channel.

    `validation` is the same ratio on the last day of rollouts on held-back sequences, after this update; most have none.
    """

    step: int
    loss: float
    persistence_loss: float
    ratios: dict[str, float]
    seconds: float
    validation: dict[str, float] = field(default_factory=dict)


def summary(history: list[Record], baseline: str = "persistence") -> dict[str, Any]:
    """Return training time, the mean error over that of the `baseline` in the last updates, and the last validation."""
    last = history[-100:]
    ratios = {name: round(float(np.mean([record.ratios[name] for record in last])), 4) for name in last[0].ratios} if last else {}
    validated = [record for record in history if record.validation]
    result: dict[str, Any] = {
        "hours": round(sum(record.seconds for record in history) / 3600, 3),
        f"first_day_error_over_{baseline}": ratios,
    }
    if validated:
        result["validation_error_over_persistence"] = {k: round(v, 4) for k, v in validated[-1].validation.items()}
    return result


def draw_losses(history: list[Record], path: Path, label: str, baseline: str = "persistence") -> None:
    """Draw the loss and the error over that of the `baseline` by update into a PNG: lines from training, dots from validation."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 7), sharex=True, layout="constrained")
    steps = np.array([record.step for record in history])
    losses = [record.loss / max(record.persistence_loss, 1e-9) for record in history]
    above.plot(steps, losses, color="0.8", lw=0.6)
    above.plot(*_smooth(steps, losses), color="C0")
    above.set(ylabel=f"loss over that of {baseline}", ylim=(0, 1.2), title=f"{label}: training")
    validated = [record for record in history if record.validation]
    for name in history[0].ratios:
        (line,) = below.plot(*_smooth(steps, [record.ratios[name] for record in history]), label=name)
        dots = [(record.step, record.validation[name]) for record in validated if name in record.validation]
        if dots:
            below.plot(*zip(*dots, strict=True), "o", ms=4, color=line.get_color())
    title = "lines: first day, training; dots: last day of held-back rollouts" if validated else "first day, training"
    below.set(xlabel="update", ylabel=f"error over {baseline}", ylim=(0, 1.3), title=title)
    below.legend(ncols=3, fontsize="small", frameon=False)
    for axes in (above, below):
        axes.axhline(1, color="0.5", lw=0.8, ls=":")
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _smooth(steps: np.ndarray, values: list[float], width: int = 25) -> tuple[np.ndarray, np.ndarray]:
    width = max(1, min(width, len(values)))
    kernel = np.ones(width) / width
    return np.convolve(steps, kernel, "valid"), np.convolve(values, kernel, "valid")
