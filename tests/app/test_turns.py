"""Between two sessions the server listens."""

import asyncio

from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler

from app.turns import InTurn


def test_an_application_that_takes_turns_still_makes_its_page() -> None:
    made = Application(FunctionHandler(lambda document: setattr(document, "title", "a page")), InTurn()).create_document()
    assert made.title == "a page"


def test_between_two_sessions_everything_else_has_a_turn() -> None:
    made: list[int] = []
    seen: list[int] = []

    async def session(turns: InTurn, number: int) -> None:
        await turns.on_session_created(None)
        made.append(number)

    async def all_else() -> None:
        while len(made) < 5:
            seen.append(len(made))
            await asyncio.sleep(0)

    async def all_at_once() -> None:
        turns = InTurn()
        await asyncio.gather(all_else(), *(session(turns, number) for number in range(5)))

    asyncio.run(all_at_once())
    assert made == [0, 1, 2, 3, 4] and set(seen) == {0, 1, 2, 3, 4}
