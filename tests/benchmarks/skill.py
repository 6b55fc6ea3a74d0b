"""Skill on held-out starts: RMSE, ACC and bias by variable, depth, band and lead beside the baselines and the floor.

Run: python -m tests.benchmarks.skill [--model small --model fourcastnet] [--starts 10] [--leads 1,5,10,20,30] [--json]

A model is NAME or NAME=WEIGHTS.safetensors; the first one's energy ratio stands at the top of the JSON. What is scored is kept,
so that a second call only prints.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from engine.cli.report import Report
from engine.cli.verify import machine, skill_text
from engine.schema.grid import coarsened
from engine.verification.report.page import write_page
from engine.verification.starts.options import ScoringOptions
from engine.verification.starts.skill import held_out_skill
from sample_data.held_out import SampleHeldOut


def options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", metavar="NAME[=WEIGHTS]", help="may be repeated (default: small)")
    parser.add_argument("--run", type=Path, help="folder of the held-out run (default: seed-1 built by the user, else shipped)")
    parser.add_argument("--starts", type=int, default=10, help="how many held-out starts")
    parser.add_argument("--first-start", type=int, default=0, help="how many held-out starts to leave out before")
    parser.add_argument("--leads", default="1,5,10,20,30", help="days, separated by commas")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the starts")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--work", type=Path, help="folder in which finished starts are kept (default: the user's cache)")
    parser.add_argument("--again", action="store_true", help="score the models anew: their code has changed, not their weights")
    parser.add_argument("--grid-factor", type=int, default=0, help="score on a grid this many times coarser than 1/4 degree")
    parser.add_argument("--report", type=Path, help="write a page with tables and plots")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()


def shares_text(result: dict[str, Any]) -> str:
    """Return how far each model's sea surface height comes from persistence to the floor, and its energy at the end."""
    lines = []
    for row in result["rows"]:
        if row["variable"] == "zos" and row["band"] == "14-64" and row["share"] is not None:
            kept = row["rmse"] / row["persistence"]
            where = f"{row['model']}: zos, 14-64 degrees, day {row['lead_days']}"
            share = f"(persistence - model) / (persistence - floor) = {row['share']:.2f}"
            lines.append(f"{where}: {kept:.3f} of persistence, {share}")
    energy = 100 * result["eke_ratio_day30"]
    lines.append(f"eddy kinetic energy of the first model at the last lead, 14-64 degrees: {energy:.0f} % of the reference's")
    return "\n".join(lines)


def main() -> None:
    """Score, print the tables, and with --json one line of JSON last."""
    chosen = options()
    began = time.perf_counter()
    report = Report()
    result = held_out_skill(
        chosen.model or ["small"],
        SampleHeldOut.open(chosen.run, coarsened(chosen.grid_factor) if chosen.grid_factor else None),
        chosen.starts,
        [int(lead) for lead in chosen.leads.split(",")],
        options=ScoringOptions(chosen.device, chosen.work, chosen.workers, chosen.again),
        progress=report.progress,
        first_start=chosen.first_start,
    )
    report.close()
    result["seconds"] = round(time.perf_counter() - began, 1)
    print(skill_text(result))
    print(shares_text(result))
    if len(result["starts"]) < chosen.starts:
        print(f"fewer starts than the {chosen.starts} asked for: the run is short")
    if chosen.report:
        print(f"report: {write_page(chosen.report, result, None, machine())}")
    if chosen.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
