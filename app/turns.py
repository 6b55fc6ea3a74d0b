"""Sessions are made in turn, and between two the server listens: a page that is made is not kept waiting by those to come."""

import asyncio
from typing import Any

from bokeh.application.handlers.lifecycle import LifecycleHandler
from bokeh.server.server import Server


class InTurn(LifecycleHandler):
    """A part of an application that holds each new session back until the loop has looked at what else came in.

    A session takes the loop as long as it is made. Without a turn, pages asked for at once would all be made before the first of
    them gets its websocket, frames or an answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    async def on_session_created(self, session_context: Any) -> None:
        """Wait for the turn of a session, one pass of the loop after the session before."""
        async with self._turn:
            await asyncio.sleep(0)


def take_turns(server: Server) -> None:
    """Make the sessions of every page of a server in turn."""
    for context in server._tornado.applications.values():
        context.application.add(InTurn())
