"""Eddies of the real global file of 23 February 2019 against the two catalogues beside it, and the seconds they take.

python -m tests.benchmarks.eddies [--data FOLDER] [--json]
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

from engine.cli.eddies import height_maps
from engine.diagnostics.eddies import detect
from tests.conftest import SHARED_DATA
from tests.engine.diagnostics.eddies.catalogue import ALTIMETRY, agreement

ROUNDS = 5


def main() -> None:
    """Detect once with compiled code still to be loaded or made, then several times, and print shares and seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED_DATA, help="folder that holds altimetry/")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    if not (chosen.data / ALTIMETRY).is_file():
        parser.error(f"{chosen.data / ALTIMETRY} is not there; name the folder of the real files with --data")
    heights = height_maps(str(chosen.data / ALTIMETRY))
    sea = heights.read(0)
    walls, processors = [], []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter(), time.process_time()
        eddies = detect(sea, heights.lat, heights.lon)
        walls.append(time.perf_counter() - began[0])
        processors.append(time.process_time() - began[1])
    found = agreement(eddies, chosen.data)
    rows = {
        "eddies": (len(eddies), "eddies found, any amplitude"),
        "matched_percent": (100 * found.matched_share, f"of {found.catalogued} catalogued over 5 cm found (goal 80)"),
        "unmatched_percent": (100 * found.unmatched_share, f"of our {found.ours} over 5 cm not catalogued (goal 15)"),
        "first_s": (walls[0], "first map, compiled code loaded or made (goal 15)"),
        "seconds": (statistics.median(walls[1:]), "a further map (goal 15)"),
        "first_processor_s": (processors[0], "of all processors for the first map"),
        "processor_s": (statistics.median(processors[1:]), "of all processors for a further map"),
        "load": (os.getloadavg()[0], f"other work on the machine: load average, {os.cpu_count()} cores"),
    }
    for key, (value, meaning) in rows.items():
        print(f"{key:18} {value:8.2f}  {meaning}")
    if chosen.json:
        print(json.dumps({key: round(value, 2) for key, (value, _) in rows.items()}))


if __name__ == "__main__":
    main()
