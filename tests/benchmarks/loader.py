"""The cost of reading training days beside that of the training step, from packed sequences and directly from a store.

python -m tests.benchmarks.loader [--preset small] [--updates 4] [--device auto] [--grid-factor 1] [--json]

The days are the first of the shipped sample ocean, packed into a temporary folder and as an analysis without the water next to
the coast, which is filled from climatology; both are read from the file cache. Directly read days are read twice: in the second
pass the climatology of their dates is known, as after the first year of a training. Seconds are those of the processor, so that
other programs do not count.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from engine.models.backbones.presets import PRESETS
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.sources.analysis import AnalysisSource
from engine.stores import AnalysisStore
from engine.training.data import TrainingData
from engine.training.days.runs import Run
from engine.training.days.sequences import write_sequences
from engine.training.days.stored import MOST_READ, Recent, StoredDays
from engine.training.distributed import ProcessGroup
from engine.training.loader import Draw, Reader, items
from engine.training.plans import Phase
from engine.training.statistics import statistics
from engine.training.trainer import Settings, Trainer, plan_of
from sample_data.source import SampleSource

DAYS = 8
"""More than are kept of a store, so that most are read anew in a step."""


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
        "packed_s": "seconds to read a sample of packed days",
        "direct_first_s": "seconds to read a sample of a store, the climatology of its dates computed",
        "direct_s": "seconds to read a sample of a store, the climatology of its dates known",
        "step_s": "seconds in which a step learns from a sample, reading included",
        "step_over_direct": "ratio of the last two (goal: above 1)",
        "waiting_percent": "share of a step in which it waits for days of the store",
        "packed_statistics_s": "seconds for the statistics of a packed day",
        "direct_statistics_s": "seconds for the statistics of a day of a store",
    }
    for key, meaning in meanings.items():
        print(f"{key:24} {rows[key]:9.2f}  {meaning}")
    if chosen.json:
        print(json.dumps({key: round(value, 3) for key, value in rows.items()}))


def _measure(folder: Path, preset: str, updates: int, grid_factor: int, group: ProcessGroup) -> dict[str, float]:
    grid = coarsened(grid_factor)
    source = SampleSource(grid=grid)
    packed = write_sequences(source, source.times()[:1], DAYS, folder, grid)
    direct = StoredDays(_analysis(source, folder / "analysis", grid)).runs()
    seconds, known = {}, None
    for name, runs in (("packed", packed), ("direct", direct)):
        began = process_time()
        known = statistics(runs, grid)
        seconds[name] = (process_time() - began) / DAYS
    # The climatology of the dates is known by now, so that the first pass has a reader of its own.
    fresh = StoredDays(AnalysisSource(folder / "analysis", grid)).runs()
    plan = replace(plan_of(PRESETS[preset]), phases=(Phase(updates + 1, 1, 1e-4),), batch=1)
    data = TrainingData.of(grid, direct, plan.longest)
    trainer = Trainer(PRESETS[preset], data, folder, Settings(plan, known=known, group=group))
    reading = {
        name: _reading(runs, trainer, updates) for name, runs in (("packed", packed), ("first", fresh), ("direct", direct))
    }
    trainer.run(1)
    began, all_began = process_time(), perf_counter()
    trainer.run(updates + 1)
    stepping, lasted = process_time() - began, perf_counter() - all_began
    return {
        "packed_s": reading["packed"],
        "direct_first_s": reading["first"],
        "direct_s": reading["direct"],
        "step_s": stepping / updates,
        "step_over_direct": stepping / updates / reading["direct"],
        "waiting_percent": 100 * trainer.waited / lasted,
        "packed_statistics_s": seconds["packed"],
        "direct_statistics_s": seconds["direct"],
    }


def _analysis(source: SampleSource, folder: Path, grid: Grid) -> AnalysisSource:
    """Return an analysis of the first days without the water next to land."""
    attributes = {"source": "benchmark", "label": "Benchmark", "sampling": "snapshot", "description": "days of the sample ocean"}
    sides = [np.roll(grid.wet, step, axis) for step in (-1, 1) for axis in (1, 2)]
    inner = grid.wet & np.logical_and.reduce(sides)
    days = source.times()[:DAYS]
    with AnalysisStore.create(folder, grid, days, attributes) as store:
        for lead, day in enumerate(days):
            fields = source.state(day).fields
            kept = {name: np.where(inner if values.ndim == 3 else inner[0], values, np.nan) for name, values in fields.items()}
            store.append(lead, Batch(kept, grid, day))
        store.finish()
    return AnalysisSource(folder, grid)


def _reading(runs: Sequence[Run], trainer: Trainer, updates: int) -> float:
    """Return seconds of the processor for a sample; of a store nothing is kept from one to the next, as with many days."""
    preset = trainer.preset
    draw = Draw(runs, trainer.grid, preset.patch, preset.halo, trainer.plan, trainer.seed)
    reader = Reader(draw, trainer.grid, trainer.statistics.normalisation)
    seconds = 0.0
    for update in range(updates):
        for run in runs:
            if isinstance(run.reader, StoredDays):
                run.reader.recent = Recent(MOST_READ)
        began = process_time()
        for _ in items(reader, [update], range(1), keeps_pass=True):
            pass
        seconds += process_time() - began
    return seconds / updates


if __name__ == "__main__":
    main()
