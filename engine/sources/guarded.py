"""Reads unchecked files in a process of its own, with limits on memory and on time without progress.

A malicious or damaged file can make the libraries that read it allocate memory without limit, run for ever or crash. Here that
ends the process, and the caller gets one error that names the file.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from engine.runtime.child_processes import child_environment, module_command
from engine.runtime.errors import InputError, ModelError, ResourceError
from engine.runtime.failures import failure_of
from engine.runtime.progress import Progress, no_progress

MOST_MEMORY = 3 << 30
"""Bytes of data of the reading process: a global HYCOM day at 1/12 degree takes 1.0 GB, the largest box 2.1 GB."""

LONGEST_STEP = 30.0
"""Seconds of processor time for opening a file or reading one level: a global one at 1/12 degree takes one or two."""


GRACE_SECONDS = 5.0
"""Seconds in which a process that is told to end may remove what it has begun."""

COMMAND = module_command("engine.sources.guarded")


def take_in_guarded(files: Sequence[Path], progress: Progress = no_progress, **options: Any) -> Path:
    """Do `engine.sources.uploads.take_in` in a process of its own and return the folder; `grid_factor` stands for its grid.

    Raises what it raises, and InputError for a file whose reading crashes, goes on without end or needs too much memory.
    Whatever `progress` raises ends the process and leaves nothing behind.
    """
    return Path(_in_a_process("take in", files, progress, options))


def check_guarded(kind: str, files: Sequence[Path], progress: Progress = no_progress, **options: Any) -> None:
    """Read files in a process of its own, so that this one may read them after it: the same bytes ask for as much again.

    `kind` is `heights`, every map of sea level of a file; `observations`, a table about `time` (a date as text); or `observed`,
    the start of a forecast from altimetry and, on request, surface temperature, with `day` (a date as text, by default the first
    of the file) and `grid_factor`. Raises InputError for what cannot be used, and for a file whose reading crashes, goes on
    without end or needs too much memory.
    """
    _in_a_process(kind, files, progress, options)


def _in_a_process(task: str, files: Sequence[Path], progress: Progress, options: dict[str, Any]) -> str:
    request = {"task": task, "files": [str(file) for file in files], **options}
    # One thread is enough for reading, and each of a linear algebra library takes memory of its own.
    environment = child_environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    child = subprocess.Popen(
        [*COMMAND, json.dumps(request)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    try:
        return _followed(child, str(files[0]), progress)
    finally:
        _end(child)


def _followed(child: subprocess.Popen[str], subject: str, progress: Progress) -> str:
    """Pass on the progress of the process and return its result; `subject` names its file where it ends without a report."""
    reports: queue.Queue[dict[str, Any] | None] = queue.Queue()
    threading.Thread(target=_listen, args=(child, reports), daemon=True).start()
    began, last = 0.0, dict[str, Any]()
    while True:
        try:
            report = reports.get(timeout=0.5)
        except queue.Empty:
            if _processor_seconds(child) - began > LONGEST_STEP:
                _end(child)
                raise InputError(
                    f"{subject} could not be read within {LONGEST_STEP:.0f} s of processor time; expected a whole NetCDF file: "
                    "download it again"
                ) from None
            continue
        if report is None:
            return _result(last, subject, child.wait())
        began = _processor_seconds(child)
        if "reading" in report:
            subject = report["reading"]
        elif "doing" in report:
            progress(report["fraction"], report["doing"])
        else:
            last = report


def _result(last: dict[str, Any], subject: str, code: int) -> str:
    """Return the result in the last report of the process, or raise the error that the report, or its absence, means."""
    match last:
        case {"result": result}:
            return str(result)
        case {"refused": words}:
            raise InputError(words)
        case {"lacking": words}:
            raise ResourceError(words)
        case {"failed": words}:
            raise ModelError(words)
    raise InputError(
        f"{subject} could not be read: the library that reads it ended with {_ending(code)}; expected a whole NetCDF file: "
        "download it again"
    )


def _listen(child: subprocess.Popen[str], reports: "queue.Queue[dict[str, Any] | None]") -> None:
    assert child.stdout is not None
    with suppress(ValueError):  # the pipe was closed, or the process ended within a line
        for line in child.stdout:
            reports.put(json.loads(line))
    reports.put(None)


def _end(child: subprocess.Popen[str]) -> None:
    """End the process: by a signal that lets it remove unfinished files, then by force."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.returncode:
        from engine.stores import remove_unfinished

        remove_unfinished()


def _processor_seconds(child: subprocess.Popen[str]) -> float:
    try:
        times = psutil.Process(child.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def _ending(code: int) -> str:
    with suppress(ValueError):
        return f"{signal.Signals(-code).name}"
    return f"code {code}"


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = MOST_MEMORY if most == resource.RLIM_INFINITY else min(MOST_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _take_in(files: list[Path], progress: Progress, grid_factor: int = 1, **options: Any) -> Path:
    from engine.schema.grid import coarsened
    from engine.sources.uploads import take_in

    return take_in(files, grid=coarsened(grid_factor) if grid_factor != 1 else None, progress=progress, **options)


def _read_heights(files: list[Path], progress: Progress) -> None:
    from engine.readers.sea_level import check_heights

    check_heights(files[0], progress)


def _read_observations(files: list[Path], progress: Progress, time: str) -> None:
    import numpy as np

    from engine.readers.tables.observed_table import read_observations

    read_observations(files[0], np.datetime64(time))


def _read_observed(files: list[Path], progress: Progress, day: str | None = None, grid_factor: int = 1) -> None:
    from engine.schema.grid import coarsened
    from engine.sources.observed import ObservedSource

    altimetry, sst = (*files, None)[:2]
    assert altimetry is not None
    source = ObservedSource(altimetry, sst, coarsened(grid_factor))
    # The caller refuses a day that the file does not have.
    asked = [each for each in source.init_times() if day is None or str(each) == day][:1]
    for each in asked:
        source.check(progress, each)


TASKS: dict[str, Callable[..., object]] = {
    "take in": _take_in,
    "heights": _read_heights,
    "observations": _read_observations,
    "observed": _read_observed,
}


def _serve(request: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Do one request in this process and return the last report."""
    from engine.readers.container.boundary import watched

    task, files = TASKS[request.pop("task")], [Path(file) for file in request.pop("files")]

    def progress(fraction: float, doing: str) -> None:
        say({"fraction": float(fraction), "doing": doing})

    try:
        with watched(lambda subject: say({"reading": subject})):
            return {"result": str(task(files, progress, **request))}
    except MemoryError:
        return {"refused": f"{files[0]} needs more than the {MOST_MEMORY >> 30} GiB that reading may take: cut out a smaller box"}
    except Exception as error:
        failure = failure_of(error) or f"{files[0]} could not be read ({type(error).__name__}: {error})"
        kinds: dict[type, str] = {InputError: "refused", ResourceError: "lacking"}
        return {kinds.get(type(failure), "failed"): str(failure)}


if __name__ == "__main__":
    _limit_memory()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # The output of libraries goes to stderr, so that stdout holds reports alone.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(report: dict[str, Any]) -> None:
        """Write one line and flush it."""
        print(json.dumps(report), file=out, flush=True)

    say(_serve(json.loads(sys.argv[1]), say))
