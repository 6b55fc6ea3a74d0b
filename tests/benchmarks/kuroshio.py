"""What the Kuroshio head adds to bicubic interpolation on held-out days: errors, slopes, vorticity, energy by wavelength.

python -m tests.benchmarks.kuroshio [--run FOLDER] [--first 240] [--every 3] [--backbone small] [--weights FILE] [--json]
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from engine.checkpoint import find_weights
from engine.grid import quarter_degree
from engine.head_features import FeatureStore
from engine.head_weights import HeadCard, find_head, load_head, read_head_card
from engine.kuroshio_grid import kuroshio_grid
from engine.kuroshio_training import stacked
from engine.models.forecaster import load_forecaster
from engine.models.heads.downscaling import SURFACE, Downscaling, DownscalingShape
from engine.paths import cache_folder, runs_folder
from engine.verify.detail import checkerboard, detail_scores, detail_statistics
from sample_data.kuroshio_archive import archive_of, global_surface, nested_surface
from sample_data.runs import Run


def main() -> None:
    """Score the head and interpolation day by day and print their means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="a run with nested days; seed 1 of the user's runs if left out")
    parser.add_argument("--first", type=int, default=240, help="first sample day")
    parser.add_argument("--every", type=int, default=3, help="days between two that are scored")
    parser.add_argument("--backbone", default="small")
    parser.add_argument("--weights", type=Path, help="weights of the head; the shipped ones if left out")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    run = Run.open(chosen.run or runs_folder() / "seed-1")
    days = [day for day in archive_of(run).days if day >= chosen.first][:: chosen.every]
    head, store = load(chosen.backbone, chosen.weights, run, days)
    result = measure(head, store, run, days)
    for name in result["head"]:
        print(f"{name:24} {result['bicubic'][name]:10.4f} bicubic {result['head'][name]:10.4f} head")
    print(f"{'pattern of three cells':24} {result['checkerboard']:10.4f} (1: none)   {len(days)} days")
    if chosen.json:
        print(json.dumps(result))


def load(backbone: str, weights: Path | None, run: Run, days: list[int]) -> tuple[Downscaling, FeatureStore]:
    """Return the head and the features of the days, computed where they are missing."""
    path = weights or find_head(backbone, "kuroshio")
    shape = read_head_card(path)["shape"]
    model = load_forecaster(backbone, quarter_degree(), "auto", find_weights(backbone))
    sha256 = model.provenance["weights_sha256"]
    head = Downscaling(DownscalingShape(**{**shape, "dilations": tuple(shape["dilations"])}))
    load_head(path, head, HeadCard("kuroshio", shape, kuroshio_grid(), sha256))
    store = FeatureStore(cache_folder() / f"features-{sha256[:12]}")
    store.fill(run, days, model)
    return head.eval(), store


def measure(head: Downscaling, store: FeatureStore, run: Run, days: list[int]) -> dict[str, object]:
    """Return mean scores of `head` and `bicubic` over days of a run, and the strength of a pattern of three cells."""
    grid, statistics, patterns = kuroshio_grid(), {"bicubic": [], "head": []}, []
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


if __name__ == "__main__":
    main()
