"""What the Kuroshio head adds to bicubic interpolation on held-out days: errors, slopes, vorticity, energy by wavelength.

python -m tests.benchmarks.kuroshio [--run FOLDER] [--first 240] [--every 3] [--forecasts 4] [--backbone small]
    [--weights FILE] [--json]

First from the reference's own quarter-degree days, then, with --forecasts, from forecasts of the ocean over seven days beside
bicubic interpolation of the same forecast and persistence of the first fine day: RMSE, and the correlation of anomalies from
the mean of the nested runs that were learned from (ACC).
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.checkpoint import find_weights
from engine.grid import quarter_degree
from engine.head_features import FeatureStore
from engine.heads import load_downscaling
from engine.kuroshio_grid import crop, kuroshio_grid
from engine.kuroshio_training import stacked
from engine.models.forecaster import Forecaster, load_forecaster
from engine.models.heads.downscaling import SURFACE, Downscaling, refined
from engine.paths import cache_folder, runs_folder
from engine.rollout import rollout
from engine.sources import initial_state
from engine.sources.sample import SampleSource
from engine.train import HELD_OUT_SEED
from engine.verify.detail import checkerboard, detail_scores, detail_statistics
from sample_data.kuroshio_archive import archive_of, global_surface, nested_surface
from sample_data.runs import Run
from sample_data.surface_climatology import sample_date

FORECAST_DAYS = 7
MEAN_EVERY = 10
"""Of the nested days that were learned from, one in so many makes the mean."""

Fields = dict[str, np.ndarray]


def main() -> None:
    """Score the head and interpolation day by day and print their means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="a run with nested days; seed 1 of the user's runs if left out")
    parser.add_argument("--first", type=int, default=240, help="first sample day")
    parser.add_argument("--every", type=int, default=3, help="days between two that are scored")
    parser.add_argument("--forecasts", type=int, default=0, help="forecast from so many starts, too")
    parser.add_argument("--backbone", default="small")
    parser.add_argument("--weights", type=Path, help="weights of the head; the shipped ones if left out")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    run = Run.open(chosen.run or runs_folder() / f"seed-{HELD_OUT_SEED}")
    stored = [day for day in archive_of(run).days if day >= chosen.first]
    model = load_forecaster(chosen.backbone, quarter_degree(), "auto", find_weights(chosen.backbone))
    head, _ = load_downscaling(model, chosen.weights)
    store = FeatureStore(cache_folder() / f"features-{model.provenance['weights_sha256'][:12]}")
    days = stored[:: chosen.every]
    store.fill(run, days, model)
    result = measure(head, store, run, days)
    for name in result["head"]:
        print(f"{name:24} {result['bicubic'][name]:10.4f} bicubic {result['head'][name]:10.4f} head")
    print(f"{'pattern of three cells':24} {result['checkerboard']:10.4f} (1: none)   {len(days)} days")
    if chosen.forecasts:
        starts = [day for day in stored if day + FORECAST_DAYS in stored]
        spread = np.linspace(0, len(starts) - 1, chosen.forecasts).astype(int)
        result["forecasts"] = forecast(model, head, run, [starts[number] for number in spread])
        print_forecasts(result["forecasts"])
    if chosen.json:
        print(json.dumps(result))


def measure(head: Downscaling, store: FeatureStore, run: Run, days: list[int]) -> dict[str, Any]:
    """Return mean scores of `head` and `bicubic` over days of a run, and the strength of a pattern of three cells."""
    grid, patterns = kuroshio_grid(), []
    statistics: dict[str, list[dict[str, float]]] = {"bicubic": [], "head": []}
    for day in days:
        surface = torch.from_numpy(stacked(global_surface(run, day)))[None]
        features = torch.from_numpy(store(run.seed, day).astype(np.float32))[None]
        reference = nested_surface(run, day)
        with torch.inference_mode():
            ours = head(surface, features)[0].numpy()
            bicubic = np.where(grid.wet_surface, head.interpolated(surface)[0].numpy(), np.nan)
        for name, values in (("bicubic", bicubic), ("head", ours)):
            statistics[name].append(detail_statistics(dict(zip(SURFACE, values, strict=True)), reference, grid))
        patterns.append(np.mean([checkerboard(field, grid) for field in ours]))
    scores = {name: detail_scores(each) for name, each in statistics.items()}
    return {**scores, "checkerboard": float(np.mean(patterns)), "days": days, "seed": run.seed}


