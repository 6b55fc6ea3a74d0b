"""Elements of HTML for reports."""

from collections.abc import Sequence
from html import escape

Table = tuple[Sequence[str], Sequence[Sequence[object]]]
"""Names of the columns, and the lines."""


def heading(text: str) -> str:
    """Return a heading of the second level."""
    return f"<h2>{escape(text)}</h2>"


def folded(title: str, content: str) -> str:
    """Return HTML `content` that a click on its title opens."""
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def table(content: Table, mark_behind: bool = False) -> str:
    """Return a table; with `mark_behind` a line whose last number is not negative is highlighted."""
    head, lines = content
    names = "".join(_cell("th", name) for name in head)
    rows = []
    for line in lines:
        marked = mark_behind and isinstance(line[-1], float) and line[-1] >= 0
        rows.append(f"<tr{' class=behind' if marked else ''}>{''.join(_cell('td', value) for value in line)}</tr>")
    return f'<div class="wide"><table><tr>{names}</tr>{"".join(rows)}</table></div>'


def _cell(tag: str, value: object) -> str:
    if value is None:
        return f"<{tag}>-</{tag}>"
    if isinstance(value, str):
        return f"<{tag} class=text>{escape(value.replace('_', ' '))}</{tag}>"
    return f"<{tag}>{value:.3g}</{tag}>" if isinstance(value, float) else f"<{tag}>{value}</{tag}>"
