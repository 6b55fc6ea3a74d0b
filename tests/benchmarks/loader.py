"""Whether reading training days keeps up with the training step: samples a second of each, and how long a step waits.

python -m tests.benchmarks.loader [--preset small] [--updates 4] [--device auto] [--grid-factor 1] [--json]

The days are the first of the shipped sample ocean, packed into a temporary folder, hence read from the file cache.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch
from engine.training.dataset import Sequences, write_sequences

from engine.models.backbones.presets import PRESETS
from engine.schema.grid import coarsened
from engine.training.distributed import ProcessGroup
from engine.training.loader import Loader, Reader, items
from engine.training.plans import Phase
from engine.training.trainer import Trainer, plan_of
from sample_data.source import SampleSource

DAYS = 3


def main() -> None:
    """Read for some updates without training, then train for as many, and print both rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="small", choices=list(PRESETS))
    parser.add_argument("--updates", type=int, default=4)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--grid-factor", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ProcessGroup.join(chosen.device) as group:
        rows = _measure(Path(folder), chosen.preset, chosen.updates, chosen.grid_factor, group)
    meanings = {
        "loader_samples_s": "samples a second that the loader reads on its own",
        "step_samples_s": "samples a second that the step learns from",
        "loader_over_step": "how many times faster the loader is (goal: above 1)",
        "waiting_percent": "share of a step's time in which it waits for data",
    }
    for key, meaning in meanings.items():
        print(f"{key:18} {rows[key]:9.2f}  {meaning}")
    if chosen.json:
        print(json.dumps({key: round(value, 3) for key, value in rows.items()}))


def _measure(folder: Path, preset: str, updates: int, grid_factor: int, group: ProcessGroup) -> dict[str, float]:
    grid = coarsened(grid_factor)
    source = SampleSource(grid=grid)
    write_sequences(source, source.times()[:1], DAYS, folder, grid)
    plan = replace(plan_of(PRESETS[preset]), phases=(Phase(updates + 1, 1, 1e-4),), batch=1)
    trainer = Trainer(PRESETS[preset], grid, Sequences.open(folder, grid), folder, plan, group=group)
    reader = Reader(trainer.draw, grid, trainer.statistics.normalisation)
    began = perf_counter()
    with Loader(items(reader, range(updates), range(1), keeps_pass=True), group.device) as loader:
        for _ in range(updates):
            _drain(loader, trainer)
    loading = (perf_counter() - began) / updates
    trainer.run(1)
    before = sum(record.seconds for record in trainer.history)
    trainer.run(updates + 1)
    stepping = (sum(record.seconds for record in trainer.history) - before) / updates
    waiting = trainer.waited / updates
    return {
        "loader_samples_s": 1 / loading,
        "step_samples_s": 1 / stepping,
        "loader_over_step": stepping / loading,
        "waiting_percent": 100 * waiting / stepping,
    }


def _drain(loader: Loader, trainer: Trainer) -> None:
    phase, _ = trainer.plan.at(0)
    if trainer.preset.halo:
        loader.take_globe()
    rounds = trainer.plan.windows_of(phase).rounds if trainer.preset.halo else 1
    for _ in range(rounds):
        loader.take_excerpts()
    if trainer.group.device.type == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
