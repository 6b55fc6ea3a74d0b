"""A box of charts, and words in place of them while there are none."""

from collections.abc import Callable
from typing import Any

import panel as pn

from app.text.i18n import say
from app.text.plain_text import Text

READING = "Reading the store …"


def chart_pane(height: int = 150) -> pn.pane.HoloViews:
    """Return an empty pane for one chart of at least so many pixels in height; charts side by side share no axes."""
    return pn.pane.HoloViews(
        None, linked_axes=False, sizing_mode="stretch_both", min_width=180, min_height=height, margin=0,
        styles={"flex": "1 1 240px"},
    )  # fmt: skip


class ChartBox:
    """Charts beside or below each other, and a short text where there is none."""

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
        # Removed and not hidden: Panel passes later changes of a hidden pane on to its plot, which raises an error.
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
