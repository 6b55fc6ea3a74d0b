"""`goms train --head`: stored days and the frozen backbone's features -> the weights of a head, their card and loss picture."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from engine.models.forecaster import Forecaster
from engine.runtime.errors import InputError
from engine.runtime.paths import home, weights_folder
from engine.runtime.precision import AUTO
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import quarter_degree
from engine.sources import DaySeries
from engine.training.heads import datasets, kuroshio
from engine.training.heads.datasets import DATASETS
from engine.training.heads.features import FeatureStore
from engine.training.heads.task import HeadTask
from engine.training.heads.training import HeadTrainer
from engine.training.history import Record, draw_losses, summary
from engine.weights.checkpoint import find_weights
from engine.weights.head_weights import save_head
from engine.weights.loading import load_forecaster

Prepare = Callable[[Forecaster, FeatureStore, Sequence[DaySeries], Progress], HeadTask]

TASKS: dict[str, Prepare] = {"kuroshio": kuroshio.task, **{each.name: partial(datasets.task, each) for each in DATASETS}}
"""The preparation of each head's training, by the name of the head."""


def train_head(
    preset: str,
    head: str,
    series: Sequence[DaySeries],
    resume: bool = False,
    device: str = "auto",
    progress: Progress = no_progress,
    precision: str = AUTO,
) -> dict[str, Any]:
    """Train a head on days of `series` and the frozen backbone of `preset`; return the path of its weights and the final scores.

    Features are computed once and stored in the user directory under the backbone's checksum. Raises InputError for an unknown
    head or without stored training days, ModelError where the backbone has no weights.
    """
    if head not in TASKS:
        raise InputError(f"head {head!r} is not known; expected one of {', '.join(TASKS)}")
    model = load_forecaster(preset, quarter_degree(), device, find_weights(preset), precision)
    folder = home() / "training" / f"{preset}-{head}"
    store = FeatureStore(home() / "training" / f"features-{model.provenance['weights_sha256'][:12]}")
    task = TASKS[head](model, store, series, progress)
    module = task.module.to(model.device)
    trainer = HeadTrainer(module, task.samples, task.objective, task.plan, folder, precision=model.precision)
    if resume:
        trainer.resume()

    def report(record: Record) -> None:
        progress((record.step + 1) / task.plan.steps, f"update {record.step + 1}, loss {record.loss:.3f}")

    trainer.run(report=report)
    path = weights_folder() / f"{preset}-{head}.safetensors"
    reached = summary(trainer.history, task.baseline) | task.finish(trainer.average, progress)
    done = {"updates": trainer.step, "precision": trainer.precision, "plan": asdict(task.plan)}
    save_head(path, trainer.average, task.card, {**task.data, **done, **reached})
    draw_losses(trainer.history, path.with_name(f"{path.stem}_loss.png"), task.label, task.baseline)
    return {"weights": path, "updates": trainer.step, "precision": trainer.precision, **reached}
