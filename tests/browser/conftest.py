"""A server of its own on a small ocean, and visits to its page that end with a look at what went wrong."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from engine.schema.grid import coarsened
from engine.verification.results import keep_result
from tests import waiting
from tests.app.made_results import made_result
from tests.app.made_stores import all_parts, write_analysis, write_forecast
from tests.browser.worker import HOLD
from tests.serving import launch_chromium_in, serving

PATIENCE = 1000 * waiting.PATIENCE
"""Milliseconds that a step may take, those without a limit of their own among them."""

TROUBLE = ("Traceback", "ERROR", "Exception")


@dataclass
class Server:
    """A running application: its address, its folder of stores and what it wrote to its log."""

    url: str
    home: Path
    log: Path
    shared: bool = False
    """Whether other tests look at it too, so that each leaves it as it found it."""
    read: int = 0

    @property
    def hold(self) -> Path:
        """Return the file that keeps forecasts of this server from going on while it is there."""
        return self.home / HOLD

    def kept(self) -> list[str]:
        """Return what lies in the folders of the home that the page shows."""
        folders = ("stores", "verification", "altimetry", "uploads", "weights", "runs")
        return sorted(f"{folder}/{path.name}" for folder in folders for path in (self.home / folder).glob("*"))

    def trouble(self) -> str:
        """Return the lines since the last look at the log where it tells of an error; empty where it tells of none."""
        lines = self.log.read_text().splitlines()
        fresh, self.read = lines[self.read :], len(lines)
        return "\n".join(fresh) if any(word in line for line in fresh for word in TROUBLE) else ""


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a forecast with all its parts, its reference and an analysis on the 90 x 180 grid; returns their home."""
    home = tmp_path_factory.mktemp("made-home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GOMS_HOME", str(home))
        grid = coarsened(8)
        parts = all_parts(coarsened(16))
        write_forecast(grid, parts=parts)
        write_forecast(grid, kind="reference", shift=3.0, parts=parts)
        write_analysis(grid)
    return home


@contextmanager
def application(home: Path, shared: bool = False) -> Iterator[Server]:
    """Serve a home until the block ends; the server is stopped by its own process id and must end well."""
    log = home / "server.log"
    command = [sys.executable, "-m", "tests.browser.application", "--port", "0", "--home", str(home)]
    with serving([*command, "--grid-factor", "8", "--no-first-run"], log) as served:
        yield Server(served.url, home, log, shared)
    assert served.process.returncode == 0, log.read_text()


@pytest.fixture(scope="session")
def server(made_home: Path) -> Iterator[Server]:
    """Serve the stores to all tests that leave them as they are."""
    with application(made_home, shared=True) as running:
        yield running


@pytest.fixture(scope="module")
def own_server(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the stores to the tests of one module, which may write, run forecasts and leave them under way.

    Its name belongs into TOGETHER of `tests.conftest`: on two processes it would be served twice.
    """
    home = tmp_path_factory.mktemp("own-home")
    shutil.copytree(made_home / "stores", home / "stores")
    with application(home) as running:
        yield running


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Start a Chromium that all tests share, with a folder of its own: what it has compiled of the page's scripts it keeps."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        context = launch_chromium_in(playwright, tmp_path_factory.mktemp("chromium"))
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


@contextmanager
def fresh_page(chromium: BrowserContext, width: int = 1400, height: int = 900) -> Iterator[Page]:
    """Open a page that meets nothing of the pages before it but files in the cache; whatever it opens is closed with it."""
    page = chromium.new_page()
    chromium.clear_permissions()
    chromium.clear_cookies()
    chromium.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    page.set_viewport_size({"width": width, "height": height})
    yield page
    for each in chromium.pages[1:]:
        each.close()


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
        self.page.wait_for_function(f"() => globalThis.goms?.state && ({condition})")

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a condition of the test's own holds."""
        waiting.wait(condition, lambda seconds: self.page.wait_for_timeout(1000 * seconds))

    def state(self) -> dict[str, Any]:
        """Return what the maps tell of themselves."""
        return dict(self.page.evaluate("goms.state()"))

    def choose(self, label: str, option: str) -> None:
        """Choose `option` of the list called `label`."""
        self.page.get_by_role("combobox", name=label, exact=True).click()
        self.page.get_by_role("listbox").get_by_role("option", name=option, exact=True).click()
        expect(self.page.get_by_role("listbox")).to_have_count(0)

    def press(self, name: str) -> None:
        """Press the button called `name`."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def address_has(self, *parts: str) -> None:
        """Wait until the address bar holds each of `parts`."""
        for part in parts:
            self.page.wait_for_function("part => location.search.includes(part)", arg=part)

    def see(self, text: str) -> None:
        """Wait until `text` is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)

    def told(self, words: str) -> None:
        """Wait until a message that passes has held `words`, whether it has passed meanwhile or not."""
        self.page.wait_for_function("(words) => messages.some((text) => text.includes(words))", arg=words)

    def chart(self, *words: str) -> None:
        """Wait for a chart with each of `words` in its title: Bokeh writes it on a canvas, so the document is asked."""
        for each in words:
            self.page.wait_for_function(f"(words) => {TITLES}.some((title) => title.includes(words))", arg=each)

    def picture(self, panel: int = 0) -> str:
        """Return a fingerprint of the pixels of a map."""
        return str(self.page.evaluate(PICTURE, panel))


KEEP_MESSAGES = """globalThis.messages = [];
new MutationObserver(() => {
    for (const { textContent } of document.querySelectorAll("#notistack-container .MuiAlert-message"))
        if (!messages.includes(textContent)) messages.push(textContent);
}).observe(document, { childList: true, subtree: true, characterData: true });"""
"""Keeps the messages of a page, which pass after some seconds."""

TITLES = "Bokeh.documents.flatMap((one) => [...one._all_models.values()].map((m) => m.title?.text ?? ''))"

PICTURE = """(panel) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const canvas = all(document).filter((one) => one.className === "picture")[panel];
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 97) sum = (sum * 31 + data[i]) >>> 0;
    return `${canvas.width}x${canvas.height}:${sum}`;
}"""


@pytest.fixture
def visit(server: Server, chromium: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Visit the page at 1400 x 900 (another size by `indirect`); fails on any error of console, page, network or server."""
    before = server.kept()
    with fresh_page(chromium, *getattr(request, "param", (1400, 900))) as page:
        page.add_init_script(KEEP_MESSAGES)
        made = Visit(page, server)
        page.on("console", lambda message: made.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: made.errors.append(str(error)))
        page.on("requestfailed", lambda asked: made.errors.append(f"failed: {asked.url}") if outside(asked.url, server) else None)
        page.on("request", lambda asked: made.errors.append(f"outside: {asked.url}") if outside(asked.url, server) else None)
        yield made
    assert made.errors == []
    assert server.trouble() == ""
    assert not server.shared or server.kept() == before, "other tests see what this one left: take it away, or use own_server"


@pytest.fixture
def scored(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Keep a result of two models in the server's home for one test, and return its name."""
    monkeypatch.setenv("GOMS_HOME", str(server.home))
    kept = keep_result(made_result())
    yield kept.stem
    kept.unlink()


def outside(url: str, server: Server) -> bool:
    """Return whether an address is not the server's own: the page must work with no network."""
    return not url.startswith((server.url, "data:", "blob:"))


def is_dark(visit: Visit) -> bool:
    """Return whether the page's ground is dark."""
    colour = visit.page.locator("main").first.evaluate("element => getComputedStyle(element).backgroundColor")
    numbers = [int(number) for number in re.findall(r"\d+", colour)[:3]]
    return sum(numbers) < 200
