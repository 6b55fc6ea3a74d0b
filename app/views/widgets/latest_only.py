"""Work of a view off the page's own thread, where only the answer to the last question is drawn."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from typing import Any

import panel as pn

from app.services.background import Background
from app.text.failures import failure_words
from app.text.i18n import language, speaking
from engine.runtime.errors import InputError

LOGGER = logging.getLogger(__name__)


PAUSES = (2.0, 10.0, 30.0)
"""Seconds after which what failed is asked again by itself: a disk or a network may be back."""

Failed = Callable[[str, Callable[[], None]], None]
"""Shows words and what asks once more."""


class LatestOnly:
    """Runs one kind of work; the same question is asked once, and an answer after a newer question is thrown away.

    Where the work or the drawing of its answer fails, `failed(words, again)` is called on the session's own loop, with what
    asks once more; what is not refused is asked again by itself a few times.
    """

    def __init__(self, background: Background, failed: Failed | None = None) -> None:
        self._background, self._failed = background, failed
        self._number = 0
        self._asked: Hashable = None
        self._document = pn.state.curdoc

    def run(self, asked: Hashable, work: Callable[[], Any], draw: Callable[[Any], None]) -> None:
        """Do `work` in the pool, then `draw(result)` on the session's own loop.

        Nothing is done where `asked`, all that the work depends on, is what was asked last.
        """
        if asked != self._asked:
            self._asked = asked
            self._try(work, draw, list(PAUSES))

    def forget(self) -> None:
        """Take back the last question: its answer is not drawn, and it may be asked again."""
        self._asked = None
        self._number += 1

    def _try(self, work: Callable[[], Any], draw: Callable[[Any], None], pauses: list[float]) -> None:
        self._number += 1
        number, spoken = self._number, language()
        served = self._document is not None and self._document.session_context is not None
        loop = asyncio.get_running_loop() if served else None

        def in_words() -> Any:
            with speaking(spoken):
                return work()

        def needed() -> bool:
            return number == self._number

        def again() -> None:
            if needed():
                self._try(work, draw, pauses[1:])

        def show(result: Any) -> None:
            if not needed():
                return
            with speaking(spoken):
                problem = result if isinstance(result, Exception) else _drawn(draw, result)
                if problem is None:
                    return
                if self._failed is not None:
                    self._failed(failure_words(problem), again)
            if pauses and not isinstance(problem, InputError) and self._document is not None:
                self._document.add_timeout_callback(again, round(1000 * pauses[0]))

        def in_session(result: Any) -> None:
            if self._document is not None and self._document.session_context is not None and needed():
                self._document.add_next_tick_callback(partial(show, result))

        def then(result: Any) -> None:
            if loop is None:
                show(result)
                return
            # A document must not be used from two threads: a callback that another thread adds while its events are held is lost.
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(in_session, result)

        self._background.run(in_words, then, needed)


def _drawn(draw: Callable[[Any], None], result: Any) -> Exception | None:
    """Draw a result and return None, or what went wrong."""
    try:
        draw(result)
    except Exception as error:
        LOGGER.exception("an answer could not be drawn")
        return error
    return None
