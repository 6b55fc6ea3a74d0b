"""Synchronous and write-behind tasks: in the caller's thread, or behind it in order, so that writing overlaps with computing."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

Do = Callable[[Callable[[], object]], None]
"""Runs a task, now or later."""


@contextmanager
def synchronous() -> Iterator[Do]:
    """Give a function that runs a task while the caller waits."""

    def do(work: Callable[[], object]) -> None:
        work()

    yield do


@contextmanager
def write_behind() -> Iterator[Do]:
    """Give a function that runs a task on another thread, in the order of the calls.

    A call waits until the previous task is done and raises its error, if any; leaving the context waits for the last task. At
    most one task's data is in memory.
    """
    doing: list[Future[object]] = []

    def wait() -> None:
        while doing:
            doing.pop().result()

    with ThreadPoolExecutor(1) as pool:

        def do(work: Callable[[], object]) -> None:
            wait()
            doing.append(pool.submit(work))

        yield do
        wait()
