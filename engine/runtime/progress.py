"""Progress reports of long work: the type of the function that is called with a share and a sentence."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the finished fraction (0 to 1) and a few words on what is being done."""


def no_progress(fraction: float, doing: str) -> None:
    """Ignore the report."""
