"""Jobs: one child, identical requests shared, progress, cancel, and a child that dies is told, not hidden."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs.queue import Job, Jobs, Request
from tests.waiting import PATIENCE, wait

ENDLESS = 10**9
"""Days of a run that ends only when it is cancelled."""

CHILD = """
import json, sys, threading, time, os
cancelled = set()
queue = []
def listen():
    for line in sys.stdin:
        message = json.loads(line)
        cancelled.add(message["cancel"]) if "cancel" in message else queue.append(message)
    os._exit(0)
threading.Thread(target=listen, daemon=True).start()
def say(**report):
    print(json.dumps(report), flush=True)
while True:
    if not queue:
        time.sleep(0.01)
        continue
    job = queue.pop(0)
    number = job["id"]
    say(id=number, state="running", fraction=0.0, doing="starting")
    if job["model"] == "dies":
        os._exit(3)
    if job["model"] == "fails":
        say(id=number, state="failed", error="the weights are missing; run goms train")
        continue
    for step in range(job["days"]):
        if number in cancelled:
            say(id=number, state="cancelled")
            break
        say(id=number, state="running", fraction=step / job["days"], doing=f"day {step}")
        time.sleep(0.02)
    else:
        say(id=number, state="done", folder="there")
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    made = Jobs([sys.executable, str(script)])
    yield made
    made.close()


def request(model: str = "small", days: int = 5, start: str = "2019-02-23") -> Request:
    return Request("forecast", "sample", start, model, days)


def ended(job: Job) -> str:
    assert job.finished.wait(PATIENCE)
    return job.state


def test_a_job_runs_to_its_end_and_names_its_store(jobs: Jobs) -> None:
    job = jobs.submit(request())
    assert ended(job) == "done"
    assert (job.fraction, job.folder) == (1.0, "there")


def test_two_visitors_who_ask_for_the_same_share_one_run(jobs: Jobs) -> None:
    first, second = jobs.submit(request(days=ENDLESS)), jobs.submit(request(days=ENDLESS))
    assert first is second
    assert jobs.submit(request(days=ENDLESS, start="2019-02-24")) is not first


def test_a_second_request_waits_for_the_first(jobs: Jobs) -> None:
    first, second = jobs.submit(request(days=ENDLESS)), jobs.submit(request(start="2019-03-01"))
    wait(lambda: first.fraction > 0)
    assert second.state == "queued"
    jobs.cancel(first)
    assert ended(second) == "done" and first.state == "cancelled"


def test_a_cancelled_job_stops_and_may_be_asked_for_again(jobs: Jobs) -> None:
    job = jobs.submit(request(days=ENDLESS))
    wait(lambda: job.fraction > 0)
    jobs.cancel(job)
    assert ended(job) == "cancelled"
    again = jobs.submit(request(days=ENDLESS))
    wait(lambda: again.fraction > 0)
    assert again is not job
    jobs.cancel(again)
    assert ended(again) == "cancelled"


def test_time_left_follows_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(request(), 0, "running")
    assert job.seconds_left is None
    for fraction, now in ((0.0, 70.0), (0.25, 80.0)):
        job.pace.add(fraction, now)
    monkeypatch.setattr(time, "monotonic", lambda: 82.0)
    assert job.seconds_left == pytest.approx(28)


def test_a_failure_keeps_its_sentence(jobs: Jobs) -> None:
    job = jobs.submit(request(model="fails"))
    assert ended(job) == "failed"
    assert "goms train" in job.error


def test_a_child_that_dies_fails_its_job_and_the_next_one_gets_a_new_child(jobs: Jobs) -> None:
    dying, waiting = jobs.submit(request(model="dies")), jobs.submit(request(start="2019-03-02"))
    assert ended(dying) == "failed" and "code 3" in dying.error
    assert ended(waiting) == "done"


def test_a_child_that_cannot_start_fails_the_job_at_once() -> None:
    jobs = Jobs([sys.executable, "-c", "raise SystemExit(1)"])
    job = jobs.submit(request())
    assert ended(job) == "failed"
    jobs.close()


def test_closing_ends_the_child(jobs: Jobs) -> None:
    job = jobs.submit(request(days=ENDLESS))
    wait(lambda: job.fraction > 0)
    child = jobs._child
    assert child is not None
    jobs.close()
    assert child.poll() is not None
