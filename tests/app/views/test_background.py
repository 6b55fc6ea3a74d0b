"""Work behind a chart: what fails is shown with a way to try again, and what failed once can succeed later."""

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import panel as pn
import pytest
from panel.io.state import set_curdoc

from app.services import Options, Services
from app.text import Text
from app.views import background
from app.views.background import READING, ChartBox, Latest, said_of
from engine.errors import InputError
from tests.waiting import PATIENCE


class AtOnce(Services):
    """Does work where it is asked for."""

    def __init__(self) -> None:
        super().__init__(Options(grid_factor=8, first_run=False))
        self.pool.shutdown()
        self.pool = self  # type: ignore[assignment]

    def submit(self, work: Callable[[], None]) -> None:  # type: ignore[override]
        work()


@pytest.fixture
def box() -> ChartBox:
    return ChartBox(1)


def shown(box: ChartBox) -> str:
    return " ".join(str(each.object) for each in box.layout.objects if isinstance(each, Text))


def press(box: ChartBox) -> None:
    (button,) = (each for each in box.layout.objects if isinstance(each, pn.widgets.Button))
    assert button.label == "Try again"
    button.clicks += 1


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (InputError("store x has no salinity"), "store x has no salinity"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (KeyError("depth"), "KeyError"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_what_failed_is_said_and_made_once_more_on_request(box: ChartBox, problem: Exception, words: str) -> None:
    problems, made = [problem], list[str]()
    latest = Latest(AtOnce(), box.fail)

    def work() -> str:
        if problems:
            raise problems.pop()
        return "values"

    latest.run("asked", work, made.append)
    assert words in shown(box) and READING not in shown(box) and made == []
    press(box)
    assert made == ["values"]


def test_a_chart_that_cannot_be_drawn_is_a_failure_too(box: ChartBox) -> None:
    def draw(_: Any) -> None:
        raise ValueError("no such colour")

    Latest(AtOnce(), box.fail).run("asked", lambda: 1, draw)
    assert "ValueError" in shown(box)


def test_charts_take_the_place_of_what_was_said(box: ChartBox) -> None:
    box.fail("it failed", lambda: None)
    box.put([], "no water")
    assert shown(box) == "no water"


def test_what_failed_for_an_older_question_is_not_shown(box: ChartBox) -> None:
    latest = Latest(AtOnce(), box.fail)

    def work() -> None:
        latest.forget()
        raise OSError("gone")

    latest.run("asked", work, lambda _: None)
    assert shown(box) == READING


def test_a_failure_is_asked_again_by_itself_but_a_refusal_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[Callable[[], None]] = []

    class Document:
        session_context = object()

        def add_next_tick_callback(self, work: Callable[[], None]) -> None:
            work()

        def add_timeout_callback(self, work: Callable[[], None], milliseconds: int) -> None:
            timers.append(work)

    asked: list[int] = []
    latest = Latest(AtOnce())
    latest._document = Document()  # type: ignore[assignment]

    def fails() -> None:
        asked.append(1)
        raise OSError(5, "Input/output error")

    def refuses() -> None:
        raise InputError("no")

    async def visited() -> None:
        latest.run("one", fails, lambda _: None)
        await asyncio.sleep(0)
        while timers:
            timers.pop()()
            await asyncio.sleep(0)
        assert len(asked) == 1 + len(background.PAUSES)
        latest.run("two", refuses, lambda _: None)
        await asyncio.sleep(0)
        assert timers == []

    asyncio.run(visited())


def test_what_a_visitor_is_told_names_no_folder_of_the_server() -> None:
    assert "/secret" not in said_of(OSError(5, "Input/output error", "/secret/stores"))


def test_an_answer_of_another_thread_comes_though_the_document_is_held_when_it_is_ready() -> None:
    """A callback that a thread adds to a document whose events are held, or are just being let go, is lost."""
    drawn, threads = list[str](), list[int]()

    class Page:
        session_context = SimpleNamespace(session=None)

        def add_next_tick_callback(self, callback: Callable[[], None]) -> None:
            threads.append(threading.get_ident())
            callback()

    async def visited() -> None:
        services = Services(Options(grid_factor=8, first_run=False))
        try:
            with set_curdoc(Page()):
                latest = Latest(services)
            latest.run("asked", lambda: "values", drawn.append)
            while not drawn:
                await asyncio.sleep(0.01)
        finally:
            services.close()

    asyncio.run(asyncio.wait_for(visited(), PATIENCE))
    assert drawn == ["values"] and threads == [threading.get_ident()]


def test_an_answer_for_a_page_that_was_left_goes_nowhere() -> None:
    drawn = list[str]()
    page = SimpleNamespace(session_context=SimpleNamespace(session=None))

    async def left() -> None:
        with set_curdoc(page):
            latest = Latest(AtOnce())
        latest.run("asked", lambda: "values", drawn.append)
        page.session_context = None
        await asyncio.sleep(0)

    asyncio.run(left())
    assert drawn == []
