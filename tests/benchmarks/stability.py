"""Long rollouts from held-out starts: finite, inside valid ranges, energy by day over the reference's.

Run: python -m tests.benchmarks.stability [--model small --model fourcastnet] [--days 60] [--starts 10] [--json]
"""

import argparse
import json
import time
from pathlib import Path

from engine.cli.report import Report
from engine.cli.verify import stability_text
from engine.schema.grid import coarsened
from engine.verification.starts.options import ScoringOptions
from engine.verification.starts.stability import stability
from sample_data.held_out import SampleHeldOut


def options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", metavar="NAME[=WEIGHTS]", help="may be repeated (default: small)")
    parser.add_argument("--days", type=int, default=60, help="length of a rollout")
    parser.add_argument("--starts", type=int, default=10, help="how many held-out starts")
    parser.add_argument("--run", type=Path, help="folder of the held-out run (default: seed-1 built by the user, else shipped)")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the starts")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--work", type=Path, help="folder in which finished starts are kept (default: the user's cache)")
    parser.add_argument("--again", action="store_true", help="run the models anew: their code has changed, not their weights")
    parser.add_argument("--grid-factor", type=int, default=0, help="run on a grid this many times coarser than 1/4 degree")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()


def main() -> None:
    """Run, print the tables, and with --json one line of JSON last."""
    chosen = options()
    began = time.perf_counter()
    report = Report()
    found = stability(
        chosen.model or ["small"],
        SampleHeldOut.open(chosen.run, coarsened(chosen.grid_factor) if chosen.grid_factor else None),
        chosen.days,
        chosen.starts,
        options=ScoringOptions(chosen.device, chosen.work, chosen.workers, chosen.again),
        progress=report.progress,
    )
    report.close()
    found["seconds"] = round(time.perf_counter() - began, 1)
    print(stability_text(found))
    if chosen.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
