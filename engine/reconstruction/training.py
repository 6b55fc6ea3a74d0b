"""Trains the completion on days of the sample ocean seen through random observing systems.

python -m engine.reconstruction.training [--grid-factor 1] [--updates 400] [--out FILE] [--resume]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from engine.grid import Grid, coarsened
from engine.heads.training import HeadPlan, HeadTrainer, Score
from engine.heads.weights import HeadCard, save_head
from engine.hydrography import climatology
from engine.models.heads.completion import Completion, CompletionShape
from engine.paths import home, weights_folder
from engine.reconstruction.analysis import surface_estimates
from engine.reconstruction.completing import completion_inputs
from engine.reconstruction.departures import SURFACE, departures
from engine.reconstruction.fitting import SEEDS
from engine.reconstruction.observations import joined
from engine.reconstruction.patterns import floats, random_columns, tracks
from engine.records import Record, summary
from engine.sources import Source
from engine.sources.sample import SampleSource
from sample_data.surface_climatology import sample_date

FIRST_DAY, LAST_DAY = 120, 325
SMALLEST_SHARE = 0.01
SYSTEMS = 0.4
"""Share of the samples that altimeters and floats see, the others random columns."""


class SeenDays:
    """Samples (inputs, target in spreads, weights): a day of a source, interpolated from a random observing pattern."""

    def __init__(self, sources: Sequence[Source], days: Sequence[np.datetime64], count: int) -> None:
        self.sources, self.days, self.count = sources, days, count
        self.grid: Grid = sources[0].state(days[0]).grid
        self.spreads = {name: departures(self.grid, name) for name in SURFACE}

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        generator = np.random.default_rng(number)
        source = self.sources[int(generator.integers(len(self.sources)))]
        time = self.days[int(generator.integers(len(self.days)))]
        state = source.state(time)
        if generator.random() < SYSTEMS:
            # The sea stands still meanwhile: eleven states for a sample would take longer than everything else.
            kinds = [tracks(lambda _: state, generator), floats(lambda _: state, generator)]
            seen = joined(kinds[: 1 + int(generator.integers(2))])
        else:
            seen = random_columns(state, float(np.exp(generator.uniform(np.log(SMALLEST_SHARE), 0))), generator)
        usual = climatology(self.grid, time)
        inputs = completion_inputs(surface_estimates(seen, self.grid, time, usual, self.spreads), self.spreads, self.grid)
        fields = [(state[name] - usual[name]) if name == "zos" else (state[name][0] - usual[name][0]) for name in SURFACE]
        target = np.stack([field / self.spreads[name].spread for field, name in zip(fields, SURFACE, strict=True)])
        weights = np.where(self.grid.wet_surface, self.grid.cell_area, 0)
        return inputs, _tensor(target), _tensor(weights / weights.sum())


def _tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.nan_to_num(values).astype(np.float32))


def completion_score(network: nn.Module, sample: Any) -> Score:
    """Return the mean square error in spreads beside that of the interpolation alone."""
    inputs, target, weights = sample
    before = ((inputs[:3] - target) ** 2 * weights).sum(dim=(1, 2))
    after = ((inputs[:3] + network(inputs) - target) ** 2 * weights).sum(dim=(1, 2))
    ratios = (after.detach() / before.clamp_min(1e-9)).sqrt()
    return Score(after.mean(), float(before.mean()), dict(zip(SURFACE, ratios.tolist(), strict=True)))


def train_completion(
    sources: Sequence[Source], days: Sequence[np.datetime64], out: Path, updates: int, resume: bool = False, batch: int = 2
) -> dict[str, Any]:
    """Train for `updates` and write the averaged weights to `out`; return error over that of interpolation, by field."""
    samples = SeenDays(sources, days, updates * batch)
    shape = CompletionShape()
    torch.manual_seed(0)
    network = Completion(shape, *samples.grid.shape)
    trainer = HeadTrainer(network, samples, completion_score, HeadPlan(updates, batch=batch), home() / "training" / out.stem)
    if resume:
        trainer.resume()
    trainer.run(report=_say)
    said = {"seeds": [source.name for source in sources], **summary(trainer.history, "interpolation")}
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
    parser.add_argument("--updates", type=int, default=400)
    parser.add_argument("--out", type=Path, help="weights (default: completion.safetensors among the user's)")
    parser.add_argument("--resume", action="store_true")
    chosen = parser.parse_args()
    grid = coarsened(chosen.grid_factor)
    sources = [SampleSource(seed, grid=grid) for seed in SEEDS]
    days = [sample_date(day) for day in range(FIRST_DAY, LAST_DAY)]
    print(
        train_completion(sources, days, chosen.out or weights_folder() / "completion.safetensors", chosen.updates, chosen.resume)
    )


if __name__ == "__main__":
    main()
