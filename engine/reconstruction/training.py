"""Trains the completion on days of the sample ocean seen through random observing systems.

`python -m engine.reconstruction.training [--grid-factor 1] [--samples 160] [--updates 400] [--workers 2] [--out FILE] [--resume]`
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine import __version__
from engine.models.heads.completion import Completion, CompletionShape
from engine.reconstruction.departures import SURFACE
from engine.reconstruction.fitting import SEEDS
from engine.reconstruction.seen_days import SeenDays
from engine.runtime.paths import home, weights_folder
from engine.schema.grid import coarsened
from engine.schema.sample_calendar import sample_date
from engine.training.heads.training import HeadPlan, HeadTrainer, Score
from engine.training.history import Record, summary
from engine.weights.head_weights import HeadCard, save_head
from sample_data.source import SampleSource

FIRST_DAY, LAST_DAY = 120, 325


def completion_score(network: nn.Module, sample: Any) -> Score:
    """Return the mean square error in spreads beside that of the interpolation alone."""
    inputs, target, weights = sample
    before = ((inputs[:3] - target) ** 2 * weights).sum(dim=(1, 2))
    after = ((inputs[:3] + network(inputs) - target) ** 2 * weights).sum(dim=(1, 2))
    ratios = (after.detach() / before.clamp_min(1e-9)).sqrt()
    return Score(after.mean(), float(before.mean()), dict(zip(SURFACE, ratios.tolist(), strict=True)))


def train_completion(samples: SeenDays, out: Path, updates: int, resume: bool = False, batch: int = 2) -> dict[str, Any]:
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


def main() -> None:
    """Train on the user's training runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid-factor", type=int, default=1)
    parser.add_argument("--samples", type=int, default=160, help="different days and observing systems to learn from")
    parser.add_argument("--updates", type=int, default=400, help="of two samples each")
    parser.add_argument("--workers", type=int, default=2, help="processes that make samples")
    parser.add_argument("--out", type=Path, help="weights (default: completion.safetensors among the user's)")
    parser.add_argument("--resume", action="store_true")
    chosen = parser.parse_args()
    grid = coarsened(chosen.grid_factor)
    sources = [SampleSource(seed, grid=grid) for seed in SEEDS]
    days = [sample_date(day) for day in range(FIRST_DAY, LAST_DAY)]
    rows, columns = grid.shape
    # What samples are made of is in the name, so that others are never taken for them.
    seen = f"seen-{rows}x{columns}-seeds-{'-'.join(map(str, SEEDS))}-days-{FIRST_DAY}-{LAST_DAY - 1}-version-{__version__}"
    samples = SeenDays(sources, days, chosen.samples, home() / "training" / seen)
    samples.prepare(chosen.workers)
    out = chosen.out or weights_folder() / "completion.safetensors"
    print(train_completion(samples, out, chosen.updates, chosen.resume))


if __name__ == "__main__":
    main()
