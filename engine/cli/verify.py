"""The work of `goms verify`: a store against its reference, models on held-out starts, long rollouts, a report page."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.sources import HeldOut
from engine.stores import Store, find_store, open_store
from engine.training.days.identity import said_of_days
from engine.verification.comparison import describe
from engine.verification.report.store_report import table, verify
from engine.verification.results import keep_result

SCORE_COLUMNS = ("rmse", "low", "high", "persistence", "damped", "climatology", "floor", "acc", "bias", "share")
SKILL_COLUMNS = ("model", "variable", "depth", "band", "lead_days", *SCORE_COLUMNS)
ENERGY_COLUMNS = ("model", "band", "lead_days", "ratio", "low", "high")
ROLLOUT_COLUMNS = ("model", "band", "lead_days", "starts", "ratio", "low", "high", "least", "most", "zos_rmse", "zos_persistence")


def verify_store(forecast: str, reference: str | None, progress: Progress = no_progress) -> tuple[dict[str, Any], str]:
    """Return the scores of a forecast store, and their table; `trained_on` says where its weights learned from its days."""
    scores = verify(forecast, reference, progress=progress)
    columns = ("variable", "depth", "band", "lead_days", "rmse", "acc", "persistence", "climatology")
    text = table(scores["rows"], columns)
    if mixed := scores.get("mixed"):
        text += f"\n\nNot the same kind of values: {', '.join(mixed)}"
    if trained := trained_on(open_store(Path(forecast) if Path(forecast).is_dir() else find_store(forecast))):
        scores["trained_on"] = trained
        text += f"\n\nnote: {trained}"
    return scores, text


def trained_on(store: Store) -> str:
    """Return a sentence where days of a forecast are among the training days of its weights; else an empty text."""
    attributes = store.attrs
    training = attributes.get("model_provenance", {}).get("training", {})
    period = (day.astype("datetime64[D]") for day in (store.init_time, store.valid_time(store.leads[-1])))
    return said_of_days(training, str(attributes.get("source")), bool(attributes.get("sample")), *period)


def verify_models(
    models: Sequence[str],
    starts: int = 10,
    rollout_days: int = 0,
    report: Path | None = None,
    device: str = "auto",
    workers: int = 1,
    grid_factor: int = 1,
    progress: Progress = no_progress,
    heads: bool = False,
) -> tuple[dict[str, Any], str]:
    """Return the scores of models on held-out starts, and their tables as text.

    With `rollout_days` rollouts of that length are checked instead; with `report` a page of both is written. With `heads` those
    of the first model are scored, too. Skill is kept as a file, named by `kept`, which the application's page shows. No model
    named means all networks whose weights are here. Raises InputError where there is none, ModelError for an unknown one.
    """
    from engine.models.forecaster import choose_device
    from engine.runtime.precision import quicker_precision
    from engine.schema.grid import coarsened
    from engine.verification.starts.options import ScoringOptions
    from engine.verification.starts.skill import held_out_skill
    from engine.verification.starts.stability import stability
    from engine.weights.loading import BASELINE_NAMES, usable_models
    from sample_data.held_out import SampleHeldOut

    models = list(models) or [name for name in usable_models() if name not in BASELINE_NAMES]
    if not models:
        raise InputError("no weights of a network are here; expected some to verify: run `goms train`, or name a baseline")
    options = ScoringOptions(device, workers=workers)
    held_out = SampleHeldOut.open(grid=coarsened(grid_factor) if grid_factor != 1 else None)
    result: dict[str, Any] = {}
    text = []
    if report is not None or not rollout_days:
        computed_in = quicker_precision(choose_device(device))
        result = {
            **held_out_skill(models, held_out, starts, options=options, progress=progress),
            "machine": machine(),
            "precision": computed_in,
        }
        text.append(skill_text(result))
        if trained := _trained_on(models, held_out, result["starts"]):
            result["trained_on"] = trained
            text.append("\n".join(f"note: {each}" for each in trained))
        result["kept"] = str(keep_result(result))
    if heads:
        result["heads"] = head_scores(models[0], device, progress)
        text += [kuroshio_text(found) if found["head"] == "kuroshio" else day_head_text(found) for found in result["heads"]]
    if rollout_days:
        result["stability"] = stability(models, held_out, rollout_days, starts, options, progress)
        text.append(stability_text(result["stability"]))
    if report is not None:
        from engine.verification.report.page import write_page

        result["report"] = str(write_page(report, result, result.get("stability"), result["machine"], result.get("heads", ())))
    return result, "\n\n".join(text)


def _trained_on(models: Sequence[str], held_out: HeldOut, starts: Sequence[int]) -> list[str]:
    """Return a sentence for each network that learned from one of the scored starts, whose numbers are those of `HeldOut.day`."""
    from engine.weights.checkpoint import find_weights, read_card
    from engine.weights.loading import BASELINE_NAMES

    source, found = held_out.source, []
    days = [day for day in source.times() if held_out.day(day) in starts]
    for model in models:
        name, _, weights = model.partition("=")
        if name in BASELINE_NAMES:
            continue
        training = read_card(Path(weights) if weights else find_weights(name)).get("training", {})
        said = (said_of_days(training, source.name, source.forcing_kind == "synthetic", day, day) for day in days)
        if sentence := next(filter(None, said), ""):
            found.append(f"{name}: {sentence}")
    return found


def head_scores(name: str, device: str = "auto", progress: Progress = no_progress) -> list[dict[str, Any]]:
    """Return the scores of every head of a network from held-out starts; raises ModelError where one has no weights."""
    from engine.schema.grid import quarter_degree
    from engine.verification.starts.head_skill import HEADS, day_head_skill
    from engine.verification.starts.kuroshio_skill import kuroshio_skill
    from engine.weights.checkpoint import find_weights
    from engine.weights.loading import load_forecaster
    from sample_data.held_out import SampleHeldOut

    held_out = SampleHeldOut.open()
    model = load_forecaster(name, quarter_degree(), device, find_weights(name))
    found = [kuroshio_skill(model, held_out, progress=progress)]
    return found + [day_head_skill(head, model, held_out, progress=progress) for head in HEADS]


def skill_text(skill: dict[str, Any]) -> str:
    """Return the tables of `held_out_skill`, the cells where a model is not ahead, and how much activity is left."""
    lines = [table(skill["rows"], SKILL_COLUMNS), "\nStratification, m", table(skill["stratification"], SKILL_COLUMNS)]
    compared = len(skill["rows"]) + len(skill["stratification"])
    for score, rows in skill["not_ahead"].items():
        certain = sum(row["certain"] for row in rows)
        lines.append(f"\nNot ahead in {score}: {len(rows)} of {compared} cells ({certain} beyond the interval)")
        # A mean error near zero is chance rather than skill: counted here, listed in the JSON and on the page.
        lines += [f"  {describe(row)}" for row in rows if score != "bias"]
    lines += ["\nEddy kinetic energy over the reference's", table(skill["energy"], ENERGY_COLUMNS)]
    last = max(row["lead_days"] for row in skill["rows"])
    lines.append(f"\nPower over the reference's on day {last}")
    columns = ("model", "region", "quantity", "wavelengths", "ratio", "low", "high")
    lines.append(table([row for row in skill["power"] if row["lead_days"] == last], columns))
    days = ", ".join(map(str, skill["starts"]))
    lines.append(f"\n{len(skill['starts'])} starts of run {skill['run']}, sample days {days}")
    lines.append(f"damped persistence fitted on: {', '.join(skill['damping_fitted_on']) or 'decay times of the training days'}")
    return "\n".join(lines)


def stability_text(found: dict[str, Any]) -> str:
    """Return the tables of `stability`."""
    lines = [f"Rollouts of {found['days']} days, energy over the reference's by day", table(found["rows"], ROLLOUT_COLUMNS)]
    for model, each in found["models"].items():
        kept = "within" if each["energy_kept"] else "not within"
        lines.append(
            f"{model}: {each['finite']} of {each['starts']} starts finite, {each['inside']} inside valid ranges, energy {kept} "
            "80-120 % of the reference's"
        )
        extremes = (f"{name} {low:.4g} to {high:.4g}" for name, (low, high) in each["extremes"].items())
        lines.append(f"  extremes: {', '.join(extremes)}")
    return "\n".join(lines)


def machine() -> str:
    """Return the processor, cores and memory of this machine, and its GPU where there is one."""
    import psutil
    import torch

    memory = psutil.virtual_memory().total / 2**30
    card = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    return f"{os.cpu_count()} cores of {platform.machine()}, {memory:.0f} GiB, {card}"


HEAD_LEADS = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30)
"""Days that the tables of heads show."""


def day_head_text(found: dict[str, Any]) -> str:
    """Return the table of `day_head_skill`: RMSE and bias by field, lead and method."""
    lines = _by_method(found["rows"], "bias")
    lines.append(f"root mean square error (bias); run {found['run']}, sample days {', '.join(map(str, found['starts']))}")
    return "\n".join(lines)


def kuroshio_text(found: dict[str, Any]) -> str:
    """Return the tables of `kuroshio_skill`."""
    lines = [
        f"{name:24} {found['bicubic'][name]:10.4f} bicubic {found['on_days'][name]:10.4f} head"
        for name in sorted(found["bicubic"])
    ]
    lines.append(f"{'pattern of three cells':24} {found['checkerboard']:10.4f} (1: none)   {len(found['days'])} days")
    if found["forecasts"]:
        lines += _by_method(found["forecasts"], "acc")
        lines.append(f"root mean square error (ACC) of forecasts from sample days {', '.join(map(str, found['starts']))}")
    return "\n".join(lines)


def _by_method(rows: Sequence[dict[str, Any]], beside: str) -> list[str]:
    said: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        if row["lead_days"] in HEAD_LEADS:
            one = f"{row['method']} {row['rmse']:.4f} ({row[beside]:+.3f})"
            said.setdefault((row["field"], row["lead_days"]), []).append(one)
    return [f"{field:24} day {lead:2}  {'  '.join(each)}" for (field, lead), each in said.items()]
