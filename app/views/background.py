"""Work of a view off the page's own thread, where only the answer to the last question is drawn."""

from collections.abc import Callable, Hashable
from typing import Any

import panel as pn

from app.language import language, say, speaking
from app.services import Services
from app.text import Text

READING = "Reading the store …"


class Latest:
    """Runs one kind of work; the same question is asked once, and an answer after a newer question is thrown away."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._number = 0
        self._asked: Hashable = None
        self._document = pn.state.curdoc

    def run(self, asked: Hashable, work: Callable[[], Any], draw: Callable[[Any], None]) -> None:
        """Do `work` in the pool, then `draw(result)` on the session's own loop; an InputError draws nothing.

        Nothing is done where `asked`, all that the work depends on, is what was asked last.
        """
        if asked == self._asked:
            return
        self._asked = asked
        self._number += 1
        number, spoken = self._number, language()

        def in_words() -> Any:
            with speaking(spoken):
                return work()

        def needed() -> bool:
            return number == self._number

        def then(result: Any) -> None:
            if isinstance(result, Exception) or not needed():
                return

            def show() -> None:
                if needed():
                    draw(result)

            if self._document is None:
                show()
            elif self._document.session_context is not None:
                self._document.add_next_tick_callback(show)

        self._services.in_background(in_words, then, needed)

    def forget(self) -> None:
        """Take back the last question: its answer is not drawn, and it may be asked again."""
        self._asked = None
        self._number += 1


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


def quiet_words(words: str, kind: str = "body", margin: tuple[int, int] = (24, 16)) -> Text:
    """Return words in the page's second colour."""
    return Text(words, kind, margin=margin, styles={"color": "var(--mui-palette-text-secondary, #52626d)"})
