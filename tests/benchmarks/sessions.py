"""Many visitors of one server: memory of a session, memory after 200, and the wait of twenty for their pictures.

`python -m tests.benchmarks.sessions [--grid-factor 8] [--json]`. Visitors are clients without a browser: each fetches the page,
joins its session over the websocket, and after each change asks for the frames that the maps would ask for (the lead on screen
first, then the loop), so that the two cores belong to the server as they do where visitors bring their own.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Barrier
from typing import Any

import psutil

from tests.serving import serving
from tests.visitors import Visitor

FIRST, ALL = 50, 200
TOGETHER = 20
CHANGES = 6
THINKING = (2.0, 8.0)
"""Seconds between two changes of a visitor."""

VARIABLES = ("thetao", "so", "uo", "vo", "zos")


def resident(process: psutil.Process) -> float:
    """Return the memory of a process in MB."""
    return float(process.memory_info().rss / 1e6)


def settled(process: psutil.Process) -> float:
    """Return the memory of a server in MB once the sessions that were left are gone from it: it no longer falls."""
    lowest, since = resident(process), time.monotonic()
    while time.monotonic() - since < 45:
        time.sleep(1)
        now = resident(process)
        if now < lowest - 1:
            lowest, since = now, time.monotonic()
    return lowest


def memory_of_sessions(url: str, process: psutil.Process, count: int = 10) -> float:
    """Return MB that an open session with three maps takes, from several open at a time."""
    warm = Visitor(url, "?compare=reference")
    before = resident(process)
    visitors = [Visitor(url, "?compare=reference") for _ in range(count)]
    time.sleep(5)
    after = resident(process)
    for visitor in (warm, *visitors):
        visitor.close()
    return (after - before) / count


def come_and_go(url: str, process: psutil.Process) -> tuple[float, float]:
    """Open and close sessions; return MB after the first of them and after all."""
    memory = {}
    for number in range(1, ALL + 1):
        visitor = Visitor(url, f"?compare=reference&lead={number % 5}")
        time.sleep(0.2)
        visitor.close()
        if number in (FIRST, ALL):
            memory[number] = settled(process)
            print(f"  after {number} sessions {memory[number]:.0f} MB", file=sys.stderr)
    return memory[FIRST], memory[ALL]


def waits_of_one(url: str, number: int, all_there: Barrier) -> list[float]:
    """Return the seconds from each change of one visitor to the frame on screen, once all have opened their pages."""
    chance = random.Random(number)
    visitor = Visitor(url, f"?variable={VARIABLES[number % 5]}")
    visitor.frames()
    all_there.wait()
    waits = []
    for _ in range(CHANGES):
        time.sleep(chance.uniform(*THINKING))
        name = chance.choice([name for name in VARIABLES if name != visitor.map.panels[0]["variable"]])
        began = time.perf_counter()
        visitor.choose_variable(name)
        visitor.frames(lead=0)
        waits.append(time.perf_counter() - began)
        visitor.frames()
    visitor.close()
    return waits


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="end with one line of JSON")
    options.add_argument("--grid-factor", type=int, default=1, help="coarse grid")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GOMS_HOME"] = folder
        from engine.grid import coarsened
        from tests.app.made_stores import write_forecast

        grid = coarsened(chosen.grid_factor)
        write_forecast(grid)
        write_forecast(grid, kind="reference", shift=3.0)
        command = [sys.executable, "-m", "app", "--port", "0", "--home", folder, "--no-first-run"]
        with serving([*command, "--grid-factor", str(chosen.grid_factor)], Path(folder) / "log") as served:
            process = psutil.Process(served.process.pid)
            figures: dict[str, Any] = {"session_mb": memory_of_sessions(served.url, process)}
            all_there = Barrier(TOGETHER)
            with ThreadPoolExecutor(TOGETHER) as pool:
                each = pool.map(lambda number: waits_of_one(served.url, number, all_there), range(TOGETHER))
                waits = [wait for one in each for wait in one]
            figures["change_s_median_of_20"] = median(waits)
            figures["change_s_worst_of_20"] = max(waits)
            print(f"  {figures}", file=sys.stderr)
            first, last = come_and_go(served.url, process)
            figures |= {"after_50_mb": first, "after_200_mb": last, "growth": last / first - 1}
    goals = {
        "session_mb": "< 60", "change_s_median_of_20": "< 1", "change_s_worst_of_20": "", "after_50_mb": "", "after_200_mb": "",
        "growth": "< 0.1",
    }  # fmt: skip
    for name, goal in goals.items():
        figures[name] = round(figures[name], 3)
        print(f"{name:24} {figures[name]:10.2f}  {goal}")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
