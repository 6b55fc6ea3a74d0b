"""Work of a view off the page's own thread, where only the answer to the last question is drawn."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from typing import Any

import panel as pn

from app.language import language, say, speaking
from app.services import Services
from app.text import Text
from engine.errors import InputError

LOGGER = logging.getLogger(__name__)

READING = "Reading the store …"
FAILED = "This could not be read ({error}); the log of the server says more."

PAUSES = (2.0, 10.0, 30.0)
"""Seconds after which what failed is asked again by itself: a disk or a network may be back."""

Failed = Callable[[str, Callable[[], None]], None]
"""Shows words and what asks once more."""


class Latest:
    """Runs one kind of work; the same question is asked once, and an answer after a newer question is thrown away.

    Where the work or the drawing of its answer fails, `failed(words, again)` is called on the session's own loop, with what
    asks once more; what is not refused is asked again by itself a few times.
    """

    def __init__(self, services: Services, failed: Failed | None = None) -> None:
        self._services, self._failed = services, failed
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
                    self._failed(said_of(problem), again)
            if pauses and not isinstance(problem, InputError) and self._document is not None:
                self._document.add_timeout_callback(again, round(1000 * pauses[0]))

        def in_session(result: Any) -> None:
            if self._document is not None and self._document.session_context is not None and needed():
                self._document.add_next_tick_callback(partial(show, result))

        def then(result: Any) -> None:
            if loop is None:
                show(result)
                return
            # A document is not for two threads: while the loop holds its events back, a callback added by another is lost.
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(in_session, result)

        self._services.in_background(in_words, then, needed)


def _drawn(draw: Callable[[Any], None], result: Any) -> Exception | None:
    """Draw a result and return None, or what went wrong."""
    try:
        draw(result)
    except Exception as error:
        LOGGER.exception("an answer could not be drawn")
        return error
    return None


def said_of(problem: Exception) -> str:
    """Return what a visitor is told of a failure: a refusal as it is, else what kind of error it was."""
    if isinstance(problem, InputError):
        return str(problem)
    kind = problem.strerror if isinstance(problem, OSError) and problem.strerror else type(problem).__name__
    return say(FAILED, error=kind)


def chart_pane(height: int = 150) -> pn.pane.HoloViews:
    """Return an empty pane for one chart of at least so many pixels in height; charts side by side share no axes."""
    return pn.pane.HoloViews(
        None, linked_axes=False, sizing_mode="stretch_both", min_width=180, min_height=height, margin=0,
        styles={"flex": "1 1 240px"},
    )  # fmt: skip


class ChartBox:
    """Charts beside or below each other, and a few quiet words where there is none."""

    def __init__(self, count: int, height: int = 150, direction: str = "row") -> None:
        self.panes = [chart_pane(height) for _ in range(count)]
        self._said = READING
        self.layout = pn.FlexBox(
            quiet_words(say(READING)), sizing_mode="stretch_both", flex_direction=direction, gap="8px", min_width=180,
            min_height=height, flex_wrap="wrap" if direction == "row" else "nowrap", styles={"flex": "1 1 240px"},
        )  # fmt: skip

    def put(self, charts: list[Any], words: str = "") -> None:
        """Show these charts, or `words` where there are none."""
        for pane, chart in zip(self.panes, charts, strict=False):
            pane.object = chart
        # Not by hiding one: Panel hands what changes of a hidden plot's pane on to the plot, which refuses it.
        shown = self.panes[: len(charts)]
        if shown and list(self.layout.objects) != shown:
            self.layout.objects = shown
        elif not shown and self._said != words:
            self.layout.objects = [quiet_words(words)]
        self._said = "" if shown else words

    def fail(self, words: str, again: Callable[[], None]) -> None:
        """Show what went wrong and a button that tries once more."""

        def retry(_: Any) -> None:
            self.put([], say(READING))
            again()

        self.layout.objects = trouble(words, retry)
        self._said = ""


def trouble(words: str, retry: Callable[[Any], None]) -> list[Any]:
    """Return what is shown where something failed: the words and a button."""
    button = pn.widgets.Button(label=say("Try again"), color="primary", variant="outline", margin=(12, 16))
    button.on_click(retry)
    return [quiet_words(words), button]


def quiet_words(words: str, kind: str = "body", margin: tuple[int, int] = (24, 16)) -> Text:
    """Return words in the page's second colour."""
    return Text(words, kind, margin=margin, styles={"color": "var(--mui-palette-text-secondary, #52626d)"})
