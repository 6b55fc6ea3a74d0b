"""`goms train --head`: stored runs and the frozen backbone's features -> the weights of a head, their card and loss picture."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from engine.models.forecaster import Forecaster
from engine.runtime.errors import InputError
from engine.runtime.paths import home, weights_folder
from engine.runtime.precision import AUTO
from engine.runtime.progress import Progress, no_progress
from engine.schema.grid import quarter_degree
from engine.training.heads.features import FeatureStore
from engine.training.heads.training import HeadPlan, HeadTrainer, Objective, Samples
from engine.training.history import Record, draw_losses, summary
from engine.weights.checkpoint import find_weights
from engine.weights.head_weights import HeadCard, save_head
from engine.weights.loading import load_forecaster


@dataclass(frozen=True)
class Lesson:
    """All that the training of one head needs; `data` says in the card what it learned from, `baseline` what it must beat.

    `finish` is done to the trained weights before they are kept, and returns what the card says of it.
    """

    module: nn.Module
    samples: Samples
    objective: Objective
    plan: HeadPlan
    card: HeadCard
    data: dict[str, Any]
    label: str
    baseline: str
    finish: Callable[[nn.Module, Progress], dict[str, Any]] = lambda *_: {}


Prepare = Callable[[Forecaster, FeatureStore, Progress], Lesson]


def _kuroshio(model: Forecaster, features: FeatureStore, progress: Progress) -> Lesson:
    from engine.training.heads.kuroshio import lesson

    return lesson(model, features, progress)


def _waves(model: Forecaster, features: FeatureStore, progress: Progress) -> Lesson:
    from engine.training.heads.tasks import WAVES, lesson

    return lesson(WAVES, model, features, progress)


def _biogeochemistry(model: Forecaster, features: FeatureStore, progress: Progress) -> Lesson:
    from engine.training.heads.tasks import BIOGEOCHEMISTRY, lesson

    return lesson(BIOGEOCHEMISTRY, model, features, progress)


LESSONS: dict[str, Prepare] = {"kuroshio": _kuroshio, "waves": _waves, "biogeochemistry": _biogeochemistry}
"""How each head prepares its lesson, by the name of the head."""


def train_head(
    preset: str,
    head: str,
    resume: bool = False,
    device: str = "auto",
    progress: Progress = no_progress,
    precision: str = AUTO,
) -> dict[str, Any]:
    """Train a head on the frozen backbone of `preset`; return where its weights lie and what was reached.

    Features are computed once and kept under the user directory by the backbone's checksum. Raises InputError for an unknown
    head or without stored days to learn from, ModelError where the backbone has no weights.
    """
    if head not in LESSONS:
        raise InputError(f"head {head!r} is not known; expected one of {', '.join(LESSONS)}")
    model = load_forecaster(preset, quarter_degree(), device, find_weights(preset), precision)
    folder = home() / "training" / f"{preset}-{head}"
    store = FeatureStore(home() / "training" / f"features-{model.provenance['weights_sha256'][:12]}")
    lesson = LESSONS[head](model, store, progress)
    module = lesson.module.to(model.device)
    trainer = HeadTrainer(module, lesson.samples, lesson.objective, lesson.plan, folder, precision=model.precision)
    if resume:
        trainer.resume()

    def report(record: Record) -> None:
        progress((record.step + 1) / lesson.plan.steps, f"update {record.step + 1}, loss {record.loss:.3f}")

    trainer.run(report=report)
    path = weights_folder() / f"{preset}-{head}.safetensors"
    reached = summary(trainer.history, lesson.baseline) | lesson.finish(trainer.average, progress)
    done = {"updates": trainer.step, "precision": trainer.precision, "plan": asdict(lesson.plan)}
    save_head(path, trainer.average, lesson.card, {**lesson.data, **done, **reached})
    draw_losses(trainer.history, path.with_name(f"{path.stem}_loss.png"), lesson.label, lesson.baseline)
    return {"weights": path, "updates": trainer.step, "precision": trainer.precision, **reached}
