"""The child process that runs forecasts: one JSON request a line on standard input, one JSON report a line on standard output.

It is a process of its own so that the page never waits for a model, and it ends by itself when its input closes, so that a
server killed without warning leaves nothing running.
"""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Queue
from typing import Any, TextIO

import numpy as np

from app.data.climatology_cache import prepare
from engine.runtime.progress import Progress
from engine.schema.grid import coarsened
from sample_data.provider import register

REPORT_INTERVAL = 0.2
"""Least seconds between two reports of progress, so that a fast loop does not flood the pipe."""


class Worker:
    """Takes requests in order; a line `{"cancel": id}` stops the one under way or skips one that waits."""

    def __init__(self, lines: TextIO, out: TextIO) -> None:
        self._lines = lines
        self._out = out
        self._requests: Queue[dict[str, Any] | None] = Queue()
        self._cancelled: set[int] = set()
        self._last_report: float | None = None

    def run(self) -> None:
        """Serve requests until the input ends."""
        register()
        threading.Thread(target=self._listen, daemon=True).start()
        while (request := self._requests.get()) is not None:
            self._serve(request)

    def _listen(self) -> None:
        for line in self._lines:
            message = json.loads(line)
            if "cancel" in message:
                self._cancelled.add(message["cancel"])
            else:
                self._requests.put(message)
        # The server has ended: no process reads the result, and a partial store can be resumed.
        os._exit(0)

    def _say(self, **report: Any) -> None:
        self._out.write(json.dumps(report) + "\n")
        self._out.flush()

    def _serve(self, request: dict[str, Any]) -> None:
        from engine.forecasting.forecast import Cancelled
        from engine.runtime.failures import failure_of

        identifier = request["id"]

        def progress(fraction: float, doing: str) -> None:
            now = time.monotonic()
            if fraction >= 1 or self._last_report is None or now - self._last_report >= REPORT_INTERVAL:
                self._last_report = now
                self._say(id=identifier, state="running", fraction=float(fraction), doing=doing)

        def cancelled() -> bool:
            return identifier in self._cancelled

        if cancelled():
            self._say(id=identifier, state="cancelled")
            return
        self._say(id=identifier, state="running", fraction=0.0, doing="starting")
        try:
            # Output of a library would break the line protocol.
            with contextlib.redirect_stdout(sys.stderr):
                folder = perform(request, progress, cancelled)
        except Cancelled:
            self._say(id=identifier, state="cancelled")
        except Exception as error:
            self._say(id=identifier, state="failed", error=str(failure_of(error) or f"{type(error).__name__}: {error}"))
        else:
            self._say(id=identifier, state="done", folder=str(folder))


DEFAULT_MODEL = "small"
"""The model whose heads a reference is written for: it names none."""


def perform(request: dict[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Do one request (`kind` as in `Request`) and return the folder or file of what it wrote."""
    from engine.forecasting.forecast import run_forecast
    from engine.forecasting.heads import heads_at_hand
    from engine.forecasting.reference import write_reference
    from engine.forecasting.request import ForecastRequest
    from engine.sources import open_source

    options = dict(request["options"])
    if request["kind"] == "skill":
        return score_stores(options["pairs"], options["result"], progress, cancelled)
    if request["kind"] == "held-out":
        return score_held_out(request["model"], request["days"], options["grid_factor"], progress, cancelled)
    if request["kind"] == "files":
        return _taken_in([Path(file) for file in options["files"]], options["grid_factor"], progress, cancelled)
    if request["kind"] == "fetch":
        return _fetched(request["source"], request["init_time"], options, progress, cancelled)
    grid = coarsened(int(options.pop("grid_factor", 1)))
    init_time = np.datetime64(request["init_time"], "D")
    if request["kind"] == "climatology":
        return prepare(grid, init_time + np.arange(request["days"] + 1), progress, cancelled)
    source = open_source(request["source"], grid=grid, **options)
    days, model = request["days"], request["model"] or DEFAULT_MODEL
    heads = heads_at_hand(model, source, init_time)
    if request["kind"] == "reference":
        return write_reference(source, init_time, days, progress, cancelled, heads)
    return run_forecast(ForecastRequest(source, init_time, model, days, heads, resume=True), progress, cancelled)


def score_stores(pairs: Sequence[tuple[str, str]], name: str, progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Score (forecast, reference) stores of one source and model, and return the file of the result called `name`."""
    from engine.cli.verify import machine
    from engine.verification.results import keep_result
    from engine.verification.starts.stored_forecasts import stored_skill

    found = stored_skill(pairs, progress=progress, cancelled=cancelled)
    return keep_result({**found, "machine": machine()}, name)


def score_held_out(model: str, starts: int, grid_factor: int, progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Score a model on so many held-out starts, and return the file of the result; finished starts outlive a cancellation."""
    from engine.cli.verify import machine
    from engine.sources import provider
    from engine.verification.results import keep_result
    from engine.verification.starts.skill import held_out_skill

    held_out = provider("sample").held_out(coarsened(grid_factor) if grid_factor > 1 else None)
    watched = _until(cancelled, progress, "scoring was stopped")
    return keep_result({**held_out_skill(model, held_out, starts, progress=watched), "machine": machine()})


def _until(cancelled: Callable[[], bool], progress: Progress, words: str) -> Progress:
    """Return a progress that raises Cancelled, with `words`, at the next report once the work is `cancelled`."""
    from engine.forecasting.forecast import Cancelled

    def watched(fraction: float, doing: str) -> None:
        if cancelled():
            raise Cancelled(words)
        progress(fraction, doing)

    return watched


def _taken_in(files: list[Path], grid_factor: int, progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Make a source of files that a visitor brought; what is wrong with one is told with its name, not with its place."""
    from engine.runtime.errors import InputError
    from engine.sources.guarded import take_in_guarded

    watched = _until(cancelled, progress, "the files were given up")
    try:
        return take_in_guarded(files, watched, grid_factor=grid_factor)
    except InputError as error:
        words = str(error)
        for file in files:
            words = words.replace(f"{file.parent}{os.sep}", "")
        raise InputError(words) from error


def _fetched(name: str, start: str, options: dict[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> Path:
    """Get days of a provider and return the store, or the last source of altimetry; finished days outlive a cancellation."""
    from engine.providers.catalogue import provider_named
    from engine.providers.fetching import fetch
    from engine.providers.protocols.request import request_of
    from engine.runtime.paths import altimetry_folder

    asked = request_of(provider_named(name), start, options["end"], options["fields"], options["region"])
    factor = int(options["grid_factor"])
    watched = _until(cancelled, progress, "the days were given up")
    found = fetch(asked, grid=coarsened(factor) if factor > 1 else None, progress=watched)
    return Path(found["folder"]) if "folder" in found else altimetry_folder() / found["sources"][-1]


def give_way() -> None:
    """Work only while the processor is idle, where the system has such a policy, else at the lowest priority."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (OSError, AttributeError):
        with contextlib.suppress(OSError, AttributeError):
            os.nice(19)


def protocol_output() -> TextIO:
    """Return the standard output for reports alone: what a library prints goes to the standard error from now on."""
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return reports


if __name__ == "__main__":
    give_way()
    Worker(sys.stdin, protocol_output()).run()
