"""What a global day of `small` costs alone, beside a program that keeps one core busy, and beside one that reads much memory.

python -m tests.benchmarks.busy [--days 4] [--precision auto] [--grid-factor 1] [--json]

The other programs are started and ended here.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

import numpy as np
import torch

from engine.models.forecaster import Forecaster
from engine.runtime.precision import choose_precision
from engine.schema.grid import coarsened
from engine.sources import initial_state
from sample_data.source import SampleSource
from tests.benchmarks.rollout import untrained

DAY = np.timedelta64(1, "D")
OTHERS = {
    "alone": "",
    "one core": "print(flush=True)\nwhile True: sum(range(1000))",
    "one core and memory": (
        "import os; os.environ.update(OMP_NUM_THREADS='1')\nimport numpy as np\n"
        "a = np.ones(60_000_000); b = np.empty_like(a)\nprint(flush=True)\nwhile True: np.add(a, 1.0, out=b)"
    ),
}
"""What runs meanwhile; each says when it has begun."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--grid-factor", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    precision = choose_precision(chosen.precision, torch.device("cpu"))
    model = untrained("small", coarsened(chosen.grid_factor), torch.device("cpu"))
    model.precision = precision
    seconds = {name: measure(model, chosen.days, code) for name, code in OTHERS.items()}
    print(f"{torch.get_num_threads()} threads, {precision}, median of {chosen.days} days after the first")
    for name, value in seconds.items():
        print(f"{name:22} {value:8.2f} s a day  {value / seconds['alone']:5.2f} times as long (goal: at most 2)")
    if chosen.json:
        print(json.dumps({"threads": torch.get_num_threads(), "precision": precision, "seconds_a_day": seconds}))


def measure(model: Forecaster, days: int, code: str) -> float:
    """Return the median seconds of a day while a program of `code` runs, none where it is empty."""
    source = SampleSource(grid=model.grid)
    first = initial_state(source, source.init_times()[0])
    state, moment = model.prepare(first), first.time
    weather = [source.forcing(moment + number * DAY) for number in range(2)]
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) if code else None
    try:
        if other is not None and other.stdout is not None:
            other.stdout.readline()
        taken = []
        for _ in range(days + 1):
            began = time.perf_counter()
            state, _ = model.step(state, weather[0], weather[1], moment)
            taken.append(time.perf_counter() - began)
        return statistics.median(taken[1:])
    finally:
        if other is not None:
            other.kill()
            other.wait()


if __name__ == "__main__":
    main()
