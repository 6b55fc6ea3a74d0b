"""Work done behind the caller's back, one piece after another: a day is written while the next is computed."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

Do = Callable[[Callable[[], object]], None]
"""Has a piece of work done."""


@contextmanager
def at_once() -> Iterator[Do]:
    """Give a function that does a piece of work while the caller waits."""

    def do(work: Callable[[], object]) -> None:
        work()

    yield do


@contextmanager
def one_behind() -> Iterator[Do]:
    """Give a function that has a piece of work done on a thread of its own, in the order of the calls.

    A call waits until the piece before is done and raises what that raised; leaving the context waits for the last one. What
    the pieces hold is so never more than one piece.
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
