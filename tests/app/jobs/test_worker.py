"""The worker's line protocol: every request ends in exactly one final report, whatever happened."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from app.jobs import worker
from app.jobs.worker import Worker
from engine.forecasting.forecast import Cancelled
from engine.runtime.errors import ModelError
from engine.runtime.paths import REPOSITORY


class Lines(io.StringIO):
    """Standard input that stays open after its last line until the test is over."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        super().__init__("".join(json.dumps(message) + "\n" for message in messages))
        self.over = threading.Event()

    def __next__(self) -> str:
        line = self.readline()
        if not line:
            self.over.wait()
            raise StopIteration
        return line


def reports(monkeypatch: pytest.MonkeyPatch, perform: Any, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    monkeypatch.setattr(worker, "perform", perform)
    monkeypatch.setattr(worker.os, "_exit", lambda code: None)
    out = io.StringIO()
    made = Worker(Lines(*messages), out)
    for message in messages:
        if "cancel" in message:
            made._cancelled.add(message["cancel"])
        else:
            made._serve(message)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_request_reports_progress_and_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def perform(request: dict[str, Any], progress: Any, cancelled: Any) -> str:
        print("a library that prints")
        progress(1.0, "day 1 of 1")
        return "folder"

    said = reports(monkeypatch, perform, {"id": 4})
    assert [report["state"] for report in said] == ["running", "running", "done"]
    assert said[-1] == {"id": 4, "state": "done", "folder": "folder"}


def test_a_machine_that_has_just_started_reports_its_first_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    def perform(request: dict[str, Any], progress: Any, cancelled: Any) -> str:
        progress(0.1, "day 1 of 10")
        progress(0.2, "day 2 of 10")
        return "folder"

    monkeypatch.setattr(time, "monotonic", lambda: worker.REPORT_INTERVAL / 2)
    said = reports(monkeypatch, perform, {"id": 1})
    assert [report["doing"] for report in said if "doing" in report] == ["starting", "day 1 of 10"]


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (ModelError("weights are missing; run goms train"), "failed", "goms train"),
        (Cancelled("stopped"), "cancelled", ""),
        (MemoryError(), "failed", "memory"),
        (KeyError("x"), "failed", "KeyError"),
    ],
)
def test_a_failure_is_a_report_and_not_the_end_of_the_worker(
    monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, words: str
) -> None:
    def perform(*_: Any) -> str:
        raise error

    said = reports(monkeypatch, perform, {"id": 1}, {"id": 2})
    assert [report["state"] for report in said if report["state"] != "running"] == [state, state]
    assert words in said[1].get("error", "")


def test_a_request_cancelled_while_it_waits_is_never_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    said = reports(monkeypatch, lambda *_: pytest.fail("begun"), {"cancel": 7}, {"id": 7})
    assert said == [{"id": 7, "state": "cancelled"}]


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no such policy")
def test_the_worker_takes_only_the_processor_that_others_leave() -> None:
    program = "import os; from app.jobs.worker import give_way; give_way(); print(os.sched_getscheduler(0) == os.SCHED_IDLE)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert told.stdout.strip() == "True"
