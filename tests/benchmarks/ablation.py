"""The effect of each input beyond those of AI-GOMS: `small` trained with it and without, on the same days.

python -m tests.benchmarks.ablation [--grid-factor 2] [--updates 160] [--seed 2] [--variants "day of year,..."] [--json]

Each variant learns from the same sequences with the same seed; the score is its error over persistence's after five days on
sequences that were held back. Distance to coast is an input that `small` does not have: it is added here.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt

import engine.models.evolution.operator as evolution
from engine.cli.report import Report
from engine.models.backbones.presets import PRESETS
from engine.models.evolution.inputs import DERIVED, INPUTS
from engine.models.evolution.static_fields import StaticFields
from engine.runtime.paths import home, runs_folder
from engine.schema.grid import Grid, coarsened
from engine.training.data import TrainingData
from engine.training.days.sequences import write_sequences
from engine.training.plans import Phase, Plan
from engine.training.run import SEQUENCE_DAYS, sequence_starts
from engine.training.trainer import Settings, Trainer
from sample_data.source import SampleSource

HIDDEN: dict[str, tuple[str, ...]] = {
    "all of them": (),
    "without the change of the day before": ("change of the day before",),
    "without the day of the year": (
        "anomalies of temperature and salinity",
        "sea level of the thermocline",
        "sea level that the thermocline does not explain",
        "heat exchange and anomalies of the air",
        "climatological mixed layer",
    ),
    "without sea floor and land": ("sea floor", "land"),
    "without the air": ("air", "change of the air", "change of wind-driven flow", "heat exchange and anomalies of the air"),
}
COAST = "with distance to coast"
COAST_SCALE = 5.0
"""Degrees in which nearness of the coast falls by e."""

original = evolution.derived


@dataclass(frozen=True, eq=False)
class CoastalStaticFields(StaticFields):
    """Static fields with one plane more: how near (1, h, w) the coast is, 1 on it."""

    coast: torch.Tensor

    @classmethod
    def beside(cls, static: StaticFields, grid: Grid) -> "CoastalStaticFields":
        """Return global static fields with the nearness of the coast."""
        degrees = distance_transform_edt(np.tile(grid.wet_surface, 3)) * 180 / grid.shape[0]
        near = np.exp(-degrees[:, grid.shape[1] : 2 * grid.shape[1]] / COAST_SCALE).astype(np.float32)
        return cls(**{entry.name: getattr(static, entry.name) for entry in fields(static)}, coast=torch.from_numpy(near)[None])


@contextmanager
def inputs_of(variant: str) -> Iterator[None]:
    """Let networks made and used inside read the inputs of a variant."""
    hidden = HIDDEN.get(variant, ())
    ends = np.cumsum(list(INPUTS.values()))
    places = {name: slice(end - count, end) for (name, count), end in zip(INPUTS.items(), ends, strict=True)}

    def changed(*arguments: Any) -> torch.Tensor:
        planes = original(*arguments)
        for name in hidden:
            planes[places[name]] = 0
        return torch.cat([planes, arguments[-1].coast]) if variant == COAST else planes

    with patch.object(evolution, "derived", changed), patch.object(evolution, "DERIVED", DERIVED + (variant == COAST)):
        yield


def score(variant: str, data: TrainingData, folder: Path, updates: int, report: Report) -> dict[str, float]:
    """Return the errors over persistence after five days of a variant trained so long, by watched channel."""
    static = StaticFields.of(data.grid)
    if variant == COAST:
        static = CoastalStaticFields.beside(static, data.grid)
    first = updates * 2 // 3
    phases = Phase(first, 1, 2e-3), Phase(updates - first, 2, 5e-4)
    plan = Plan(phases, rows=96, columns=160, averaging=0.98, validate_every=updates)
    with inputs_of(variant):
        trainer = Trainer(PRESETS["small"], data, folder, Settings(plan, static=static))
        trainer.run(report=lambda record: report.progress((record.step + 1) / updates, variant))
    return dict(trainer.history[-1].validation or {})


def main() -> None:
    """Train every variant and print what it reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid-factor", type=int, default=2, help="on a grid this many times coarser than 1/4 degree")
    parser.add_argument("--updates", type=int, default=160)
    parser.add_argument("--seed", type=int, default=2, help="which of the user's runs to learn from")
    parser.add_argument("--sequences", type=int, default=16, help="weeks of that run, evenly far apart; the last is held back")
    parser.add_argument("--variants", default=",".join((*HIDDEN, COAST)), help="separated by commas")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    grid, folder = coarsened(chosen.grid_factor), home() / "benchmark" / f"ablation-{chosen.grid_factor}"
    source = SampleSource(folder=runs_folder() / f"seed-{chosen.seed}", grid=grid)
    report = Report()
    starts = sequence_starts(source.training_times())
    chosen_starts = [starts[number] for number in np.linspace(0, len(starts) - 1, chosen.sequences).round().astype(int)]
    runs = write_sequences(source, chosen_starts, SEQUENCE_DAYS, folder / "sequences", grid, report.progress)
    data = TrainingData.of(grid, runs, longest=2)
    result = {}
    for number, variant in enumerate(chosen.variants.split(",")):
        began = time.perf_counter()
        result[variant] = score(variant, data, folder / str(number), chosen.updates, report)
        said = "  ".join(f"{name} {ratio:.3f}" for name, ratio in result[variant].items())
        print(f"{variant:40} {said}   {time.perf_counter() - began:.0f} s", flush=True)
    report.close()
    print(f"error over persistence's after five days; grid {grid.shape}, {chosen.updates} updates, run of seed {chosen.seed}")
    if chosen.json:
        print(json.dumps({"grid": grid.shape, "updates": chosen.updates, "ratios": result}))


if __name__ == "__main__":
    main()
