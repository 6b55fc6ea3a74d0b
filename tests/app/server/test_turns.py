"""Between two sessions the server serves the pages that it made."""

import asyncio

import pytest
from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler

from app.server import turns
from app.server.turns import InTurn

STEPS = 12
"""Turns of the loop that a page needs until it is there."""


def test_an_application_that_takes_turns_still_makes_its_page() -> None:
    made = Application(FunctionHandler(lambda document: setattr(document, "title", "a page")), InTurn()).create_document()
    assert made.title == "a page"


def test_a_page_that_was_made_is_there_before_the_next_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "QUIET", 1.0)  # far longer than the steps take on a busy machine
    made: list[int] = []
    there: list[tuple[int, int]] = []

    async def page(turns: InTurn, number: int) -> None:
        await turns.on_session_created(None)
        made.append(number)
        for _ in range(STEPS):
            await asyncio.sleep(0)
        there.append((number, len(made)))

    async def all_at_once() -> None:
        turns = InTurn()
        await asyncio.gather(*(page(turns, number) for number in range(3)))

    asyncio.run(all_at_once())
    assert there == [(0, 1), (1, 2), (2, 3)]


def test_the_next_page_is_made_however_much_else_there_is_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "QUIET", 0.0)  # no sleep is as short
    monkeypatch.setattr(turns, "LONGEST", 0.1)
    asyncio.run(asyncio.wait_for(InTurn().on_session_created(None), 300))
