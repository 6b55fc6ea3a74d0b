"""How long a forecast store takes to write a lead and to read a loop of maps and a point, from a warm local disk.

python -m tests.benchmarks.store [--json]
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.schema.batch import Batch
from engine.schema.grid import Grid, quarter_degree
from engine.schema.variables import DEPTHS
from engine.stores import ForecastStore, Store, open_store

LEADS = 30
ROUNDS = 9
INIT_TIME = np.datetime64("2019-06-23", "D")


def main() -> None:
    """Write a store of one variable with 31 leads at 1/4 degree, read it in several ways, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    grid = quarter_degree()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "benchmark"
        write_ms = _write(folder, grid)
        store = open_store(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        rows = _read(store, grid)
    rows["write_ms"] = write_ms
    rows["lead_mb"] = size / 1e6 / (LEADS + 1)
    meanings = {
        "loop_ms": "31 global maps of one variable and depth (goal 400)",
        "point_ms": "31 leads x 15 depths at a point (goal 500)",
        "map_ms": "one global map",
        "write_ms": "one lead of one variable, 15 depths, on the disk",
        "lead_mb": "size of one lead of one variable, MB",
    }
    for key, meaning in meanings.items():
        print(f"{key:9} {rows[key]:8.1f}  {meaning}")
    if chosen.json:
        print(json.dumps({key: round(value, 1) for key, value in rows.items()}))


def _write(folder: Path, grid: Grid) -> float:
    """Write waves and noise about as rough as an ocean forecast; return the median milliseconds of a lead."""
    random = np.random.default_rng(0)
    fade = np.exp(-np.asarray(DEPTHS) / 200)[:, None, None]
    mean = 20 * np.cos(np.deg2rad(grid.lat))[:, None] ** 2 * fade
    eddies = sum(
        np.sin(np.deg2rad(grid.lat)[:, None] * k + p) * np.sin(np.deg2rad(grid.lon) * m + q) / 3
        for k, p, m, q in random.uniform(20, 120, (12, 4)).round()
    )
    noise = random.normal(0, 0.004, (len(DEPTHS), *grid.shape))
    seconds = []
    with ForecastStore.create(folder, grid, INIT_TIME, LEADS, {}, variables=("thetao",)) as store:
        for lead in range(LEADS + 1):
            field = np.where(grid.wet, mean + np.roll(eddies, lead, -1) * fade + noise, np.nan).astype(np.float32)
            batch = Batch({"thetao": field}, grid, INIT_TIME + lead)
            seconds.append(_seconds(lambda lead=lead, batch=batch: store.append(lead, batch)))
        store.finish()
    return statistics.median(seconds) * 1e3


def _read(store: Store, grid: Grid) -> dict[str, float]:
    random = np.random.default_rng(1)
    rows, columns = np.nonzero(grid.wet[-1])
    places = [(grid.lat[rows[i]], grid.lon[columns[i]]) for i in random.integers(rows.size, size=ROUNDS)]
    store.loop("thetao", 0)  # warms the file cache and the store's own metadata
    return {
        "loop_ms": _median_ms(lambda number: store.loop("thetao", number)),
        "point_ms": _median_ms(lambda number: store.point("thetao", *places[number])),
        "map_ms": _median_ms(lambda number: store.read("thetao", number, 3)),
    }


def _median_ms(work: Callable[[int], object]) -> float:
    return statistics.median(_seconds(lambda number=number: work(number)) for number in range(ROUNDS)) * 1e3


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
