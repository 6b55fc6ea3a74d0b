"""Failures of the machine: a full or locked disk and too little memory become errors with a remedy."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.runtime.errors import InputError, ModelError, ResourceError

ANOTHER_FOLDER = "free space (`goms stores` shows sizes) or choose a folder that can be written with --home"
MORE_MEMORY = "close other programs or ask for less at a time"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCKED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.ENOENT, errno.EISDIR, errno.EEXIST, errno.ELOOP}
_MOST_SHOWN = 160
_NOTHING_FREE = 1 << 20


def failure_of(error: BaseException) -> InputError | ModelError | None:
    """Return `error` as a failure for a user: itself, or the one that an OSError, MemoryError or error of PyTorch means.

    None for any other error, which is a fault of the program and keeps its traceback.
    """
    if isinstance(error, InputError | ModelError):
        return error
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error).lower()):
        said = str(error).strip().splitlines()
        return ResourceError(f"the memory does not suffice ({said[0][:_MOST_SHOWN] if said else 'no detail'}): {MORE_MEMORY}")
    if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
        return None
    if error.errno == errno.ENAMETOOLONG:
        return InputError(f"{_path(error, 40)}... is too long for the name of a file; expected at most 255 bytes: shorten it")
    return ResourceError(f"{_path(error)}: {reason(error)}")


def reason(error: OSError) -> str:
    """Return why a file could not be read or written, and what to do about it."""
    why = error.strerror or str(error)
    if error.errno in _FULL:
        return f"could not be written ({why}): {ANOTHER_FOLDER}"
    if error.errno in _LOCKED:
        return f"is not open to this program ({why}): change its permissions, or choose another folder with --home"
    if error.errno in _NO_FOLDER:
        return f"is not what it should be ({why}): check the path"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"cannot be opened beside so many other files ({why}): give fewer files, or raise `ulimit -n`"
    return f"could not be read or written ({why}): check the disk"


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn the RuntimeError with which NetCDF and PyTorch end where they cannot write to `path` into the OSError behind it."""
    try:
        yield
    except RuntimeError as error:
        full = shutil.disk_usage(path.parent).free < _NOTHING_FREE
        code, why = (errno.ENOSPC, os.strerror(errno.ENOSPC)) if full else (errno.EIO, f"{error}; is there space?")
        raise OSError(code, why, str(path)) from error


def _path(error: OSError, most: int = _MOST_SHOWN) -> str:
    return os.fsdecode(error.filename)[:most] if isinstance(error.filename, str | bytes | os.PathLike) else "a file"