def forecast(model: Forecaster, head: Downscaling, run: Run, starts: list[int]) -> dict[str, Any]:
    """Return RMSE and ACC by field, lead and method of forecasts of a week from sample days of a run."""
    source, usual = SampleSource(folder=run.folder), nested_mean()
    found: dict[str, dict[int, dict[str, list[tuple[float, float]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for start in starts:
        time, first = sample_date(start), nested_surface(run, start)
        for step in rollout(model, initial_state(source, time), source.forcing, FORECAST_DAYS):
            reference = nested_surface(run, start + step.lead)
            ours = refined(head, step.batch, step.features)
            methods: dict[str, Fields] = {
                "head": {name: values[0] if values.ndim == 3 else values for name, values in ours.fields.items()},
                "bicubic": interpolated(head, step.batch.fields),
                "persistence": first,
            }
            for method, fields in methods.items():
                for name in SURFACE:
                    found[name][step.lead][method].append(score(fields[name], reference[name], usual[name]))
    return {
        name: {lead: {method: mean_of(pairs) for method, pairs in by.items()} for lead, by in leads.items()}
        for name, leads in found.items()
    }


def mean_of(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Return RMSE and ACC over starts of pairs of mean square error and correlation."""
    squares, correlations = zip(*pairs, strict=True)
    return {"rmse": float(np.sqrt(np.mean(squares))), "acc": float(np.mean(correlations))}


def interpolated(head: Downscaling, fields: Any) -> Fields:
    """Return the bicubic interpolation of the surface of a global state, NaN on land."""
    coarse = np.stack([crop(fields[name][0] if fields[name].ndim == 3 else fields[name]) for name in SURFACE])
    with torch.inference_mode():
        fine = head.interpolated(torch.from_numpy(coarse)[None])[0].numpy()
    return {name: np.where(kuroshio_grid().wet_surface, values, np.nan) for name, values in zip(SURFACE, fine, strict=True)}


def score(ours: np.ndarray, reference: np.ndarray, usual: np.ndarray) -> tuple[float, float]:
    """Return the mean square error of a field (h, w) and the correlation of its anomalies, by area."""
    there = np.isfinite(ours) & np.isfinite(reference) & np.isfinite(usual)
    weight = kuroshio_grid().cell_area[there]
    one, other = (ours - usual)[there], (reference - usual)[there]
    product = np.average(one * other, weights=weight)
    sizes = np.average(one**2, weights=weight) * np.average(other**2, weights=weight)
    return float(np.average((one - other) ** 2, weights=weight)), float(product / np.sqrt(sizes))


def nested_mean() -> Fields:
    """Return the mean (360, 690) of nested days of the runs that were learned from."""
    runs = [Run.open(folder) for folder in sorted(runs_folder().glob("seed-*"))]
    days = [(run, day) for run in runs if run.seed != HELD_OUT_SEED for day in archive_of(run).days[::MEAN_EVERY]]
    fields = [nested_surface(run, day) for run, day in days]
    return {name: np.mean([each[name] for each in fields], axis=0) for name in SURFACE}


def print_forecasts(scores: dict[str, Any]) -> None:
    """Print RMSE and ACC by field and lead."""
    for name, leads in scores.items():
        for lead, by in leads.items():
            said = "  ".join(f"{method} {each['rmse']:.4f} (ACC {each['acc']:.3f})" for method, each in by.items())
            print(f"{name:8} day {lead}  {said}")


if __name__ == "__main__":
    main()
