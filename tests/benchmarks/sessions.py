"""Many visitors of one server: pages at once, answers while all play, memory of sessions that come and go, two servers.

`python -m tests.benchmarks.sessions [--grid-factor 8] [--visitors 50] [--within 15] [--play 300] [--sessions 300] [--json]`
prints a table. Visitors are clients without a browser: each fetches the page, joins its session over the websocket, asks for the
frames that the maps would ask for, and while it plays tells the server the day on screen once a second, as a browser does.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median
from threading import Barrier
from typing import Any

import psutil

from engine.grid import Grid, coarsened
from tests.serving import Served, serving
from tests.visitors import Visitor

FIRST = 50
TOGETHER = 20
CHANGES = 6
THINKING = (2.0, 8.0)
"""Seconds between two changes of a visitor."""
OF_TWO = 10
"""Visitors of each of two servers on one home."""

VARIABLES = ("thetao", "so", "uo", "vo", "zos")


def resident(process: psutil.Process) -> float:
    """Return the memory of a process in MB."""
    return float(process.memory_info().rss / 1e6)


def settled(process: psutil.Process) -> float:
    """Return the memory of a server in MB once the sessions that were left are gone from it: it no longer falls."""
    lowest, since = resident(process), time.monotonic()
    while time.monotonic() - since < 90:
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


def come_and_go(url: str, process: psutil.Process, count: int) -> tuple[float, float]:
    """Open and close sessions; return MB after the first of them and after all."""
    memory = {}
    first = min(FIRST, count)
    for number in range(1, count + 1):
        visitor = Visitor(url, f"?compare=reference&lead={number % 5}")
        time.sleep(0.2)
        visitor.close()
        if number in (first, count):
            memory[number] = settled(process)
            print(f"  after {number} sessions {memory[number]:.0f} MB", file=sys.stderr)
    return memory[first], memory[count]


def opened(url: str, number: int, count: int, within: float) -> tuple[float, Visitor | None]:
    """Open one of `count` pages that come evenly `within` seconds; return the seconds it took, and None where it failed."""
    time.sleep(within * number / count)
    began = time.perf_counter()
    try:
        visitor = Visitor(url, f"?variable={VARIABLES[number % 5]}")
        visitor.frames(lead=0)
    except Exception as error:
        print(f"  visitor {number} got no page: {error!r}", file=sys.stderr)
        return time.perf_counter() - began, None
    return time.perf_counter() - began, visitor


def played(visitor: Visitor, seconds: float) -> list[float]:
    """Play for so long, and return the seconds of one question to the server every ten seconds."""
    visitor.frames()
    waits: list[float] = []
    began = time.monotonic()
    for second in range(round(seconds)):
        visitor.go_to(second % 31)
        if second % 10 == 0:
            asked = time.perf_counter()
            visitor.round_trip()
            waits.append(time.perf_counter() - asked)
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
    visitor.close()
    return waits


def all_at_once(url: str, count: int, within: float, seconds: float) -> dict[str, float]:
    """Open `count` pages within some seconds and let all play; return how many came, how fast, and how quick answers are."""
    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(lambda number: opened(url, number, count, within), range(count)))
        visitors = [visitor for _, visitor in found if visitor is not None]
        waits = [wait for each in pool.map(lambda visitor: played(visitor, seconds), visitors) for wait in each]
    times = [wait for wait, _ in found]
    return {
        "pages": len(visitors), "page_s_median": median(times), "page_s_worst": max(times),
        "answer_s_median_while_all_play": median(waits), "answer_s_worst_while_all_play": max(waits),
    }  # fmt: skip


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


def changes_of_all(url: str) -> dict[str, float]:
    """Return the seconds from a change to its picture, while many make changes."""
    all_there = Barrier(TOGETHER)
    with ThreadPoolExecutor(TOGETHER) as pool:
        each = pool.map(lambda number: waits_of_one(url, number, all_there), range(TOGETHER))
        waits = [wait for one in each for wait in one]
    return {"change_s_median_of_20": median(waits), "change_s_worst_of_20": max(waits)}


def two_servers(first: Served, second: Served) -> dict[str, float]:
    """Return how many pages of two servers on one home came, and how many of them see a store that is written meanwhile."""
    from tests.app.made_stores import write_surface_analysis

    with ThreadPoolExecutor(2 * OF_TWO) as pool:
        urls = [served.url for served in (first, second) for _ in range(OF_TWO)]
        found = list(pool.map(lambda url: opened(url, 0, 1, 0.0)[1], urls))
        visitors = [visitor for visitor in found if visitor is not None]
        identifier = write_surface_analysis(coarsened(8))
        seen = sum(pool.map(lambda visitor: visitor.offers("GLORYS native grid"), visitors))
        for visitor in visitors:
            visitor.close()
    from engine.store import delete_store

    delete_store(identifier)
    return {"pages_of_two_servers": len(visitors), "see_the_others_store": seen}


@contextmanager
def served_home(grid: Grid, factor: int) -> Iterator[list[str]]:
    """Write a forecast and its reference into a home of their own; yields the command that serves it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GOMS_HOME"] = folder
        from tests.app.made_stores import write_forecast

        write_forecast(grid)
        write_forecast(grid, kind="reference", shift=3.0)
        yield [sys.executable, "-m", "app", "--port", "0", "--home", folder, "--no-first-run", "--grid-factor", str(factor)]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="end with one line of JSON")
    options.add_argument("--grid-factor", type=int, default=1, help="coarse grid")
    options.add_argument("--visitors", type=int, default=50, help="pages opened at once")
    options.add_argument("--within", type=float, default=15.0, help="seconds in which they are opened")
    options.add_argument("--play", type=float, default=300.0, help="seconds for which all of them play")
    options.add_argument("--sessions", type=int, default=300, help="pages opened and closed one after the other")
    chosen = options.parse_args()
    with served_home(coarsened(chosen.grid_factor), chosen.grid_factor) as command, serving(command) as served:
        process = psutil.Process(served.process.pid)
        figures: dict[str, Any] = {"session_mb": memory_of_sessions(served.url, process)}
        figures |= all_at_once(served.url, chosen.visitors, chosen.within, chosen.play)
        print(f"  {figures}", file=sys.stderr)
        figures |= changes_of_all(served.url)
        first, last = come_and_go(served.url, process, chosen.sessions)
        figures |= {"after_the_first_mb": first, "after_all_mb": last, "growth": last / first - 1}
        with serving(command) as other:
            figures |= two_servers(served, other)
    goals = {
        "session_mb": "< 60", "pages": f"{chosen.visitors}", "page_s_median": "", "page_s_worst": "",
        "answer_s_median_while_all_play": "< 0.5", "answer_s_worst_while_all_play": "", "change_s_median_of_20": "< 1",
        "change_s_worst_of_20": "", "after_the_first_mb": "", "after_all_mb": "", "growth": "< 0.1",
        "pages_of_two_servers": f"{2 * OF_TWO}", "see_the_others_store": f"{2 * OF_TWO}",
    }  # fmt: skip
    print("| | | goal |\n|---|---|---|")
    for name, goal in goals.items():
        figures[name] = round(figures[name], 3)
        print(f"| {name.replace('_', ' ')} | {figures[name]:g} | {goal} |")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
