"""`goms train`: days of sources -> a trained network with its card and loss picture."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.models.backbones.presets import PRESETS
from engine.physics.mean_fit import MeanState
from engine.physics.mean_state import mean_ocean, read_mean_state
from engine.runtime.allocator import keep_freed_memory
from engine.runtime.errors import InputError
from engine.runtime.paths import home, weights_folder
from engine.runtime.precision import AUTO
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import Grid, quarter_degree
from engine.sources import AlignedSource, HeldOut, Source, TrainingSource
from engine.sources.analysis import AnalysisSource
from engine.training.data import TrainingData
from engine.training.days.runs import SEQUENCE_DAYS, Run
from engine.training.days.sequences import write_sequences
from engine.training.days.split import Split
from engine.training.days.stored import StoredDays
from engine.training.distributed import ProcessGroup
from engine.training.history import Record, draw_losses, summary
from engine.training.independence import independence
from engine.training.trainer import Settings, Trainer, plan_of
from engine.weights.checkpoint import Checkpoint, save_checkpoint


@dataclass(frozen=True, eq=False)
class TrainingRequest:
    """What is to be trained: a preset on the days of `sources`.

    `split` divides these days by date. `batch` is the global batch, shared by the processes, the plan's unless given; training
    pauses at update `updates`. The card holds how far `held_out` starts resemble the training days. `precision` is one that
    `choose_precision` accepts; a resumed training keeps its own. `mean` is a file of
    `goms climatology`, the mean state on which the network stands.
    """

    preset: str
    sources: Sequence[Source]
    grid: Grid | None = None
    split: Split | None = None
    resume: bool = False
    device: str = "auto"
    seed: int = 0
    batch: int | None = None
    updates: int | None = None
    precision: str = AUTO
    held_out: HeldOut | None = None
    mean: Path | None = None


def train(request: TrainingRequest, progress: Progress = no_progress) -> dict[str, Any]:
    """Train a network and return the path of the weights and the final scores; under torchrun, as one of its processes.

    The state is in the user directory, which all processes must share; it is saved every two minutes and at the last update, and
    a resumed training continues from it. The first process alone returns a result. Raises InputError where there is no training
    day, nothing to resume, data other than those with which a resumed training began, or a batch that cannot be shared.
    """
    preset = request.preset
    if preset not in PRESETS:
        raise InputError(f"preset {preset!r} is not known; expected one of {', '.join(PRESETS)}")
    grid = quarter_degree() if request.grid is None else request.grid
    plan = plan_of(PRESETS[preset])
    plan = plan if request.batch is None else replace(plan, batch=request.batch)
    folder = home() / "training" / preset
    weights = weights_folder() / f"{preset}.safetensors"
    # An update frees and allocates gigabytes; without this, page faults cost up to three times the arithmetic.
    keep_freed_memory()
    mean, sources = _over_mean(request.mean, request.sources, grid)
    with ProcessGroup.join(request.device) as group:
        packed = home() / "training" / f"sequences-{grid.shape[0]}x{grid.shape[1]}"
        pool = prepare(sources, packed, grid, progress, group)
        group.wait()
        data = TrainingData.of(grid, pool, plan.longest, request.split)
        settings = Settings(plan, request.seed, group=group, precision=request.precision, mean=mean)
        if request.resume:
            trainer = Trainer.resume(data, folder, settings)
        else:
            trainer = Trainer(PRESETS[preset], data, folder, settings, progress)
        last = trainer.plan.steps if request.updates is None else min(request.updates, trainer.plan.steps)
        simulated = [source.name for source in request.sources if source.forcing_kind == "synthetic"]
        card: dict[str, Any] = {"data": [source.name for source in request.sources], **trainer.data.card(simulated)}
        if group.is_first and request.held_out is not None:
            card |= independence(request.sources, trainer.data.train, request.held_out)

        def report(record: Record) -> None:
            progress((record.step + 1) / last, f"update {record.step + 1}, loss {record.loss:.3f}")

        trainer.run(last, report, lambda: save_weights(trainer, weights, card))
        if not group.is_first:
            return {}
        reached = {"updates": trainer.step, "processes": group.size, "precision": trainer.precision}
        return {"weights": weights, **reached, **_said_of_data(trainer.data), **summary(trainer.history)}


def _over_mean(path: Path | None, sources: Sequence[Source], grid: Grid) -> tuple[MeanState | None, Sequence[Source]]:
    """Return the mean state in a file, and the sources with its zero of sea level; InputError where it has another grid."""
    if path is None:
        return None, sources
    mean = read_mean_state(path)
    if not mean.grid.same_as(grid):
        raise InputError(
            f"mean state {path} has the grid {mean.grid.shape}; expected that of the training, {grid.shape}: compute it from the "
            "training data with `goms climatology`"
        )
    ocean = mean_ocean(mean)
    return mean, [source.with_mean(ocean) if isinstance(source, AlignedSource) else source for source in sources]


def prepare(
    sources: Sequence[Source],
    folder: Path,
    grid: Grid,
    progress: Progress = no_progress,
    group: ProcessGroup | None = None,
) -> tuple[Run, ...]:
    """Return the runs of days of all sources: analyses are read as they are, days of others packed, by each process its share.

    Raises InputError for a source of too few days.
    """
    group = ProcessGroup() if group is None else group
    runs: list[Run] = []
    for source in sources:
        if isinstance(source, AnalysisSource):
            runs += StoredDays(source).runs()
            continue
        days = source.training_times() if isinstance(source, TrainingSource) else source.init_times()
        starts = sequence_starts(days)
        if not starts:
            raise InputError(
                f"{source.label} has no {SEQUENCE_DAYS} days in a row for training; it has {days.size} days: add more"
            )
        share = slice(group.rank, None, group.size)
        runs += write_sequences(source, starts, SEQUENCE_DAYS, folder, grid, progress, share)
    return tuple(runs)


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
    checkpoint = Checkpoint(trainer.averaged(), known.normalisation, known.tendency, {}, trainer.mean)
    done = {
        "updates": trainer.step,
        "seed": trainer.seed,
        "precision": trainer.precision,
        "plan": asdict(trainer.plan),
        **summary(trainer.history),
    }
    save_checkpoint(path, checkpoint, trainer.grid, {**card, **done})
    draw_losses(trainer.history, path.with_name(f"{path.stem}_loss.png"), trainer.preset.label)


def _said_of_data(data: TrainingData) -> dict[str, Any]:
    """Return the number of training days, and the periods of a split, with the gaps between its parts left out."""
    periods = {} if data.split is None else {part: ", ".join(each) for part, each in data.split.to_dict().items() if each}
    return {"training_days": sum(map(len, data.train)), **periods}
