"""Tasks shared by threads that compute alone, so that a core which another program keeps busy delays one task only."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier
from typing import TypeVar

import torch

MOST = 4
"""Most threads that share tasks, set by hand: each holds the fields of a task in memory."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def each(work: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
    """Return the result of `work` for each piece, in order; a thread takes the next piece as soon as it has finished one.

    PyTorch's own threads share every single operation and wait at its end for the slowest, hundreds of times a day: beside a
    program that keeps one of two cores busy a forecast so took seven times as long.
    """
    threads = torch.get_num_threads()
    count = min(threads, MOST, len(pieces))
    if count <= 1:
        return [work(piece) for piece in pieces]
    return list(_pool(count).map(work, pieces))


def alone(work: Callable[[], Result]) -> Result:
    """Return the result of `work` in a thread that computes alone."""
    return _pool(1).submit(work).result()


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Return `count` threads that compute alone."""
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(count, "tile", _compute_alone)
    # All start now, because later threads inherit the setting that a thread makes for itself.
    together = Barrier(count + 1)
    for _ in range(count):
        pool.submit(together.wait)
    together.wait()
    torch.set_num_threads(before)
    return pool


def _compute_alone() -> None:
    torch.set_num_threads(1)
    # Asked for, because a thread that has not used its number yet takes the latest that any thread has set.
    torch.get_num_threads()
