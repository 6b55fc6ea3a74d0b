"""Forecast jobs: a queue in front of one child process, shared by all sessions.

Identical requests of several visitors are one job. The child is started on first use, kept warm for the next run, gives way
to everything else and is held to all cores but one, so that pages stay quick while it works.
"""

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.jobs.time_left import Pace
from engine.runtime.child_processes import child_environment, module_command

WAITING = ("queued", "running")


@dataclass(frozen=True)
class Request:
    """What is asked for; two equal requests are one job."""

    kind: str
    """forecast, reference, climatology, files, fetch, skill or held-out"""
    source: str
    init_time: str
    """ISO date"""
    model: str
    days: int
    options: tuple[tuple[str, Any], ...] = ()
    """Options as sorted pairs, such as the path of an altimetry file, or the stores to be scored."""

    @property
    def identifier(self) -> str:
        """Return a short name that is equal for equal requests."""
        parts = (self.kind, self.source, self.init_time, self.model, str(self.days), *(f"{k}={v}" for k, v in self.options))
        return "|".join(parts)


@dataclass
class Job:
    """One run: its request, how far it is, and how it ended."""

    request: Request
    number: int
    state: str = "queued"
    """queued, running, done, failed or cancelled"""
    fraction: float = 0.0
    doing: str = "waiting its turn"
    error: str = ""
    folder: str = ""
    pace: Pace = field(default_factory=Pace)
    cancelling: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def waiting(self) -> bool:
        """Return whether the job is yet to end."""
        return self.state in WAITING

    @property
    def seconds_left(self) -> float | None:
        """Return the expected time to the end from the pace of the latest steps, or None before there is a pace."""
        return self.pace.seconds_left(time.monotonic())


class Jobs:
    """The queue of one server; safe to use from any thread."""

    def __init__(self, command: list[str] | None = None, grace_seconds: float = 20.0) -> None:
        self._command = command or module_command("app.jobs.worker")
        self._grace_seconds = grace_seconds
        self._latest: dict[str, Job] = {}
        self._jobs: dict[int, Job] = {}
        self._lock = threading.RLock()
        self._child: subprocess.Popen[str] | None = None
        self._closed = False
        self.check: Callable[[str], None] = lambda kind: None
        """Raises InputError for a kind of request that is neither taken nor cancelled here."""
        self.ended = 0
        """Number of jobs that have ended; it tells a page whether something changed."""

    def submit(self, request: Request) -> Job:
        """Return the job of this request: the one waiting or under way, else a new one at the end of the queue.

        Raises InputError where requests of this kind are not taken.
        """
        self.check(request.kind)
        with self._lock:
            job = self._latest.get(request.identifier)
            if job is not None and job.waiting and not job.cancelling:
                return job
            job = Job(request, len(self._jobs))
            self._latest[request.identifier] = self._jobs[job.number] = job
            self._send(_message(job))
            return job

    def find(self, request: Request) -> Job | None:
        """Return the latest job of a request, whatever its state."""
        with self._lock:
            return self._latest.get(request.identifier)

    def failed(self, request: Request) -> Job | None:
        """Return the latest job of a request where it failed; None where it did not, or there is none."""
        job = self.find(request)
        return job if job is not None and job.state == "failed" else None

    def need(self, request: Request) -> Job:
        """Return the job of what a page needs by itself: begun as by `submit`, but not repeated after a failure.

        A failed job stays as it is until its request is submitted, or `forget_failures` allows another attempt.
        """
        return self.failed(request) or self.submit(request)

    def forget_failures(self) -> None:
        """Forget what failed, since what it needs has changed, such as the room on the disk."""
        with self._lock:
            self._latest = {name: job for name, job in self._latest.items() if job.state != "failed"}

    def waiting(self) -> list[Job]:
        """Return the jobs queued or running, oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if job.waiting]

    def cancel(self, job: Job) -> None:
        """Ask a job to stop; the child is ended if it has not stopped within the grace time.

        Raises InputError where requests of its kind are not taken.
        """
        self.check(job.request.kind)
        with self._lock:
            if not job.waiting or job.cancelling:
                return
            job.cancelling = True
            job.doing = "stopping"
            self._send({"cancel": job.number})
        timer = threading.Timer(self._grace_seconds, self._end_stuck, [job])
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """End the child; jobs under way stay partial on disk and can be resumed."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _end_stuck(self, job: Job) -> None:
        with self._lock:
            if job.state == "running" and self._child is not None:
                self._child.kill()

    def _send(self, message: Mapping[str, Any]) -> None:
        child = self._child
        if child is None or child.poll() is not None:
            child = self._child = self._start()
        assert child.stdin is not None
        # The thread that reads the child notices that it has ended, and its jobs fail with a message.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(message) + "\n")
            child.stdin.flush()

    def _start(self) -> subprocess.Popen[str]:
        cores = max(1, (os.cpu_count() or 2) - 1)
        environment = child_environment(OMP_NUM_THREADS=str(cores), NUMBA_NUM_THREADS=str(cores))
        child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        threading.Thread(target=self._read, args=(child,), daemon=True).start()
        return child

    def _read(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            report = json.loads(line)
            with self._lock:
                job = self._jobs.get(report["id"])
                if job is None or not job.waiting:
                    continue
                self._apply(job, report)
            self._tell(job)
        code = child.wait()
        with self._lock:
            if self._closed or child is not self._child:
                return
            self._child = None
            waiting = [job for job in self._jobs.values() if job.waiting]
            # A child that ended before it started a job would end again, so all waiting jobs fail.
            lost = [job for job in waiting if job.state == "running"] or waiting
            for job in lost:
                job.state = "cancelled" if job.cancelling else "failed"
                job.error = f"The forecast process ended unexpectedly (code {code}), perhaps for lack of memory; run it again."
            for job in waiting:
                if job not in lost:
                    self._send(_message(job))
        for job in lost:
            self._tell(job)

    def _apply(self, job: Job, report: Mapping[str, Any]) -> None:
        job.state = report["state"]
        job.error = report.get("error", "")
        job.folder = report.get("folder", "")
        if job.state == "running":
            job.fraction = report["fraction"]
            job.pace.add(job.fraction, time.monotonic())
            if not job.cancelling:
                job.doing = report["doing"]
        elif job.state == "done":
            job.fraction = 1.0

    def _tell(self, job: Job) -> None:
        if job.waiting:
            return
        self.ended += 1
        job.finished.set()


def _message(job: Job) -> dict[str, Any]:
    request = job.request
    return {
        "id": job.number,
        "kind": request.kind,
        "source": request.source,
        "init_time": request.init_time,
        "model": request.model,
        "days": request.days,
        "options": dict(request.options),
    }
