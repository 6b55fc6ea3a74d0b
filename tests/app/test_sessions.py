"""Sessions come and go: nothing of a closed page stays behind, and frames are made once for all who look at the same."""

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.request import urlopen

import panel as pn
import pytest
from bokeh.models import ImportedStyleSheet

from app.data.layer_sources import open_frames
from app.data.readers import DisplayReader
from app.frames.http import patterns
from app.jobs.queue import Jobs
from app.server.options import parser, sharing
from app.server.serve import made_server
from app.services.options import Options
from app.services.services import Services
from app.session.session import Session
from engine.schema.grid import Grid
from tests.app.made_stores import write_forecast
from tests.serving import serving_here
from tests.visitors import Visitor
from tests.waiting import PATIENCE, wait

DAY = 86_400_000
"""Milliseconds for which a session waits for its page, until the test says that pages come back no more."""


class Served:
    """The page with weak references to all sessions it made, and its server while it is served."""

    server: Any

    def __init__(self, services: Services) -> None:
        self.sessions: list[weakref.ref[Session]] = []
        self.documents: list[weakref.ref[Any]] = []
        self._services = services

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def forget_closed_pages(self) -> None:
        """Let sessions end as soon as their page is closed."""
        self.server._tornado._unused_session_lifetime_milliseconds = 1

    def alive(self) -> int:
        """Return how many sessions or documents are still in memory, whichever are more."""
        gc.collect()
        return max(sum(held() is not None for held in kind) for kind in (self.sessions, self.documents))

    def page(self) -> Any:
        session = Session(self._services)
        self.sessions.append(weakref.ref(session))
        self.documents.append(weakref.ref(pn.state.curdoc))
        return session.page


@pytest.fixture
def services(small_grid: Grid) -> Iterator[Services]:
    write_forecast(small_grid)
    write_forecast(small_grid, kind="reference", shift=3.0)
    made = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    made.warm()
    yield made
    made.close()


@pytest.fixture
def served(services: Services) -> Iterator[Served]:
    pn.extension(notifications=True)
    Session(services)  # what is imported on first use is there before Panel records what a page imports
    made = Served(services)
    options = {"check_unused_sessions_milliseconds": 200, "unused_session_lifetime_milliseconds": DAY}
    with serving_here(made.page, extra_patterns=patterns(partial(open_frames, services.readers)), **options) as made.server:
        yield made


def test_a_session_is_gone_from_memory_after_its_page_was_closed(served: Served) -> None:
    for number in range(4):
        visitor = Visitor(served.url, "?compare=reference")
        assert len(served.sessions) == number + 1
        visitor.close()
    served.forget_closed_pages()
    # The last one may still be the current one of a thread or a timer; those before it are held by nobody.
    wait(lambda: served.alive() <= 1)


def test_a_visitor_without_a_browser_misses_nothing_that_the_server_says_before_it_answers(served: Served) -> None:
    visitor = Visitor(served.url, "?compare=reference")
    for day, name in enumerate(["so", "zos", "thetao"]):
        visitor.choose_variable(name)
        visitor.go_to(day)
        assert [panel["variable"] for panel in visitor.map["panels"][:2]] == [name, name]
        assert visitor.map["playhead"] == day
    visitor.wait_for_chart()
    visitor.close()


def test_nothing_of_a_page_comes_from_a_distant_host_however_early_it_is_drawn(services: Services) -> None:
    server = made_server(services, sharing(parser().parse_args([])), address="127.0.0.1", port=0)
    try:
        # As it is before Panel sends it: what is sent later is taken from here.
        document = server._tornado.applications["/"].application.create_document()
        sheets = [sheet.url for root in document.roots for sheet in root.select({"type": ImportedStyleSheet})]
        assert sheets and [url for url in sheets if url.startswith("http")] == []
    finally:
        server.stop()


def test_frames_are_made_once_for_all_who_look_at_the_same(
    served: Served, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, int]] = []
    read = DisplayReader.read

    def counted(self: DisplayReader, variable: str, lead: int, depth_index: int = 0) -> Any:
        made.append((variable, lead))
        return read(self, variable, lead, depth_index)

    monkeypatch.setattr(DisplayReader, "read", counted)
    store = next(store for store in services.stores.all() if store.kind == "forecast")
    leads = ",".join(str(lead) for lead in range(1, 6))
    view = "south=-80&north=90&west=20&east=380&width=180&height=90&revision=1"
    address = f"{served.url}/frames/{store.identifier}/thetao/0/{leads}?{view}"

    def ask(_: int) -> bytes:
        return bytes(urlopen(address, timeout=PATIENCE).read())

    with ThreadPoolExecutor(12) as visitors:
        bodies = set(visitors.map(ask, range(12)))
    assert len(bodies) == 1
    assert sorted(made) == [("thetao", lead) for lead in range(1, 6)]
