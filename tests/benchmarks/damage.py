"""What comes of damaged stores: how many of many places give a refusal, the same numbers, or other numbers in silence.

python -m tests.benchmarks.damage [--forecast 420] [--analysis 120] [--frames 60] [--seed 0] [--json]

Stores are of the coarse grid of 6 degrees: a forecast of four days with waves, biogeochemistry and the Kuroshio, the same from
an earlier run, and an analysis. A place is one file and one kind of damage, drawn evenly over kinds and files; all of a store
is then opened and read, or asked for from `/frames`, and held against what it was.
"""

import argparse
import json
import logging
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from app.frames.http import patterns
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from engine.runtime.paths import stores_folder
from engine.schema.grid import coarsened
from engine.stores import Store, open_store
from tests.app.asking import ask
from tests.app.made_stores import all_parts, write_analysis, write_forecast
from tests.faults.damaging import EARLIER, KINDS, OTHER, REFUSED, SAME, everything, reading

GRID = coarsened(24)
DAYS = 4
QUERY = "?south=-90&north=90&west=0&east=360&width=60&height=30"

Look = Callable[[Path], str]


def main() -> None:
    """Damage one place after another and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, places in {"forecast": 420, "analysis": 120, "frames": 60}.items():
        parser.add_argument(f"--{name}", type=int, default=places, help="places to damage")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    random = np.random.default_rng(chosen.seed)
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOMS_HOME"] = home
        forecast, analysis = _write_stores()
        looks: dict[str, tuple[Path, Look, int]] = {
            "forecast, all read": (forecast, _all_read(forecast), chosen.forecast),
            "analysis, all read": (analysis, _all_read(analysis), chosen.analysis),
            "forecast, over /frames": (forecast, _all_frames(forecast), chosen.frames),
        }
        print(f"| store | damage | places | {REFUSED} | {SAME} | {OTHER} in silence |\n|---|---|---|---|---|---|")
        found = {}
        for name, (folder, look, places) in looks.items():
            rows = found[name] = _damaged(folder, look, places, random)
            for kind, counts in {**rows, "all": sum(rows.values(), Counter())}.items():
                print(
                    f"| {name} | {kind} | {counts.total()} | {counts[REFUSED]} | {counts[SAME]} | {counts[OTHER]} |", flush=True
                )
    if chosen.json:
        print(json.dumps({name: {kind: dict(counts) for kind, counts in rows.items()} for name, rows in found.items()}))


def _write_stores() -> tuple[Path, Path]:
    name = write_forecast(GRID, DAYS, parts=all_parts(GRID), shift=1.0)
    (stores_folder() / name).rename(stores_folder() / EARLIER)
    write_forecast(GRID, DAYS, parts=all_parts(GRID))
    return stores_folder() / name, stores_folder() / write_analysis(GRID, days=DAYS)


def _damaged(folder: Path, look: Look, places: int, random: np.random.Generator) -> dict[str, Counter[str]]:
    found = {kind: Counter[str]() for kind in KINDS if kind != "of another run" or _has_earlier(folder)}
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = folder.with_name(f".{folder.name}.kept")
    shutil.copytree(folder, kept)
    for number in range(places):
        kind = list(found)[number % len(found)]
        path = paths[int(random.integers(len(paths)))]
        KINDS[kind](path, random)
        found[kind][look(folder)] += 1
        shutil.copy2(kept / path.relative_to(folder), path)
    shutil.rmtree(kept)
    return found


def _has_earlier(folder: Path) -> bool:
    return all((folder.with_name(EARLIER) / path.relative_to(folder)).exists() for path in folder.rglob("*"))


def _all_read(folder: Path) -> Look:
    expected = everything(open_store(folder))
    return lambda damaged: reading(damaged, expected)


def _all_frames(folder: Path) -> Look:
    """Look through a server that had the store open before it was damaged, with nothing kept of earlier answers."""
    services = Services(Options(grid_factor=24, first_run=False), Jobs(["false"]))
    paths = list(_addresses(open_store(folder)))

    def answers() -> list[tuple[int, bytes]]:
        services.stores.refresh()
        return [(answer.code, answer.body) for answer in ask(patterns(services.readers.display), paths)]

    expected = answers()
    assert all(code == 200 for code, _ in expected)

    def look(_: Path) -> str:
        changed = [answer for answer, whole in zip(answers(), expected, strict=True) if answer != whole]
        return (REFUSED if all(code == 404 and b"error" in body for code, body in changed) else OTHER) if changed else SAME

    return look


def _addresses(store: Store) -> Iterator[str]:
    leads = ",".join(map(str, store.leads))
    for name in store.variables:
        yield f"/frames/{store.identifier.replace('/', '%2F')}/{name}/0/{leads}{QUERY}"
    for part in store.parts:
        yield from _addresses(store.part(part))


if __name__ == "__main__":
    main()
