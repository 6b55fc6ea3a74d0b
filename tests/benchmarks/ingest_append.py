"""What it costs to append a day to a store that holds thousands: the whole call of `ingest_days`, on a tiny box.

python -m tests.benchmarks.ingest_append [--days 7000] [--json]

The finished days are links to the files of one day, with a record as if each had been written.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from engine.ingest import ingest_days
from engine.stores import open_store
from engine.stores.integrity import RECORD
from engine.stores.layout import read_attributes, replace_attributes
from tests.engine.ingest.one_a_day import Provider, days


def main() -> None:
    """Make the store, append three days in calls of their own and one more in a running ingest, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=7000)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOMS_HOME"] = home
        folder = _filled(chosen.days)
        calls = []
        for number in range(3):
            began = perf_counter()
            ingest_days("glorys", days(1, first=chosen.days + number), Provider(), folder.name)
            calls.append(perf_counter() - began)
        moments: list[float] = []
        ingest_days(
            "glorys", days(5, first=chosen.days + 3), Provider(), folder.name, progress=lambda *_: moments.append(perf_counter())
        )
        found = {
            "days": len(open_store(folder).leads),
            "call_s": round(float(np.median(calls)), 3),
            "running_s": round(float(np.median(np.diff(moments))), 3),
            "metadata_mb": round((folder / "zarr.json").stat().st_size / 1e6, 2),
        }
    for name, value in found.items():
        print(f"{name:12} {value}")
    if chosen.json:
        print(json.dumps(found))


def _filled(count: int) -> Path:
    """Return a store of `count` finished days."""
    folder = ingest_days("glorys", days(1), Provider(), "box")
    ingest_days("glorys", days(1, first=count - 1), Provider(), "box")
    attributes = read_attributes(folder)
    day = attributes[RECORD]["0"]
    for lead in range(1, count - 1):
        files = {}
        for path, record in day.items():
            name, _, rest = path.partition("/c/0/")
            files[f"{name}/c/{lead}/{rest}"] = record
            own = folder / name / "c" / str(lead) / rest
            own.parent.mkdir(parents=True)
            os.link(folder / path, own)
        attributes[RECORD][str(lead)] = files
    attributes["finished_leads"] = list(range(count))
    del attributes["missing_days"]
    replace_attributes(folder, attributes)
    return folder


if __name__ == "__main__":
    main()
