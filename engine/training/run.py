"""`goms train`: days of sources -> packed sequences -> a trained network with its card and loss picture."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.models.backbones.presets import PRESETS
from engine.runtime.allocator import keep_freed_memory
from engine.runtime.errors import InputError
from engine.runtime.paths import home, weights_folder
from engine.runtime.precision import AUTO
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid, quarter_degree
from engine.sources import HeldOut, Source, TrainingSource
from engine.training.dataset import Sequences, write_sequences
from engine.training.distributed import ProcessGroup
from engine.training.history import Record, draw_losses, summary
from engine.training.independence import independence
from engine.training.trainer import Trainer, plan_of
from engine.weights.checkpoint import Checkpoint, save_checkpoint

SEQUENCE_DAYS = 7
"""Length of a sequence, and days from the start of one to that of the next."""


def train(
    preset: str,
    sources: Sequence[Source],
    resume: bool = False,
    device: str = "auto",
    progress: Progress = no_progress,
    grid: Grid | None = None,
    seed: int = 0,
    batch: int | None = None,
    updates: int | None = None,
    precision: str = AUTO,
    held_out: HeldOut | None = None,
) -> dict[str, Any]:
    """Train `preset` and return the path of the weights and the final scores; under torchrun, as one of its processes.

    `sources` give the training days; the card holds how far `held_out` starts resemble them. `batch` is the global
    batch, shared by the processes, the plan's unless given. The state is in the user directory, which all processes must
    share; it is saved every two minutes and at update `updates`, where training pauses; `resume` continues from it. The first
    process alone returns a result. `precision` is one that `choose_precision` accepts; a resumed training keeps its own. Raises
    InputError where there is no training day, nothing to resume, or a batch that cannot be shared.
    """
    if preset not in PRESETS:
        raise InputError(f"preset {preset!r} is not known; expected one of {', '.join(PRESETS)}")
    grid = quarter_degree() if grid is None else grid
    plan = plan_of(PRESETS[preset]) if batch is None else replace(plan_of(PRESETS[preset]), batch=batch)
    folder = home() / "training" / preset
    weights = weights_folder() / f"{preset}.safetensors"
    # An update frees and allocates gigabytes; without this, page faults cost up to three times the arithmetic.
    keep_freed_memory()
    with ProcessGroup.join(device) as group:
        packed = home() / "training" / f"sequences-{grid.shape[0]}x{grid.shape[1]}"
        if group.is_first:
            prepare(sources, packed, grid, progress)
        group.wait()
        sequences = Sequences.open(packed, grid, [source.name for source in sources])
        if resume:
            trainer = Trainer.resume(grid, sequences, folder, plan, group=group, precision=precision)
        else:
            trainer = Trainer(PRESETS[preset], grid, sequences, folder, plan, seed, group=group, precision=precision)
        last = trainer.plan.steps if updates is None else min(updates, trainer.plan.steps)
        card: dict[str, Any] = {"data": [source.name for source in sources], "sequences": trainer.sequences.days()}
        if group.is_first and held_out is not None:
            card |= independence(sources, trainer.sequences, held_out)

        def report(record: Record) -> None:
            progress((record.step + 1) / last, f"update {record.step + 1}, loss {record.loss:.3f}")

        trainer.run(last, report, lambda: save_weights(trainer, weights, card))
        if not group.is_first:
            return {}
        reached = {"updates": trainer.step, "processes": group.size, "precision": trainer.precision}
        return {"weights": weights, **reached, **summary(trainer.history)}


def prepare(sources: Sequence[Source], folder: Path, grid: Grid, progress: Progress = no_progress) -> None:
    """Pack the days of each source into sequences that do not exist yet; raises InputError for a source of too few days."""
    for source in sources:
        days = source.training_times() if isinstance(source, TrainingSource) else source.init_times()
        starts = sequence_starts(days)
        if not starts:
            raise InputError(
                f"{source.label} has no {SEQUENCE_DAYS} days in a row for training; it has {days.size} days: add more"
            )
        write_sequences(source, starts, SEQUENCE_DAYS, folder, grid, progress)


def sequence_starts(days: np.ndarray) -> list[np.datetime64]:
    """Return the first days of sequences that follow each other in `days`, datetime64[D] ascending, gaps excluded."""
    starts, number = [], 0
    while number + SEQUENCE_DAYS <= days.size:
        whole = days[number + SEQUENCE_DAYS - 1] - days[number] == np.timedelta64(SEQUENCE_DAYS - 1, "D")
        if whole:
            starts.append(days[number])
        number += SEQUENCE_DAYS if whole else 1
    return starts


def save_weights(trainer: Trainer, path: Path, card: dict[str, Any]) -> None:
    """Write the running mean of the weights, their card and the picture of the loss."""
    known = trainer.statistics
    checkpoint = Checkpoint(trainer.averaged(), known.normalisation, known.tendency, {})
    done = {
        "updates": trainer.step,
        "seed": trainer.seed,
        "precision": trainer.precision,
        "plan": asdict(trainer.plan),
        **summary(trainer.history),
    }
    if trainer.validation is not None:
        done["held_back_sequences"] = trainer.validation.sequences.days()
    save_checkpoint(path, checkpoint, trainer.grid, {**card, **done})
    draw_losses(trainer.history, path.with_name(f"{path.stem}_loss.png"), trainer.preset.label)
