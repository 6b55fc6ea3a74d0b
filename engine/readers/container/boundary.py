"""The boundary around the libraries that read a provider's files: any of their errors becomes one InputError."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from engine.runtime.errors import InputError

FAULTS = (OSError, RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError, MemoryError)
"""Errors that netCDF4, HDF5, numpy and cftime raised on damaged files."""

_step: ContextVar[Callable[[str], None] | None] = ContextVar("step", default=None)


@contextmanager
def reading(path: Path, what: str = "its header") -> Iterator[None]:
    """Turn any error of a library that reads `what` of the file `path` into an InputError that names both and the remedy."""
    step = _step.get()
    if step is not None:
        step(f"{path}: {what}")
    try:
        yield
    except InputError:
        raise
    except MemoryError as error:
        raise InputError(
            f"{path}: {what} needs more memory than the reader may take; expected a global day at 1/12 degree or less: cut out "
            "a smaller box"
        ) from error
    except FAULTS as error:
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        reason = " ".join(told.split())[:200]
        raise InputError(f"{path}: {what} cannot be read ({reason}); expected a whole NetCDF file: download it again") from error


@contextmanager
def watched(step: Callable[[str], None]) -> Iterator[None]:
    """Call `step` with a description at the start of each opening and reading inside, so that a watcher sees progress."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)
