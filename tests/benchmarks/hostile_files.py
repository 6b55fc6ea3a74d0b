"""How damaged files and files made to do harm end when they are taken in, each in a process bounded in memory and time.

python -m tests.benchmarks.hostile_files [--files N] [--seed N] [--json]

Made files in all formats, and the real ones of ../shared/data where they are, are changed in one place each: a bit, eight bytes,
a block of zeros, eight bytes or a count of the header, or the end is cut off. Those of tests/faults/hostile.py come on top.
"""

import argparse
import json
import os
import resource
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import numpy as np

from engine.readers.netcdf import GriddedFile
from engine.runtime.errors import InputError, ModelError
from engine.schema.grid import coarsened
from engine.sources.guarded import MOST_MEMORY
from engine.sources.kept_altimetry import kept_report
from engine.sources.observed import ALTIMETRY
from engine.sources.uploads import ALTIMETRY_KIND, kind_of, take_in
from engine.stores import open_store
from tests.conftest import SHARED_DATA
from tests.engine.ingest.test_files import GLORYS_FILE, GULF_FILE, HYCOM_FILE, first_days
from tests.engine.readers import layouts
from tests.faults.hostile import CONTENTS, HEADERS, LINKS, SIZES

ENDINGS = ("refused", "equal", "warned", "silent", "crashed", "traceback", "hang", "over memory")
SECONDS, BYTES = 10, 1 << 30
FORMATS = ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA", "NETCDF4")
ALTIMETRY_FILE = "altimetry/nrt_global_allsat_phy_l4_20190223_20190226.nc"


@dataclass(frozen=True)
class Base:
    """A whole file, how the table calls it, and the folder that became of it."""

    label: str
    path: Path
    folder: Path


def main() -> None:
    """Take in every file, print the table of endings, and the sentences of those that ended badly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=400, help="how many files in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    random = np.random.default_rng(chosen.seed)
    table: dict[str, Counter[str]] = {}
    worst_seconds, worst_bytes = 0.0, 0
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        made = {**HEADERS, **SIZES, **LINKS, **CONTENTS}
        bases = _bases(folder)
        for number in range(chosen.files):
            path, base = folder / "bad.nc", None
            if number < len(made):
                label, how = "made to do harm", list(made)[number]
                made[how](path)
            else:
                base = bases[number % len(bases)]
                how, mutate = list(MUTATIONS.items())[int(random.integers(len(MUTATIONS)))]
                label = base.label
                path.write_bytes(mutate(base.path.read_bytes(), random))
            ending, words, seconds, most = _taken_in(path, folder / "home", base)
            table.setdefault(label, Counter())[ending] += 1
            worst_seconds, worst_bytes = max(worst_seconds, seconds), max(worst_bytes, most)
            if ending in ENDINGS[3:]:
                print(f"{number:4} {label}, {how}: {ending}; {words[:160]}", flush=True)
    _print(table)
    print(f"at most {worst_seconds:.1f} s of processor time and {worst_bytes / 1e6:.0f} MB for one file")
    if chosen.json:
        print(json.dumps({"endings": table, "seconds": round(worst_seconds, 1), "megabytes": round(worst_bytes / 1e6)}))


def _print(table: dict[str, Counter[str]]) -> None:
    total = sum(table.values(), Counter())
    print(f"\n| files | {' | '.join(ENDINGS)} | all |\n|---|{'---|' * (len(ENDINGS) + 1)}")
    for label, row in {**table, "all": total}.items():
        print(f"| {label} | {' | '.join(str(row[ending]) for ending in ENDINGS)} | {sum(row.values())} |")


def _bases(folder: Path) -> list[Base]:
    """Return whole files of several products and formats, taken in already."""
    files: dict[str, Path] = {}
    box, days = (layouts.LAT, layouts.LON), layouts.days(2)
    random = np.random.default_rng(1)
    for file_format in FORMATS:
        rough = {name: values + 0.01 * random.standard_normal(values.shape) for name, values in layouts.hycom_fields(2).items()}
        files[f"HYCOM box, {file_format}"] = layouts.write_hycom(
            folder / f"hycom_{file_format}.nc", rough, *box, days, file_format=file_format
        )
        rough = {name: values + 0.01 * random.standard_normal(values.shape) for name, values in layouts.glorys_fields(2).items()}
        files[f"GLORYS box, {file_format}"] = layouts.write_glorys(
            folder / f"glorys_{file_format}.nc", rough, *box, days, file_format=file_format
        )
    if SHARED_DATA.is_dir():
        files["real HYCOM, packed"] = first_days(SHARED_DATA / HYCOM_FILE, folder, 3)
        files["real HYCOM, Gulf of Oman"] = SHARED_DATA / GULF_FILE
        files["real GLORYS"] = SHARED_DATA / GLORYS_FILE
        files["real altimetry"] = SHARED_DATA / ALTIMETRY_FILE
    bases = []
    for number, (label, path) in enumerate(files.items()):
        ending, words, *_ = _taken_in(path, folder / f"base{number}", None)
        assert ending == "equal", f"{label}: {ending} {words}"
        bases.append(Base(label, path, Path(words)))
    return bases


def _taken_in(path: Path, home: Path, base: Base | None) -> tuple[str, str, float, int]:
    """Take a file in within a process of its own; return its ending, words on it, processor seconds and bytes of memory."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            _limit()
            os.environ["GOMS_HOME"] = str(home)
            with os.fdopen(writer, "w") as out:
                out.write("\n".join(_ending(path, base)))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as inside:
        ending, _, words = inside.read().partition("\n")
    _, status, used = os.wait4(child, 0)
    seconds, most = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    if base is not None or ending != "equal":
        rmtree(home, ignore_errors=True)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        ending, words = ("hang" if name == "SIGXCPU" else "crashed"), name
    elif most > BYTES:
        ending = "over memory"
    return ending, words, seconds, most


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _ending(path: Path, base: Base | None) -> tuple[str, str]:
    try:
        folder = take_in([path], grid=coarsened(8) if kind_of(path) == ALTIMETRY_KIND else None)
    except (InputError, ModelError) as error:
        return "refused", str(error)
    except BaseException as error:
        return "traceback", f"{type(error).__name__}: {error}"
    if base is None:
        return "equal", str(folder)
    if _same(folder, base.folder):
        return "equal", ""
    return ("warned" if _reported(folder) != _reported(base.folder) else "silent"), str(folder)


