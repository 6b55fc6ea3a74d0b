"""Commands and exports where the disk is full or locked, done in a process of their own that prints how each ended as JSON.

python -m tests.faults.full_disk tmpfs|limit FOLDER: in a small file system on FOLDER, which this process may mount, or with a
limit to the size of any file.
"""

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

DISK = "12m"
PAGE = 4096
"""Bytes that are left on the full disk."""

ROOM = 1024
"""Bytes of the largest file under a limit."""

SEEN = "time,lat,lon,depth,variable,value\n2019-02-23,30,-40,0,zos,0.1\n"
VIEW = "variable=thetao&lead=1&lat=35&lon=150&span=60"
EXPORTS = ("data.nc", "data.zarr.zip", "loop.mp4", "loop.gif")


def commands(folder: Path) -> dict[str, list[str]]:
    """Return the commands that write, by name; their files lie in `folder`, which has room."""
    coarse = ["--grid-factor", "8"]
    return {
        "ingest glorys": ["ingest", "glorys", str(folder / "box.nc")],
        "analyse": ["analyse", "--observations", str(folder / "seen.csv"), "--time", "2019-02-23", *coarse],
        "forecast": [
            "forecast",
            "--model",
            "persistence",
            "--source",
            "observed",
            "--altimetry",
            str(folder / "sea.nc"),
            *coarse,
        ],
        "eddies to .nc": ["eddies", str(folder / "sea.nc"), "--out", "DISK/eddies.nc"],
        "eddies to .csv": ["eddies", str(folder / "sea.nc"), "--out", "DISK/eddies.csv"],
    }


def prepared(folder: Path) -> None:
    """Write what the commands read."""
    from engine.schema.grid import coarsened
    from tests.engine.readers import layouts

    rows, columns = np.meshgrid(np.linspace(0, 60, 90), np.linspace(0, 120, 180), indexing="ij")
    fields = layouts.altimetry_fields(4)
    # A hundred eddies, whose table is larger than the room.
    fields["adt"] = fields["adt"] + 0.3 * np.sin(rows) * np.sin(columns)
    grid = coarsened(8)
    layouts.write_altimetry(folder / "sea.nc", fields, grid.lat, grid.lon, layouts.days(4, "2019-02-23T00"))
    layouts.write_glorys(folder / "box.nc", layouts.glorys_fields(2), layouts.LAT, layouts.LON, layouts.days(2))
    (folder / "seen.csv").write_text(SEEN)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Leave a page on a disk."""
    ballast = disk / "ballast"
    # Without a buffer, which would be written once more, and in vain, when the file is closed.
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - PAGE)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def limited(disk: Path) -> Iterator[None]:
    """Let no file grow over `ROOM` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(disk: Path) -> Iterator[None]:
    """Let nothing be written on a disk."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


def files_on(disk: Path) -> list[str]:
    """Return every file on a disk but the ballast and locks, which are empty."""
    found = (path.relative_to(disk) for path in disk.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.name != "ballast" and path.suffix != ".lock")


def main(how: str, folder: Path) -> dict[str, Any]:
    """Return {state of the disk: {what was done: [exit code or HTTP status, words, files left behind]}}."""
    disk, inputs = folder / "disk", folder / "inputs"
    for each in (disk, inputs):
        each.mkdir()
    if how == "tmpfs":
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", disk], check=True)
    (disk / "temporary").mkdir()
    os.environ["GOMS_HOME"] = str(disk)
    prepared(inputs)

    import torch

    import engine.sources.kept_altimetry
    from app.export.http import patterns
    from app.jobs.queue import Jobs
    from app.services.options import Options
    from app.services.services import Services
    from engine.cli.main import app
    from engine.cli.report import reporting
    from engine.schema.grid import coarsened
    from engine.training.state import save_state
    from tests.app.asking import ask
    from tests.app.made_stores import write_forecast

    write_forecast(coarsened(8), days=2)
    services = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))

    def command(arguments: list[str]) -> tuple[int, str]:
        done = CliRunner().invoke(app, [word.replace("DISK", str(disk)) for word in arguments])
        return done.exit_code, done.output if isinstance(done.exception, SystemExit | None) else repr(done.exception)

    def keep_altimetry() -> tuple[int, str]:
        # As the command does, but on a coarse grid.
        with reporting(as_json=False):
            engine.sources.kept_altimetry.keep_altimetry(inputs / "sea.nc", coarsened(8))
        return 0, ""

    def save_training() -> tuple[int, str]:
        with reporting(as_json=False):
            save_state(disk / "training", {"weights": torch.zeros(50_000)})
        return 0, ""

    def directly(work: Callable[[], tuple[int, str]]) -> tuple[int, str]:
        words = io.StringIO()
        try:
            with contextlib.redirect_stderr(words):
                return work()
        except SystemExit as ending:
            return int(str(ending.code)), words.getvalue()

    def export(name: str) -> tuple[int, str]:
        answer = ask(patterns(services), [f"/export/{name}?{VIEW}"])[0]
        return answer.code, answer.body.decode() if answer.code != 200 else f"{len(answer.body)} bytes"

    def ended(state: Callable[[Path], Any], work: Callable[..., tuple[int, str]], *arguments: Any) -> list[Any]:
        before = files_on(disk)
        with state(disk):
            code, words = work(*arguments)
            return [code, words, [path for path in files_on(disk) if path not in before]]

    full = filled if how == "tmpfs" else limited
    tempfile.tempdir = str(disk / "temporary")
    found: dict[str, Any] = {}
    if how == "tmpfs":
        # First, since a disk is not locked while a library still holds a file that it could not finish.
        found["locked"] = {name: ended(locked, command, arguments) for name, arguments in commands(inputs).items()}
        found["locked"]["stores"] = ended(locked, command, ["stores"])
    found["full"] = {name: ended(full, command, arguments) for name, arguments in commands(inputs).items()}
    found["full"] |= {name: ended(full, export, name) for name in EXPORTS}
    others = {"ingest altimetry": keep_altimetry, "train": save_training}
    found["full"] |= {name: ended(full, directly, work) for name, work in others.items()}
    services.close()
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))), flush=True)
    os._exit(0)
