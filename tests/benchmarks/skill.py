"""Skill on held-out starts: RMSE by variable, depth, band and lead beside persistence, climatology and the floor.

Run: python -m tests.benchmarks.skill [--model small] [--starts 10] [--leads 1,5,10,20,30] [--run FOLDER] [--json]
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.grid import coarsened
from engine.heldout import held_out_skill
from engine.verify import table

COLUMNS = ("variable", "depth", "band", "lead_days", "rmse", "persistence", "damped", "climatology", "floor", "acc", "bias")


def options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="small", help="small, base, persistence, damped-persistence or climatology")
    parser.add_argument("--weights", type=Path, help="another safetensors file than the shipped one")
    parser.add_argument("--run", type=Path, help="folder of the held-out run (default: seed-1 built by the user, else shipped)")
    parser.add_argument("--starts", type=int, default=10, help="how many held-out starts")
    parser.add_argument("--leads", default="1,5,10,20,30", help="days, separated by commas")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--work", type=Path, help="folder in which finished starts are kept (default: the user's cache)")
    parser.add_argument("--grid-factor", type=int, default=0, help="score on a grid this many times coarser than 1/4 degree")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()


def summary(result: dict[str, Any]) -> str:
    """Return what the table cannot say: how the model stands to the baselines, the floor and the energy."""
    rows = result["rows"]
    best = [min(row["persistence"], row["damped"], row["climatology"]) for row in rows]
    won = sum(row["rmse"] < other for row, other in zip(rows, best, strict=True))
    lines = [f"below the best baseline in {won} of {len(rows)} rows"]
    for row in rows:
        room = row["persistence"] - row["floor"]
        if row["variable"] == "zos" and row["band"] == "14-64" and room > 0:
            share = (row["persistence"] - row["rmse"]) / room
            lines.append(
                f"zos, 14-64 degrees, day {row['lead_days']}: {row['rmse'] / row['persistence']:.3f} of persistence, "
                f"(persistence - model) / (persistence - floor) = {share:.2f}"
            )
    kept = 100 * result["eke_ratio_day30"]
    lines.append(f"eddy kinetic energy at the last lead, 14-64 degrees: {kept:.0f} % of the reference's")
    power = ", ".join(f"{name} {100 * share:.0f} %" for name, share in result["zos_power_kept"].items())
    lines.append(f"power of sea surface height kept at the last lead, open North Pacific: {power or 'grid too coarse'}")
    return "\n".join(lines)


def main() -> None:
    """Score, print the table, and with --json one line of JSON last."""
    chosen = options()
    began = time.perf_counter()
    with tqdm(total=100, unit="%", disable=chosen.json) as bar:

        def progress(fraction: float, doing: str) -> None:
            bar.set_description(doing)
            bar.update(round(100 * fraction) - bar.n)

        result = held_out_skill(
            chosen.model,
            chosen.starts,
            [int(lead) for lead in chosen.leads.split(",")],
            folder=chosen.run,
            device=chosen.device,
            weights=chosen.weights,
            grid=coarsened(chosen.grid_factor) if chosen.grid_factor else None,
            work=chosen.work,
            progress=progress,
        )
    result["seconds"] = round(time.perf_counter() - began, 1)
    fewer = f" (fewer than the {chosen.starts} asked for: the run is short)" if len(result["starts"]) < chosen.starts else ""
    print(table(result["rows"], COLUMNS))
    print(f"{len(result['starts'])} starts{fewer} of run {result['run']}: sample days {', '.join(map(str, result['starts']))}")
    print(f"damped persistence fitted on: {', '.join(result['damping_fitted_on']) or 'decay times of the training days'}")
    print(summary(result))
    if chosen.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
