"""Training of a tiny network on made-up days."""

import os
from pathlib import Path

import torch

from engine.models.backbones.presets import Preset
from engine.runtime.precision import AUTO
from engine.training.data import TrainingData
from engine.training.days.runs import Run
from engine.training.days.sequences import write_sequences
from engine.training.distributed import ProcessGroup
from engine.training.plans import Phase, Plan
from engine.training.trainer import Settings, Trainer
from tests.engine.models.tiny import EVOLUTION, LINEAR, TinySource, tiny_grid, tiny_static_fields

PLAN = Plan((Phase(4, 1, 2e-3, masked=0.5), Phase(4, 2, 1e-3)), rounds=2, windows=1, rows=16, columns=24, averaging=0.9)


Runs = tuple[Run, ...]


def tiny_sequences(folder: Path, count: int = 2, length: int = 3, every: int = 10) -> Runs:
    """Return sequences of the tiny source, written to a folder."""
    grid = tiny_grid()
    source = TinySource(grid)
    return write_sequences(source, source.init_times()[: count * every : every], length, folder, grid)


def tiny_data(runs: Runs, plan: Plan = PLAN) -> TrainingData:
    """Return the data of a training on runs of the tiny grid."""
    return TrainingData.of(tiny_grid(), runs, plan.longest)


def tiny_settings(plan: Plan = PLAN, group: ProcessGroup | None = None, precision: str = AUTO) -> Settings:
    """Return settings with the static fields of the tiny grid."""
    return Settings(plan, static=tiny_static_fields(tiny_grid()), group=group or ProcessGroup(), precision=precision)


def tiny_trainer(
    runs: Runs, folder: Path, preset: Preset = EVOLUTION, plan: Plan = PLAN, group: ProcessGroup | None = None
) -> Trainer:
    """Return a training that has not begun."""
    return Trainer(preset, tiny_data(runs, plan), folder, tiny_settings(plan, group))


def resumed(runs: Runs, folder: Path, plan: Plan = PLAN, precision: str = AUTO) -> Trainer:
    """Return the training that was saved in a folder."""
    return Trainer.resume(tiny_data(runs, plan), folder, tiny_settings(plan, precision=precision))


def joining(rank: int, size: int, port: int) -> None:
    """Make this process one of several on this machine, which meet at a store on `port`."""
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    place["TORCHELASTIC_USE_AGENT_STORE"] = True  # as under torchrun, the store is there before the processes
    os.environ.update({name: str(value) for name, value in place.items()})
    torch.set_num_threads(1)


def train_in_team(rank: int, size: int, port: int, sequences: Path, folder: Path, plan: Plan, last: int) -> None:
    """Train a tiny network of each projection as one process of several on this machine, which meet at a store on `port`."""
    joining(rank, size, port)
    with ProcessGroup.join("cpu") as group:
        runs = tiny_sequences(sequences)
        for preset in (EVOLUTION, LINEAR):
            tiny_trainer(runs, folder / preset.name, preset, plan, group).run(last)


def damaged(content: bytes) -> dict[str, bytes]:
    """Return a file that is cut, emptied, overwritten in its middle, and replaced by other things."""
    third, middle = len(content) // 3, len(content) // 2
    return {
        "cut": content[:middle],
        "empty": b"",
        "overwritten": content[:third] + bytes(255 - byte for byte in content[third : 2 * third]) + content[2 * third :],
        "text": b"not a state at all",
        "one byte": content[:middle] + bytes(255 - byte for byte in content[middle : middle + 1]) + content[middle + 1 :],
        "begun": content[:100],
    }
