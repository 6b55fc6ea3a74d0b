"""The server goes away and comes back: pages say so, and go on where they were."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from engine.grid import coarsened
from tests.app.made_stores import write_eddies, write_forecast
from tests.browser.conftest import PATIENCE
from tests.serving import Served, serving

pytestmark = pytest.mark.browser

LOST = "The server does not answer. This page comes back by itself"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a forecast and a store of eddies."""
    folder = tmp_path_factory.mktemp("goms-away")
    before = dict(os.environ)
    os.environ["GOMS_HOME"] = str(folder)
    try:
        write_forecast(coarsened(8), days=8)
        write_eddies(kuroshio=True)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return folder


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page whose console may hold errors: what is asked of a server that is away fails."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


def serve(home: Path, port: int = 0) -> AbstractContextManager[Served]:
    """Serve a home on a port, by default any."""
    command = [sys.executable, "-m", "app", "--port", str(port), "--home", str(home), "--grid-factor", "8", "--no-first-run"]
    return serving(command)


def until(page: Page, condition: str) -> None:
    """Wait until a condition on what the maps tell of themselves holds."""
    page.wait_for_function(f"() => globalThis.goms?.state && ({condition})", timeout=PATIENCE)


def end(served: Served) -> int:
    """End a server at once, as a machine that fails would, and return its port."""
    served.process.kill()
    served.process.wait()
    return int(urlsplit(served.url).port or 0)


@pytest.mark.parametrize("address", ["", "&embed=1"])
def test_a_page_says_that_its_server_is_away_and_comes_back_with_the_same_view(home: Path, page: Page, address: str) -> None:
    with serve(home) as first:
        page.goto(f"{first.url}/?variable=so&depth=100&palette=haline&lat=30&lon=150&span=60{address}")
        until(page, "goms.state().panels[0]?.drawn && goms.state().panels[0].quantity.startsWith('Salinity at 100 m')")
        page.locator(".map").first.focus()
        page.keyboard.press("End")
        until(page, "goms.state().lead === 8")
        port = end(first)
        expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible(timeout=PATIENCE)
        began = page.evaluate("performance.timeOrigin")
    with serve(home, port):
        until(page, f"performance.timeOrigin > {began} && goms.state().panels[0]?.drawn")
        until(page, "goms.state().lead === 8 && goms.state().panels[0].quantity.startsWith('Salinity at 100 m')")
        view = page.evaluate("goms.state().view")
        assert (view["lat"], view["lon"], view["span"]) == pytest.approx((30, 150, 60), abs=1)
        expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(0)


def test_the_show_says_that_its_server_is_away_and_goes_on(home: Path, page: Page) -> None:
    with serve(home) as first:
        page.goto(f"{first.url}/show?scene=gulf_stream")
        until(page, "goms.state().drawn")
        port = end(first)
        page.keyboard.press("ArrowRight")
        expect(page.locator(".caption").first).to_contain_text("The server does not answer", timeout=PATIENCE)
    with serve(home, port):
        until(page, "goms.state().drawn")
        expect(page.locator(".caption").first).not_to_contain_text("The server does not answer", timeout=PATIENCE)


@pytest.mark.parametrize("status", [None, 500])
def test_maps_ask_again_for_frames_that_did_not_come(home: Path, page: Page, status: int | None) -> None:
    def answer(route: Route) -> None:
        if status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="Internal Server Error")

    with serve(home) as served:
        page.route("**/frames/**", answer)
        page.goto(served.url)
        words = "The server does not answer; it is asked again." if status is None else "The server answered 500"
        expect(page.locator(".empty").first).to_have_text(words, timeout=PATIENCE)
        page.unroute("**/frames/**")
        until(page, "goms.state().panels[0].drawn && goms.state().complete")
        expect(page.locator(".empty").first).to_be_hidden()


def test_eddies_are_asked_for_again_after_the_network_failed(home: Path, page: Page) -> None:
    with serve(home) as served:
        page.route("**/eddies/**", lambda route: route.abort())
        page.goto(
            f"{served.url}/?source=store:small__eddies__20190223__4d/kuroshio&variable=zos&lat=35&lon=150&span=48&layers=eddies"
        )
        expect(page.locator(".eddy-note")).to_have_text("The server does not answer; it is asked again.", timeout=PATIENCE)
        page.unroute("**/eddies/**")
        until(page, "goms.state().panels[0].overlay.eddies === 2")
