"""Memory of the process: without these settings page faults of large daily arrays cost a fifth of a step."""

import ctypes
import mmap
import os
import sys
from math import prod

import torch

# PyTorch then requests huge pages from Linux, read with its first large array: the first day is two seconds faster.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
"""Numbers of the options in glibc's malloc.h."""


def keep_freed_memory() -> bool:
    """Let the C library reuse freed memory instead of returning it; return whether it supports this (glibc only)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        option = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    # One pool for all threads, since memory that one thread frees would not serve the others.
    return bool(option(_MMAP_MAX, 0) and option(_TRIM_THRESHOLD, 2**31 - 1) and option(_ARENA_MAX, 1))


def with_own_pages(shape: tuple[int, ...]) -> torch.Tensor:
    """Return an uninitialised float32 tensor in pages of its own, which are returned to the system with it.

    In shared memory a quarter of a gigabyte between smaller arrays would cause fragmentation after some days.
    """
    pages = mmap.mmap(-1, 4 * prod(shape))
    if hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return torch.frombuffer(pages, dtype=torch.float32).view(shape)
