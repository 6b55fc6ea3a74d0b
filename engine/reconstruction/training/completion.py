"""Training of the completion on days that random observing systems observe."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.models.heads.completion import Completion, CompletionShape
from engine.reconstruction.covariances import SURFACE
from engine.reconstruction.training.observed_days import ObservedDays
from engine.runtime.paths import home
from engine.training.heads.training import HeadPlan, HeadTrainer, Score
from engine.training.history import Record, summary
from engine.weights.head_weights import HeadCard, save_head


def completion_score(network: nn.Module, sample: Any) -> Score:
    """Return the mean square error in spreads beside that of the interpolation alone."""
    inputs, target, weights = sample
    before = ((inputs[:3] - target) ** 2 * weights).sum(dim=(1, 2))
    after = ((inputs[:3] + network(inputs) - target) ** 2 * weights).sum(dim=(1, 2))
    ratios = (after.detach() / before.clamp_min(1e-9)).sqrt()
    return Score(after.mean(), float(before.mean()), dict(zip(SURFACE, ratios.tolist(), strict=True)))


def train_completion(samples: ObservedDays, out: Path, updates: int, resume: bool = False, batch: int = 2) -> dict[str, Any]:
    """Train for `updates` and write the averaged weights to `out`; return error over that of interpolation, by field."""
    shape = CompletionShape()
    torch.manual_seed(0)
    network = Completion(shape, *samples.grid.shape)
    trainer = HeadTrainer(network, samples, completion_score, HeadPlan(updates, batch=batch), home() / "training" / out.stem)
    if resume:
        trainer.resume()
    trainer.run(report=_say)
    seeds = [source.name for source in samples.sources]
    said = {"seeds": seeds, "samples": len(samples), **summary(trainer.history, "interpolation")}
    save_head(out, trainer.average, HeadCard("completion", shape.to_dict(), samples.grid, None), said)
    return said


def _say(record: Record) -> None:
    if record.step % 10 == 0:
        ratios = " ".join(f"{name} {ratio:.3f}" for name, ratio in record.ratios.items())
        print(f"update {record.step}: error over interpolation's {ratios}, {record.seconds:.1f} s", flush=True)
