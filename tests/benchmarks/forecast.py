"""How long the real `goms forecast` takes at 1/4 degree, when its first day can be seen, and how much memory it needs.

python -m tests.benchmarks.forecast [--days 30] [--model small] [--source sample] [--altimetry FILE]
    [--heads all] [--precision auto] [--json]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from engine.stores.layout import read_attributes

INTERVAL = 0.05
"""Seconds between two samples of the child's memory."""


def main() -> None:
    """Run the command in a home of its own and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", default="30")
    parser.add_argument("--model", default="small")
    parser.add_argument("--source", default="sample")
    parser.add_argument("--altimetry")
    parser.add_argument("--heads", help="all, or names with commas")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--grid-factor", default="1", help="a coarser grid, to try the benchmark itself")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    options = [
        word
        for name in ("days", "model", "source", "altimetry", "heads", "device", "precision", "grid_factor")
        if (value := getattr(chosen, name)) is not None
        for word in (f"--{name.replace('_', '-')}", value)
    ]
    with tempfile.TemporaryDirectory() as home:
        result = measure(Path(home), options)
    rows = [
        ("days", result["days"], "length of the forecast"),
        ("seconds", result["seconds"], "from the command to its end (goal 120 for 30 days)"),
        ("initial_state_s", result["initial_state_s"], "until the initial state can be read"),
        ("first_day_s", result["first_day_s"], "until the first forecast day can be read (goal 10)"),
        ("peak_rss_gb", result["peak_rss_gb"], "peak resident memory (limit 4)"),
        ("device", result["device"], ""),
        ("precision", result["precision"], "of matrix products"),
    ]
    for name, value, meaning in rows:
        print(f"{name:16} {value!s:>8}  {meaning}")
    if chosen.json:
        print(json.dumps(result))


def measure(home: Path, options: list[str]) -> dict[str, object]:
    """Run `goms forecast` with `options` under `home`; raises SystemExit with its message where it fails."""
    command = [sys.executable, "-m", "engine.cli.main", "forecast", "--json", "--home", str(home), *options]
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    process = psutil.Process(child.pid)
    peak, seen = 0, dict.fromkeys((1, 2), 0.0)
    while child.poll() is None:
        try:
            peak = max(peak, process.memory_info().rss)
        except psutil.Error:
            break
        for leads in [number for number, when in seen.items() if not when]:
            if _finished(home / "stores") >= leads:
                seen[leads] = time.perf_counter() - began
        time.sleep(INTERVAL)
    output, _ = child.communicate()
    seconds = time.perf_counter() - began
    if child.returncode:
        raise SystemExit(child.returncode)
    said = json.loads(output.splitlines()[-1])
    return {
        "days": said["days"],
        "seconds": round(seconds, 1),
        "initial_state_s": round(seen[1], 1),
        "first_day_s": round(seen[2], 1),
        "peak_rss_gb": round(peak / 1e9, 2),
        "device": said["device"],
        "precision": said.get("precision"),
    }


def _finished(folder: Path) -> int:
    """Return the number of finished leads of the one store in `folder`."""
    stores = [path for path in folder.glob("*") if not path.name.startswith(".")] if folder.is_dir() else []
    return len(read_attributes(stores[0])["finished_leads"]) if stores else 0


if __name__ == "__main__":
    main()
