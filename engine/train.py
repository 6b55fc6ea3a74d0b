"""`goms train`: runs of the sample ocean -> packed sequences -> a trained network with its card and loss picture."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engine.checkpoint import Checkpoint, save_checkpoint
from engine.dataset import Sequences, write_sequences
from engine.errors import InputError
from engine.grid import Grid, quarter_degree
from engine.heldout import FIRST_HELD_OUT_START, HELD_OUT_SEED, START_INTERVAL
from engine.models.presets import PRESETS
from engine.paths import home, runs_folder, weights_folder
from engine.progress import Progress, no_progress
from engine.resemblance import largest_correlations, sea_level_anomalies
from engine.sources.sample import SampleSource, sample_day
from engine.trainer import Record, Trainer

FIRST_DAY = 120
"""Earlier sample days still remember the day 0 that all runs share."""

SEQUENCE_DAYS, SPACING_DAYS = 4, 7


def train(
    preset: str,
    resume: bool = False,
    device: str = "auto",
    progress: Progress = no_progress,
    grid: Grid | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train `preset` on all rebuilt runs but the held-out one; return where the weights lie and what was reached.

    The training state lies under the user directory and is saved every two minutes; `resume` goes on from it. Raises
    InputError where no run is there, or nothing to resume.
    """
    if preset not in PRESETS:
        raise InputError(f"preset {preset!r} is not known; expected one of {', '.join(PRESETS)}")
    grid = quarter_degree() if grid is None else grid
    sources = training_sources(grid)
    folder = home() / "training" / preset
    sequences = prepare(sources, home() / "training" / f"sequences-{grid.shape[0]}x{grid.shape[1]}", grid, progress)
    trainer = Trainer.resume(grid, sequences, folder) if resume else Trainer(PRESETS[preset], grid, sequences, folder, seed=seed)
    card = {"data": [source.name for source in sources], "sequences": sequences.days(), **unlikeness(sources, sequences, grid)}
    weights = weights_folder() / f"{preset}.safetensors"

    def report(record: Record) -> None:
        progress((record.step + 1) / trainer.plan.steps, f"update {record.step + 1}, loss {record.loss:.3f}")

    def saved() -> None:
        save_weights(trainer, weights, card)

    trainer.run(report=report, saved=saved)
    saved()
    return {"weights": weights, "updates": trainer.step, **summary(trainer)}


def training_sources(grid: Grid) -> list[SampleSource]:
    """Return the user's rebuilt runs that are long enough, the held-out seed left out."""
    found = []
    for folder in sorted(runs_folder().glob("seed-*")):
        source = SampleSource(folder=folder, grid=grid)
        if source.run.seed != HELD_OUT_SEED and source.run.days and source.run.days.stop > FIRST_DAY + SEQUENCE_DAYS:
            found.append(source)
    if not found:
        raise InputError(
            f"no run to train on in {runs_folder()}; expected seeds other than {HELD_OUT_SEED} of over {FIRST_DAY} days: "
            "build them with `goms sample build --days 330 --seed 2` and `--seed 3`"
        )
    return found


def prepare(sources: list[SampleSource], folder: Path, grid: Grid, progress: Progress = no_progress) -> Sequences:
    """Pack four days from every seventh day of each run, where that is not done yet, and return the sequences."""
    for source in sources:
        times = source.times()
        first = int(np.searchsorted(times, times[0] + (FIRST_DAY - sample_day(times[0]))))
        write_sequences(
            source, times[first : times.size - SEQUENCE_DAYS + 1 : SPACING_DAYS], SEQUENCE_DAYS, folder, grid, progress
        )
    return Sequences.open(folder, grid)


def save_weights(trainer: Trainer, path: Path, card: dict[str, Any]) -> None:
    """Write the running mean of the weights, their card and the picture of the loss."""
    known = trainer.statistics
    checkpoint = Checkpoint(trainer.averaged(), known.normalisation, known.tendency, {})
    done = {"updates": trainer.step, "seed": trainer.seed, "plan": asdict(trainer.plan), **summary(trainer)}
    save_checkpoint(path, checkpoint, trainer.grid, {**card, **done})
    draw_losses(trainer.history, path.with_name(f"{path.stem}_loss.png"), trainer.preset.label)


def summary(trainer: Trainer) -> dict[str, Any]:
    """Return training time and the mean error over persistence of the last updates."""
    last = trainer.history[-100:]
    ratios = {name: round(float(np.mean([record.ratios[name] for record in last])), 4) for name in last[0].ratios} if last else {}
    return {
        "hours": round(sum(record.seconds for record in trainer.history) / 3600, 3),
        "first_day_error_over_persistence": ratios,
    }


def unlikeness(sources: list[SampleSource], sequences: Sequences, grid: Grid) -> dict[str, Any]:
    """Return how far held-out starts resemble training days, and unrelated runs each other (correlation of sea level)."""
    days: dict[str, list[int]] = {}
    for name in sequences.days():
        source_name, date = name.split("__")
        days.setdefault(source_name, []).append(sample_day(np.datetime64(date)))
    levels = {source.name: [source.run.zos(day) for day in days[source.name]] for source in sources if source.name in days}
    run_grid = sources[0].run.grid
    mean = np.mean([np.mean(fields, axis=0) for fields in levels.values()], axis=0)
    vectors = {name: sea_level_anomalies(fields, mean, run_grid) for name, fields in levels.items()}
    result: dict[str, Any] = {}
    names = list(vectors)
    if len(names) > 1:
        result["correlation_of_unrelated_runs_at_most"] = _rounded(
            largest_correlations(vectors[names[0]], vectors[names[1]]).max()
        )
    folder = runs_folder() / f"seed-{HELD_OUT_SEED}"
    if folder.exists():
        held_out = SampleSource(folder=folder).run
        starts = range(FIRST_HELD_OUT_START, held_out.days.stop, START_INTERVAL)
        if len(starts):
            ours = sea_level_anomalies([held_out.zos(day) for day in starts], mean, run_grid)
            largest = largest_correlations(ours, np.concatenate(list(vectors.values())))
            result["held_out_starts"] = list(starts)
            result["correlation_of_held_out_starts_with_training_at_most"] = [_rounded(value) for value in largest]
    return result


def _rounded(value: float) -> float:
    return round(float(value), 3)


def draw_losses(history: list[Record], path: Path, label: str) -> None:
    """Draw the loss and the first day's error over persistence by update into a PNG."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 7), sharex=True, layout="constrained")
    steps = np.array([record.step for record in history])
    above.plot(steps, [record.loss / max(record.persistence_loss, 1e-9) for record in history], color="0.8", lw=0.6)
    above.plot(*_smooth(steps, [record.loss / max(record.persistence_loss, 1e-9) for record in history]), color="C0")
    above.set(ylabel="loss over that of persistence", ylim=(0, 1.2), title=f"{label}: training")
    for name in history[0].ratios:
        below.plot(*_smooth(steps, [record.ratios[name] for record in history]), label=name)
    below.set(xlabel="update", ylabel="first-day error over persistence", ylim=(0, 1.1))
    below.legend(ncols=3, fontsize="small", frameon=False)
    for axes in (above, below):
        axes.axhline(1, color="0.5", lw=0.8, ls=":")
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _smooth(steps: np.ndarray, values: list[float], width: int = 25) -> tuple[np.ndarray, np.ndarray]:
    width = max(1, min(width, len(values)))
    kernel = np.ones(width) / width
    return np.convolve(steps, kernel, "valid"), np.convolve(values, kernel, "valid")
