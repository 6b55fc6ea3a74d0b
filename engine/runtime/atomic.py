"""Files and folders that appear complete or not at all: written beside their path and renamed to it."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO

PARTIAL = ".partial"
"""Ending of the names of unfinished files."""


@contextmanager
def replacing(path: Path, beside: Path | None = None, shared: bool = False) -> Iterator[Path]:
    """Give a name beside `path`; the file or folder that the block writes there becomes `path` in one step when it ends.

    A block that raises leaves `path` unchanged and removes the file beside it. `beside` is the name to use, by default
    `partial_path`'s; `shared` says that other threads or processes may write `path` at the same time. A killed process leaves its
    unfinished file: the next block with the same name removes it. Raises OSError where nothing can be written, and where `path`
    is a folder with content.
    """
    unfinished = beside or partial_path(path, shared)
    # Raises the error of the system at once where nothing can be written, since NetCDF does not report a locked disk.
    _remove(unfinished)
    try:
        yield unfinished
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            _remove(unfinished)
        raise


def write_atomically(path: Path, write: Callable[[BinaryIO], object], shared: bool = False) -> None:
    """Let `write` fill a file, wait until its content is on the disk, and put it in place of `path`, as `replacing` does."""
    with replacing(path, shared=shared) as unfinished, unfinished.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def partial_path(path: Path, shared: bool = False) -> Path:
    """Return where `path` is written until it is complete; one for each thread of each process where it is `shared`."""
    writer = f".{os.getpid()}-{threading.get_ident()}" if shared else ""
    return path.with_name(f"{path.name}{writer}{PARTIAL}")


def _remove(path: Path) -> None:
    if path.is_dir():
        rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
