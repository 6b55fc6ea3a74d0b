"""The saved state of a training (checkpoint) that was stopped or killed: written atomically, refused where it is damaged."""

import pickle
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ModelError
from engine.runtime.failures import failure_of, written

_FAULTS = (
    RuntimeError, EOFError, ValueError, LookupError, TypeError, AttributeError, AssertionError, pickle.UnpicklingError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""Errors that PyTorch and the parts of a training raised on damaged files."""


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write `state` into `folder` in place of the previous one, which a failure, such as a full disk, leaves intact."""
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "state.pt") as temporary, written(temporary):
        torch.save(state, temporary)


@contextmanager
def restored_state(folder: Path, device: torch.device | str = "cpu") -> Iterator[dict[str, Any]]:
    """Give the state in `folder` to a training that resumes from it.

    Raises InputError where there is none, ModelError where it is damaged or does not fit the training.
    """
    path = folder / "state.pt"
    if not path.exists():
        raise InputError(f"no training to resume in {folder}; expected {path.name}: start without --resume")
    try:
        # PyTorch writes checksums and does not verify them.
        with zipfile.ZipFile(path) as archive:
            if broken := archive.testzip():
                raise zipfile.BadZipFile(f"{broken} has another checksum")
        yield torch.load(path, map_location=device, weights_only=True)
    except _FAULTS as error:
        if failure_of(error) is not None:
            raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:160]
        raise ModelError(
            f"training state {path} is damaged or of another training ({reason}); expected what `goms train` saved: restore the "
            "file, or start without --resume"
        ) from error
