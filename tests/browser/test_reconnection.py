"""The server goes away and comes back: pages say so, and go on where they were."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from engine.schema.grid import coarsened
from tests.app.made_stores import write_eddies, write_forecast
from tests.browser.conftest import PATIENCE, fresh_page
from tests.serving import Served, serving

pytestmark = pytest.mark.browser

LOST = "The server does not answer. This page comes back by itself"


class Home:
    """A home with a server under way, which can be away for a while."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._under_way = ExitStack()
        self._served = self._begin(0)

    @property
    def url(self) -> str:
        """Return the address of the server, the same all the time."""
        return self._served.url

    @contextmanager
    def away(self) -> Iterator[None]:
        """End the server at once, as a machine that fails would, and begin again at the same address after the block."""
        self.end()
        try:
            yield
        finally:
            self._served = self._begin(int(urlsplit(self.url).port or 0))

    def end(self) -> None:
        """End the server for good."""
        self._served.process.kill()
        self._under_way.close()

    def _begin(self, port: int) -> Served:
        options = ["--port", str(port), "--home", str(self._folder), "--grid-factor", "8", "--no-first-run"]
        return self._under_way.enter_context(serving([sys.executable, "-m", "app", *options]))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Serve a home with a forecast and a store of eddies to all tests of the module."""
    folder = tmp_path_factory.mktemp("goms-away")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("GOMS_HOME", str(folder))
        write_forecast(coarsened(8), days=8)
        write_eddies(kuroshio=True)
    made = Home(folder)
    yield made
    made.end()


@pytest.fixture
def page(chromium: BrowserContext) -> Iterator[Page]:
    """Open a page whose console may hold errors: what is asked of a server that is away fails."""
    with fresh_page(chromium) as page:
        yield page


def until(page: Page, condition: str) -> None:
    """Wait until a condition on what the maps tell of themselves holds."""
    page.wait_for_function(f"() => globalThis.goms?.state && ({condition})", timeout=PATIENCE)


@pytest.mark.parametrize("address", ["", "&embed=1"])
def test_a_page_says_that_its_server_is_away_and_comes_back_with_the_same_view(home: Home, page: Page, address: str) -> None:
    page.goto(f"{home.url}/?variable=so&depth=100&palette=haline&lat=30&lon=150&span=60{address}")
    until(page, "goms.state().panels[0]?.drawn && goms.state().panels[0].quantity.startsWith('Salinity at 100 m')")
    page.locator(".map").first.focus()
    page.keyboard.press("End")
    until(page, "goms.state().lead === 8")
    with home.away():
        expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible(timeout=PATIENCE)
        began = page.evaluate("performance.timeOrigin")
    until(page, f"performance.timeOrigin > {began} && goms.state().panels[0]?.drawn")
    until(page, "goms.state().lead === 8 && goms.state().panels[0].quantity.startsWith('Salinity at 100 m')")
    view = page.evaluate("goms.state().view")
    assert (view["lat"], view["lon"], view["span"]) == pytest.approx((30, 150, 60), abs=1)
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(0)


def test_the_show_says_that_its_server_is_away_and_goes_on(home: Home, page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 560})
    page.goto(f"{home.url}/show?scene=gulf_stream")
    until(page, "goms.state().drawn")
    with home.away():
        page.keyboard.press("ArrowRight")
        expect(page.locator(".caption").first).to_contain_text("The server does not answer", timeout=PATIENCE)
    until(page, "goms.state().drawn")
    expect(page.locator(".caption").first).not_to_contain_text("The server does not answer", timeout=PATIENCE)


@pytest.mark.parametrize("status", [None, 500])
def test_maps_ask_again_for_frames_that_did_not_come(home: Home, page: Page, status: int | None) -> None:
    def answer(route: Route) -> None:
        if status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="Internal Server Error")

    page.route("**/frames/**", answer)
    page.goto(home.url)
    words = "The server does not answer; it is asked again." if status is None else "The server answered 500"
    expect(page.locator(".empty").first).to_have_text(words, timeout=PATIENCE)
    page.unroute("**/frames/**")
    until(page, "goms.state().panels[0].drawn && goms.state().complete")
    expect(page.locator(".empty").first).to_be_hidden()


def test_eddies_are_asked_for_again_after_the_network_failed(home: Home, page: Page) -> None:
    page.route("**/eddies/**", lambda route: route.abort())
    page.goto(f"{home.url}/?source=store:small__eddies__20190223__4d/kuroshio&variable=zos&lat=35&lon=150&span=48&layers=eddies")
    expect(page.locator(".eddy-note")).to_have_text("The server does not answer; it is asked again.", timeout=PATIENCE)
    page.unroute("**/eddies/**")
    until(page, "goms.state().panels[0].overlay.eddies === 2")
