"""Memory of the process: large arrays that come and go each day otherwise cost a fifth of a step in page faults."""

import ctypes
import mmap
import os
import sys
from math import prod

import torch

# PyTorch then asks Linux for huge pages, read with its first large array: the first day comes two seconds sooner.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
"""Numbers of the options in glibc's malloc.h."""


def keep_freed_memory() -> bool:
    """Tell the C library to reuse freed memory instead of giving it back; return whether it could be told (glibc only)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        option = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    # One pool for all threads: each would keep what it has freed from the others.
    return bool(option(_MMAP_MAX, 0) and option(_TRIM_THRESHOLD, 2**31 - 1) and option(_ARENA_MAX, 1))


def with_own_pages(shape: tuple[int, ...]) -> torch.Tensor:
    """Return an uninitialised float32 tensor in pages of its own, which go back to the system with it.

    A quarter of a gigabyte that comes and goes between smaller arrays would otherwise need a new place after some days.
    """
    pages = mmap.mmap(-1, 4 * prod(shape))
    if hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return torch.frombuffer(pages, dtype=torch.float32).view(shape)
