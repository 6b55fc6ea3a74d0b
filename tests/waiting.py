"""The one way in which tests wait: until a condition holds, with a limit that only a hang reaches."""

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds that any one step may take on a machine busy with other work; how fast things are is for benchmarks to say."""


def wait(condition: Callable[[], object], pause: Callable[[float], object] = time.sleep) -> None:
    """Return once `condition()` is true, looked at again after every `pause(seconds)`.

    Raises AssertionError where it is still false after PATIENCE seconds.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"it did not come to pass within {PATIENCE:g} s"
        pause(0.02)