def _reported(folder: Path) -> object:
    """Return what the program said about values that it did not take as they are."""
    found = open_store(folder).attrs if (folder / "zarr.json").exists() else kept_report(folder.name)
    return {name: found.get(name) for name in ("out_of_range", "flagged", "constant_rows", "zero_land")}


def _same(folder: Path, other: Path) -> bool:
    """Return whether two stores, or two kept files of altimetry, hold the same numbers at the same places and times."""
    if not (folder / "zarr.json").exists():
        ours, theirs = (GriddedFile(next(path.glob("*.nc")), ALTIMETRY) for path in (folder, other))
        alike = [(getattr(ours, name), getattr(theirs, name)) for name in ("lat", "lon", "times")]
        alike += [(ours.read(want.field, 0), theirs.read(want.field, 0)) for want in ALTIMETRY]
        return all(np.array_equal(mine, yours, equal_nan=mine.dtype.kind == "f") for mine, yours in alike)
    ours, theirs = open_store(folder), open_store(other)
    if ours.variables != theirs.variables or not ours.grid.same_as(theirs.grid) or ours.leads != theirs.leads:
        return False
    if [ours.valid_time(lead) for lead in ours.leads] != [theirs.valid_time(lead) for lead in theirs.leads]:
        return False
    return all(
        np.array_equal(ours.read(name, lead), theirs.read(name, lead), equal_nan=True)
        for name in ours.variables
        for lead in ours.leads
    )


Mutate = Callable[[bytes, np.random.Generator], bytes]
_HEADER = 4096
_COUNTS = (
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x00\x00\x00\x01",
    b"\x10\x00\x00\x00\x00\x00\x00\x00",
)


def _replaced(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def _bit(content: bytes, random: np.random.Generator) -> bytes:
    place = int(random.integers(len(content)))
    return _replaced(content, place, bytes([content[place] ^ 1 << int(random.integers(8))]))


def _bytes(content: bytes, random: np.random.Generator) -> bytes:
    return _replaced(content, int(random.integers(len(content) - 8)), random.bytes(8))


def _zeros(content: bytes, random: np.random.Generator) -> bytes:
    size = int(random.choice([512, 4096, 65536]))
    place = int(random.integers(max(len(content) // size, 1))) * size
    return _replaced(content, place, bytes(min(size, len(content) - place)))


def _header(content: bytes, random: np.random.Generator) -> bytes:
    return _replaced(content, 4 + int(random.integers(min(_HEADER, len(content)) - 16)), random.bytes(8))


def _count(content: bytes, random: np.random.Generator) -> bytes:
    place = 4 * (1 + int(random.integers(min(_HEADER, len(content)) // 4 - 4)))
    return _replaced(content, place, _COUNTS[int(random.integers(len(_COUNTS)))])


def _cut(content: bytes, random: np.random.Generator) -> bytes:
    return content[: int(random.integers(1, len(content)))]


MUTATIONS: dict[str, Mutate] = {
    "one bit": _bit, "eight bytes": _bytes, "a block of zeros": _zeros, "eight bytes of the header": _header,
    "a count of the header": _count, "cut off": _cut,
}  # fmt: skip


if __name__ == "__main__":
    main()
