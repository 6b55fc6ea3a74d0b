"""Servers and browsers for tests and benchmarks: started for one purpose, and ended by their own process id."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from engine.paths import REPOSITORY


@dataclass
class Served:
    """A server under way: its address, the seconds until it answered, and its process."""

    url: str
    seconds: float
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """Return a port nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], port: int, log: Path | None = None, patience: float = 180) -> Iterator[Served]:
    """Run a server until the block ends, entered once it answers on `port`; what it writes goes to `log`, else nowhere.

    Raises AssertionError where it ends, or does not answer within `patience` seconds.
    """
    started = time.perf_counter()
    with Path(log or os.devnull).open("wb") as output:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=subprocess.STDOUT if log else None)
    try:
        while not answers(port):
            said = log.read_text() if log else ""
            assert process.poll() is None, f"{command} ended with {process.returncode}: {said}"
            assert time.perf_counter() - started < patience, f"{command} does not answer: {said}"
            time.sleep(0.05)
        yield Served(f"http://127.0.0.1:{port}", time.perf_counter() - started, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    """Return whether a server listens on a port of this machine."""
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def launch_chromium(playwright: Playwright) -> Browser:
    """Start the Chromium at hand, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
