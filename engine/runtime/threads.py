"""Pieces of work shared by threads that compute alone, so that a core which another program keeps busy delays one piece only."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier
from typing import TypeVar

import torch

MOST = 4
"""Threads among which pieces are shared: each holds the fields of a piece in memory."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def each(work: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
    """Return what `work` makes of each piece, in order; a thread takes the next piece as soon as it is done with one.

    PyTorch's own threads share every single operation and wait at its end for the slowest, hundreds of times a day: beside a
    program that keeps one of two cores busy a forecast so took seven times as long.
    """
    threads = torch.get_num_threads()
    count = min(threads, MOST, len(pieces))
    if count <= 1:
        return [work(piece) for piece in pieces]
    return list(_pool(count).map(work, pieces))


def alone(work: Callable[[], Result]) -> Result:
    """Return what `work` makes in a thread that computes without others' help."""
    return _pool(1).submit(work).result()


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Return `count` threads that compute without others' help."""
    usual = torch.get_num_threads()
    pool = ThreadPoolExecutor(count, "tile", _compute_alone)
    # All begin now, because what a thread sets for itself is also what threads to come are given.
    together = Barrier(count + 1)
    for _ in range(count):
        pool.submit(together.wait)
    together.wait()
    torch.set_num_threads(usual)
    return pool


def _compute_alone() -> None:
    torch.set_num_threads(1)
    # Asked for, because a thread that has not used its number yet takes the latest that any thread has set.
    torch.get_num_threads()
