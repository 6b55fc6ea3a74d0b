"""A server of its own on a small ocean, and visits to its page that end with a look at what went wrong."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from engine.grid import coarsened
from tests.app.made_stores import all_parts, write_analysis, write_forecast
from tests.serving import launch_chromium, serving

PATIENCE = 60_000
"""Milliseconds that a step may take on a busy machine; figures of speed are the benchmark's business."""

TROUBLE = ("Traceback", "ERROR", "Exception")


@dataclass
class Server:
    """A running application: its address, its folder of stores and what it wrote to its log."""

    url: str
    home: Path
    log: Path
    read: int = 0

    def trouble(self) -> str:
        """Return the lines since the last look at the log where it tells of an error; empty where it tells of none."""
        lines = self.log.read_text().splitlines()
        fresh, self.read = lines[self.read :], len(lines)
        return "\n".join(fresh) if any(word in line for line in fresh for word in TROUBLE) else ""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a forecast with all its parts, its reference and an analysis on the 90 x 180 grid; stopped by its own process id."""
    home = tmp_path_factory.mktemp("goms-server")
    before = os.environ.get("GOMS_HOME")
    os.environ["GOMS_HOME"] = str(home)
    try:
        grid = coarsened(8)
        parts = all_parts(coarsened(16))
        write_forecast(grid, parts=parts)
        write_forecast(grid, kind="reference", shift=3.0, parts=parts)
        write_analysis(grid)
    finally:
        if before is None:
            del os.environ["GOMS_HOME"]
        else:
            os.environ["GOMS_HOME"] = before
    log = home / "server.log"
    command = [sys.executable, "-m", "app", "--port", "0", "--home", str(home), "--grid-factor", "8", "--no-first-run"]
    with serving(command, log) as served:
        yield Server(served.url, home, log)
    assert served.process.returncode == 0, log.read_text()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a Chromium that all tests share."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One page of the application and what a user does to it."""

    page: Page
    server: Server
    errors: list[str] = field(default_factory=list)

    def open(self, address: str = "") -> "Visit":
        """Open the page at `?address` and wait for the first picture."""
        self.page.goto(f"{self.server.url}/{address}")
        self.until("goms.state().panels[0]?.drawn")
        return self

    def until(self, condition: str) -> None:
        """Wait until a JavaScript condition holds; `goms` is what the maps tell of themselves."""
        self.page.wait_for_function(f"() => globalThis.goms?.state && ({condition})", timeout=PATIENCE)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition of the test's own holds."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not condition():
            assert time.monotonic() < deadline, "it did not come to pass"
            self.page.wait_for_timeout(50)

    def state(self) -> dict[str, Any]:
        """Return what the maps tell of themselves."""
        return dict(self.page.evaluate("goms.state()"))

    def choose(self, label: str, option: str) -> None:
        """Choose `option` of the list called `label`."""
        self.page.get_by_role("combobox", name=label, exact=True).click()
        self.page.get_by_role("listbox").get_by_role("option", name=option, exact=True).click()
        expect(self.page.get_by_role("listbox")).to_have_count(0)

    def milliseconds_to_picture(self, label: str, option: str) -> float:
        """Choose `option` of the list called `label` and return the time from the click to the painted picture."""
        self.page.get_by_role("combobox", name=label, exact=True).click()
        item = self.page.get_by_role("listbox").get_by_role("option", name=option, exact=True)
        item.wait_for()
        self.page.evaluate(WATCH_CHANGE)
        item.click()
        return float(self.page.evaluate("changed"))

    def press(self, name: str) -> None:
        """Press the button called `name`."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def address_has(self, *parts: str) -> None:
        """Wait until the address bar holds each of `parts`."""
        for part in parts:
            self.page.wait_for_function("part => location.search.includes(part)", arg=part, timeout=PATIENCE)

    def see(self, text: str) -> None:
        """Wait until `text` is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def chart(self, words: str) -> None:
        """Wait for a chart whose title holds `words`: Bokeh writes it on a canvas, so the document is asked."""
        titles = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.title?.text ?? ''))"
        self.page.wait_for_function(f"(words) => {titles}.some((title) => title.includes(words))", arg=words, timeout=PATIENCE)

    def picture(self, panel: int = 0) -> str:
        """Return a fingerprint of the pixels of a map."""
        return str(self.page.evaluate(PICTURE, panel))


WATCH_CHANGE = """() => {
    const before = goms.changeMs.length;
    globalThis.changed = new Promise((resolve) => {
        let clicked = null;
        document.addEventListener("click", () => { clicked = performance.now(); }, { capture: true, once: true });
        const look = () => (goms.changeMs.length > before ? resolve(performance.now() - clicked) : requestAnimationFrame(look));
        look();
    });
}"""

PICTURE = """(panel) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const canvas = all(document).filter((one) => one.className === "picture")[panel];
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 97) sum = (sum * 31 + data[i]) >>> 0;
    return `${canvas.width}x${canvas.height}:${sum}`;
}"""


@pytest.fixture
def visit(server: Server, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Visit the page at 1400 x 900 (another size by `indirect`); fails on any error of console, page, network or server."""
    width, height = getattr(request, "param", (1400, 900))
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    made = Visit(page, server)
    page.on("console", lambda message: made.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: made.errors.append(str(error)))
    page.on("requestfailed", lambda asked: made.errors.append(f"failed: {asked.url}") if outside(asked.url, server) else None)
    page.on("request", lambda asked: made.errors.append(f"outside: {asked.url}") if outside(asked.url, server) else None)
    yield made
    context.close()
    assert made.errors == []
    assert server.trouble() == ""


def outside(url: str, server: Server) -> bool:
    """Return whether an address is not the server's own: the page must work with no network."""
    return not url.startswith((server.url, "data:", "blob:"))
