"""A box of charts: what it depends on, and how it is made in any thread."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

Charts = tuple[list[Any], str]
"""Elements of HoloViews, and the words that are said of them or, where there are none, in their place."""


@dataclass(frozen=True)
class Drawing:
    """Charts to be made of one scene; two drawings of equal `key` are the same."""

    key: Hashable
    """All that the charts depend on; None where nothing is to be read, and `make` returns words at once."""
    make: Callable[[], Charts]
    """Reads the stores and returns the charts; raises InputError where it cannot."""
    title: str = ""


def only_words(words: str) -> Drawing:
    """Return the drawing of no chart: `words` in its place."""
    return Drawing(None, lambda: ([], words))
