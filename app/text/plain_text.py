"""Words that are not the page's own - labels of stores, results, names of files, errors - shown as text, never as HTML.

`Text` is the one component for them: `tests/app/text/test_plain_text.py` refuses a bare pane of the library, which renders
tags, for anything but a literal. What is markup on purpose is a `markupsafe.Markup`, whose `format` escapes all that is put
into it.
"""

import html
import unicodedata
from typing import Any

import panel as pn
from markupsafe import Markup, escape

LONGEST = 100
"""Letters of a name that came from outside; what is longer is cut, since no place of the page has room for it."""

_SIZES = {"body": ("13px", "1.43"), "small": ("12px", "1.4"), "caption": ("11px", "1.66")}
"""Kind of words -> size and height of a line."""

_HEADING = Markup(
    '<h2 style="margin: 0; font: inherit; font-size: 11px; line-height: 2.66; letter-spacing: .08em; text-transform: uppercase; '
    'color: var(--mui-palette-text-secondary, #52626d)">{}</h2>'
)

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of Unicode that a name has no use for: controls, marks that turn the direction of writing, halves of letters."""


class Text(pn.pane.HTML):
    """A pane that shows a string letter by letter; of a `Markup` it renders the tags."""

    def __init__(self, words: str = "", kind: str = "body", **params: Any) -> None:
        size, height = _SIZES[kind]
        styles = {"font-size": size, "line-height": height, "overflow-wrap": "anywhere", **params.pop("styles", {})}
        super().__init__(words, styles=styles, **params)

    def _transform_object(self, obj: Any) -> dict[str, Any]:
        # Bokeh escapes the characters of markup once more.
        return {"object": html.escape(str(escape("" if obj is None else obj)))}


def heading(words: str, margin: tuple[int, ...] = (8, 10, 0, 10)) -> Text:
    """Return the heading of a group of choices; a widget of Material UI would cost a page many times as much."""
    return Text(_HEADING.format(words), margin=margin)


def plain(value: object, longest: int = LONGEST) -> str:
    """Return a name that came from outside as one line of visible letters, cut where it is longer than `longest`."""
    start = str(value)[: 4 * longest]
    kept = (letter for letter in start if letter.isspace() or unicodedata.category(letter) not in _INVISIBLE)
    words = " ".join("".join(kept).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


__all__ = ["LONGEST", "Markup", "Text", "heading", "plain"]
