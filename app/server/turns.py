"""Sessions are made in turn, and between two the server serves: a page that is made is not kept waiting by those to come."""

import asyncio
from typing import Any

from bokeh.application.handlers.lifecycle import LifecycleHandler

QUIET = 0.02
"""Seconds without any other work after which the next session is made: a browser near by has answered in that time."""
LONGEST = 0.5
"""Seconds after which it is made in any case."""


class InTurn(LifecycleHandler):
    """A part of an application that holds each new session back until the loop has done what else came in.

    A session takes the loop as long as it is made, and a page needs a dozen turns of the loop until it is there: its websocket,
    its document, its frames. With one turn between two sessions, of pages asked for at once the first would come with the last.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    async def on_session_created(self, session_context: Any) -> None:
        """Wait for the turn of a session, and until the loop has nothing else to do."""
        async with self._turn:
            await _quiet()


async def _quiet() -> None:
    """Return once the loop was idle for QUIET seconds, or after LONGEST."""
    clock = asyncio.get_running_loop().time
    began = before = clock()
    while True:
        await asyncio.sleep(QUIET)
        now = clock()
        # A sleep that lasts longer was held up by other work.
        if now - before < 2 * QUIET or now - began > LONGEST:
            return
        before = now


def take_turns(application: Any) -> None:
    """Make the sessions of every page of a server's application in turn."""
    for context in application.applications.values():
        context.application.add(InTurn())
