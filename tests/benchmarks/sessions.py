"""Many visitors of one server: pages at once, answers while all play, memory of sessions that come and go, two servers.

`python -m tests.benchmarks.sessions [--grid-factor 8] [--visitors 50] [--within 15] [--play 300] [--sessions 300] [--json]`
prints a table, and on the way how far it is. Visitors are clients without a browser: each fetches the page, joins its session
over the websocket, asks for the frames that the maps would ask for, and while it plays tells the server the day on screen once a
second, as a browser does.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median
from threading import Barrier
from typing import Any

import psutil

from app.server.serve import UNUSED_SESSION_LIFETIME
from engine.schema.grid import Grid, coarsened
from tests.serving import Served, serving
from tests.visitors import Visitor
from tests.waiting import PATIENCE

FIRST = 50
AT_A_TIME = 10
"""Pages that open at once while many come and go."""
TOGETHER = 20
CHANGES = 6
THINKING = (2.0, 8.0)
"""Seconds between two changes of a visitor."""
OF_TWO = 10
"""Visitors of each of two servers on one home."""
UNTIL_FORGOTTEN = UNUSED_SESSION_LIFETIME / 1000 + 20
"""Seconds until a server has let go of the pages that were left: it looks for them every 17 s."""

VARIABLES = ("thetao", "so", "uo", "vo", "zos")

BEGAN = time.monotonic()


def tell(words: str) -> None:
    """Say on the error stream how far the measurement is."""
    print(f"{time.monotonic() - BEGAN:5.0f} s  {words}", file=sys.stderr, flush=True)


def succeeds(deed: Callable[[], Any], words: str) -> bool:
    """Return whether `deed()` raises nothing; what it raises is told."""
    try:
        deed()
    except Exception as error:
        tell(f"{words}: {error!r}")
        return False
    return True


def processor_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has taken."""
    taken = process.cpu_times()
    return float(taken.user + taken.system)


def resident(process: psutil.Process) -> float:
    """Return the memory of a process in MB."""
    return float(process.memory_info().rss / 1e6)


def memory_of_sessions(url: str, process: psutil.Process, count: int = 10) -> float:
    """Return MB that an open session with three maps and its charts takes, from several open at a time."""
    visitors: list[Visitor] = []

    def open_one(_: int) -> None:
        visitors.append(Visitor(url, "?compare=reference"))
        visitors[-1].wait_for_chart()

    open_one(0)
    before = resident(process)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(open_one, range(count)))
    after = resident(process)
    for visitor in visitors:
        visitor.close()
    return (after - before) / count


def opened(url: str, number: int, count: int, within: float) -> tuple[float, Visitor | None]:
    """Open one of `count` pages that come evenly `within` seconds; return the seconds it took, and None where it failed."""
    time.sleep(within * number / count)
    began = time.perf_counter()
    try:
        visitor = Visitor(url, f"?variable={VARIABLES[number % 5]}")
        visitor.frames(lead=0)
    except Exception as error:
        tell(f"visitor {number} got no page: {error!r}")
        return time.perf_counter() - began, None
    return time.perf_counter() - began, visitor


def played(visitor: Visitor, seconds: float, waits: list[float]) -> None:
    """Play for so long, and add the seconds until the server has taken each day on screen to `waits`."""
    visitor.frames()
    visitor.play()
    began = time.monotonic()
    for second in range(round(seconds)):
        time.sleep(max(0.0, began + second - time.monotonic()))
        asked = time.perf_counter()
        visitor.go_to(second % 31)
        waits.append(time.perf_counter() - asked)
    visitor.close()


