"""Servers and browsers for tests and benchmarks: on a port of the server's own choice, ended by their own process id."""

import asyncio
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import panel as pn
from playwright.sync_api import Browser, BrowserContext, Playwright

from engine.runtime.paths import REPOSITORY
from tests.waiting import PATIENCE, wait

ADDRESS = re.compile(r"served at (http://\S+)\s")
"""What a server says once it listens."""


@dataclass
class Served:
    """A server under way: its address, the seconds until it listened, and its process."""

    url: str
    seconds: float
    process: subprocess.Popen[bytes]


@contextmanager
def serving(command: Sequence[str], log: Path | None = None, start_in: Path = REPOSITORY) -> Iterator[Served]:
    """Run a server that chooses its port and says its address, until the block ends; what it writes is kept in `log`, if given.

    It starts in the folder `start_in`. Raises AssertionError where it ends before it listens.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        written = log or Path(folder) / "log"
        with written.open("wb") as output:
            process = subprocess.Popen(command, cwd=start_in, stdout=output, stderr=subprocess.STDOUT)

        def listens() -> re.Match[str] | None:
            ended = process.poll() is not None
            found = ADDRESS.search(written.read_text())
            assert found or not ended, f"{command} ended with {process.returncode}: {written.read_text()}"
            return found

        try:
            wait(listens)
            address = listens()
            assert address is not None
            yield Served(address.group(1), time.perf_counter() - started, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def serving_here(page: Callable[[], Any], **options: Any) -> Iterator[Any]:
    """Serve what `page()` returns on a thread of this process until the block ends; yields Bokeh's server."""
    started = threading.Event()
    servers: list[Any] = []

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        server = pn.serve(
            {"/": page}, port=0, address="127.0.0.1", show=False, start=False, verbose=False, websocket_origin="*", **options
        )
        servers.append(server)
        server.start()
        started.set()
        server.io_loop.start()
        server.stop()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    wait(lambda: started.is_set() or not thread.is_alive())
    assert started.is_set(), "the server did not start"
    server = servers[0]
    try:
        yield server
    finally:
        server.io_loop.add_callback(server.io_loop.stop)
        thread.join()


def launch_chromium(playwright: Playwright) -> Browser:
    """Start the Chromium at hand, else Playwright's own."""
    return playwright.chromium.launch(executable_path=_chromium_at_hand(), args=["--no-sandbox"])


def launch_chromium_in(playwright: Playwright, folder: Path) -> BrowserContext:
    """Start such a Chromium that keeps files and compiled scripts in `folder`; its one context begins with a blank page."""
    return playwright.chromium.launch_persistent_context(folder, executable_path=_chromium_at_hand(), args=["--no-sandbox"])


def _chromium_at_hand() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)
