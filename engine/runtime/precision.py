"""The precision of matrix products: bfloat16 where the device computes it faster, float32 where it only emulates it."""

from collections.abc import Callable
from functools import cache
from time import thread_time

import torch

from engine.runtime.errors import InputError
from engine.runtime.threads import alone

PRECISIONS = ("bfloat16", "float32")
AUTO = "auto"

EARLIER_DEFAULT = "bfloat16"
"""Precision of all networks in stores and training states of earlier versions, which do not name it."""

TRIES = 5


def choose_precision(wanted: str, device: torch.device) -> str:
    """Return `wanted`, or for `auto` the quicker of `PRECISIONS` on `device`; raises InputError for another word."""
    require_precision(wanted)
    return quicker_precision(device) if wanted == AUTO else wanted


def require_precision(wanted: str) -> None:
    """Raise InputError where `wanted` is none of `auto`, bfloat16 and float32."""
    if wanted not in (AUTO, *PRECISIONS):
        raise InputError(f"precision is {wanted!r}; expected one of {', '.join((AUTO, *PRECISIONS))}")


def quicker_precision(device: torch.device) -> str:
    """Return the quicker of `PRECISIONS` on `device`, which a process finds out once."""
    if device.type == "cpu":
        return _quicker_on_the_processor()
    return "bfloat16" if device.type != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False) else "float32"


def computing(device: torch.device, precision: str) -> torch.autocast:
    """Return the context in which networks compute on `device`."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def reason(precision: str, wanted: str, device: torch.device) -> str:
    """Return in words why a network's forecast that was `wanted` in one precision is in `precision`."""
    if wanted == precision:
        return "as asked for"
    return "the quicker on this device" if precision == quicker_precision(device) else "as the forecast was begun"


@cache
def _quicker_on_the_processor() -> str:
    # Measured, not looked up: with the instructions it takes half the time of float32, emulated two to seven times as long,
    # and lists of instructions differ by family of processors, operating system and what the user has switched off. The time
    # of one thread alone is counted, so that other programs change nothing.
    seconds = alone(_seconds)
    return min(seconds, key=seconds.__getitem__)


def _seconds() -> dict[str, float]:
    """Return the least processor time of a convolution of the local path in each precision."""
    field = torch.ones(1, 32, 48, 128).contiguous(memory_format=torch.channels_last)
    kernel = torch.ones(32, 32, 3, 3)
    seconds: dict[str, list[float]] = {}
    with torch.inference_mode():
        # In turn, so that a change of the processor's clock falls on both; the first turn makes the routines ready.
        for _ in range(1 + TRIES):
            for name in PRECISIONS:
                given = [part.to(getattr(torch, name)) for part in (field, kernel)]
                seconds.setdefault(name, []).append(_time(lambda given=given: torch.conv2d(*given)))  # type: ignore[misc]
    return {name: min(tries[1:]) for name, tries in seconds.items()}


def _time(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return thread_time() - began