def all_at_once(url: str, count: int, within: float, seconds: float) -> dict[str, float]:
    """Open `count` pages within some seconds and let all play; return how many came, how fast, and how quick answers are."""
    waits: list[float] = []
    with ThreadPoolExecutor(count) as pool:
        began = time.monotonic()
        found = list(pool.map(lambda number: opened(url, number, count, within), range(count)))
        lasted = time.monotonic() - began
        visitors = [visitor for _, visitor in found if visitor is not None]
        tell(f"{len(visitors)} of {count} have their page after {lasted:.0f} s; they play for {seconds:g} s")
        to_the_end = list(
            pool.map(lambda visitor: succeeds(lambda: played(visitor, seconds, waits), "a visitor stopped to play"), visitors)
        )
    times = [wait for wait, _ in found]
    return {
        "pages": len(visitors), "all_pages_s": lasted, "page_s_median": median(times), "page_s_worst": max(times),
        "played_to_the_end": sum(to_the_end),
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
        name = chance.choice([name for name in VARIABLES if name != visitor.map["panels"][0]["variable"]])
        began = time.perf_counter()
        visitor.choose_variable(name)
        visitor.frames(lead=0)
        waits.append(time.perf_counter() - began)
        visitor.frames()
    visitor.close()
    return waits


def changes_of_all(url: str) -> dict[str, float]:
    """Return the seconds from a change to its picture, while many make changes."""
    all_there = Barrier(TOGETHER, timeout=PATIENCE)
    with ThreadPoolExecutor(TOGETHER) as pool:
        each = pool.map(lambda number: waits_of_one(url, number, all_there), range(TOGETHER))
        waits = [wait for one in each for wait in one]
    return {f"change_s_median_of_{TOGETHER}": median(waits), f"change_s_worst_of_{TOGETHER}": max(waits)}


def come_and_go(url: str, process: psutil.Process, count: int) -> dict[str, float]:
    """Open pages, see them drawn and close them; return how many drew a chart, and the server's MB once the first, and once all
    are forgotten.
    """

    def visit(number: int) -> bool:
        visitor = Visitor(url, f"?compare=reference&lead={number % 5}")
        drawn = succeeds(visitor.wait_for_chart, f"page {number} got no chart")
        visitor.close()
        return drawn

    memory, drawn = [], 0
    first = min(FIRST, count // 2)
    for numbers in (range(first), range(first, count)):
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            drawn += sum(pool.map(visit, numbers))
        time.sleep(UNTIL_FORGOTTEN)
        memory.append(resident(process))
        tell(f"{memory[-1]:.0f} MB after {numbers.stop} pages came and went")
    return {
        f"charts_of_{count}_sessions": drawn,
        f"after_{first}_sessions_mb": memory[0],
        "after_all_sessions_mb": memory[1],
        "growth": memory[1] / memory[0] - 1,
    }


def two_servers(first: Served, second: Served) -> dict[str, float]:
    """Return how many pages of two servers on one home came, and how many of them see a store that is written meanwhile."""
    from engine.stores import delete_store
    from tests.app.made_stores import write_surface_analysis

    with ThreadPoolExecutor(2 * OF_TWO) as pool:
        urls = [served.url for served in (first, second) for _ in range(OF_TWO)]
        found = list(pool.map(lambda url: opened(url, 0, 1, 0.0)[1], urls))
        visitors = [visitor for visitor in found if visitor is not None]
        identifier = write_surface_analysis(coarsened(8))
        look = "a visitor does not see the new store"
        seen = pool.map(lambda visitor: succeeds(lambda: visitor.wait_for_source("GLORYS native grid"), look), visitors)
        count = sum(seen)
        for visitor in visitors:
            visitor.close()
    delete_store(identifier)
    return {"pages_of_two_servers": len(visitors), "see_the_others_store": count}


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
    options.add_argument("--sessions", type=int, default=300, help="pages opened and closed, a few at a time")
    chosen = options.parse_args()
    figures: dict[str, float] = {}
    with served_home(coarsened(chosen.grid_factor), chosen.grid_factor) as command, serving(command) as served:
        process = psutil.Process(served.process.pid)
        for words, stage in {
            "memory of open pages": lambda: {"session_mb": memory_of_sessions(served.url, process)},
            f"{chosen.visitors} pages": lambda: all_at_once(served.url, chosen.visitors, chosen.within, chosen.play),
            f"changes of {TOGETHER} visitors": lambda: changes_of_all(served.url),
            f"{chosen.sessions} pages that come and go": lambda: come_and_go(served.url, process, chosen.sessions),
        }.items():
            tell(words)
            before = processor_seconds(process)
            found = stage()
            taken = processor_seconds(process) - before
            tell(", ".join(f"{name} {value:.3g}" for name, value in found.items()) + f"; {taken:.0f} s of processor time")
            figures |= found
        tell("a second server on the same home")
        with serving(command) as other:
            figures |= two_servers(served, other)
    goals = {
        "session_mb": "< 60", "pages": f"{chosen.visitors}", "played_to_the_end": f"{chosen.visitors}",
        "answer_s_median_while_all_play": "< 0.5", f"change_s_median_of_{TOGETHER}": "< 1", "growth": "< 0.1",
        "pages_of_two_servers": f"{2 * OF_TWO}", "see_the_others_store": f"{2 * OF_TWO}",
    }  # fmt: skip
    print("| | | goal |\n|---|---|---|")
    for name, value in figures.items():
        print(f"| {name.replace('_', ' ')} | {round(value, 3):g} | {goals.get(name, '')} |")
    if chosen.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
