"""What the heads add to a forecast from held-out starts, by lead, beside persistence and their other baselines.

python -m tests.benchmarks.heads [--head kuroshio|waves|biogeochemistry] [--run FOLDER] [--starts 4] [--days 30]
    [--backbone small] [--json]

`engine/verification/starts/head_skill.py` and `kuroshio_skill.py` say what is measured.
"""

import argparse
import json
from pathlib import Path

from engine.cli.report import Report
from engine.cli.verify import day_head_text, kuroshio_text
from engine.schema.grid import quarter_degree
from engine.verification.starts.head_skill import HEADS, day_head_skill
from engine.verification.starts.kuroshio_skill import kuroshio_skill
from engine.weights.checkpoint import find_weights
from engine.weights.loading import load_forecaster
from sample_data.held_out import SampleHeldOut


def main() -> None:
    """Forecast from held-out starts and print errors by field and lead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", choices=["kuroshio", *HEADS], default="waves")
    parser.add_argument("--run", type=Path, help="a run; that of seed 1 if left out, else the shipped one")
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--days", type=int, default=30, help="length of forecasts of waves and biogeochemistry")
    parser.add_argument("--backbone", default="small")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    model = load_forecaster(chosen.backbone, quarter_degree(), "auto", find_weights(chosen.backbone))
    held_out, report = SampleHeldOut.open(chosen.run), Report()
    if chosen.head == "kuroshio":
        found = kuroshio_skill(model, held_out, starts=chosen.starts, progress=report.progress)
        said = kuroshio_text(found)
    else:
        found = day_head_skill(chosen.head, model, held_out, chosen.starts, chosen.days, report.progress)
        said = day_head_text(found)
    report.close()
    print(f"{model.device}, {model.precision}\n{said}")
    if chosen.json:
        print(json.dumps({**found, "precision": model.precision}))


if __name__ == "__main__":
    main()
