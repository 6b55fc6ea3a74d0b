"""Channels of a training day as int16, 0.7 mK, 0.2 mm of sea level and 0.2 mm/s a step: finer than a change in a day."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch

from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, Channel, to_array
from engine.schema.variables import VARIABLES

CHANNELS = PROGNOSTIC_CHANNELS + FORCING_CHANNELS
STEPS = 60000
"""Steps of the valid range of a channel, set by hand."""


def _packing(channels: Sequence[Channel]) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.array([VARIABLES[channel.variable].valid_range for channel in channels], dtype=np.float64).T
    return ((high - low) / STEPS).astype(np.float32), ((high + low) / 2).astype(np.float32)


SCALE, OFFSET = _packing(CHANNELS)


def pack(batch: Batch, forcing: Batch) -> np.ndarray:
    """Return (66, h, w) int16 of a state and its weather; missing cells become the middle of the range."""
    packed = np.empty((len(CHANNELS), *batch.grid.shape), dtype=np.int16)
    for number, channel in enumerate(CHANNELS):
        packed[number] = pack_field(to_array(batch if channel in PROGNOSTIC_CHANNELS else forcing, [channel])[0], number)
    return packed


def pack_field(values: np.ndarray, number: int) -> np.ndarray:
    """Return int16 of the float32 values of channel `number`; missing ones become the middle of the range."""
    steps = np.nan_to_num((values - OFFSET[number]) / SCALE[number], copy=False)
    return np.rint(np.clip(steps, -32000, 32000, out=steps), out=steps).astype(np.int16)


@lru_cache(maxsize=32)
def stored_as_packed(variable: str, shift: float = 0.0) -> np.ndarray:
    """Return the packed number (65536,) int16 of each number of a store as unsigned: that of its value less `shift`."""
    numbers = np.arange(2**16, dtype=np.uint16).view(np.int16)
    first = next(number for number, channel in enumerate(CHANNELS) if channel.variable == variable)
    return pack_field(VARIABLES[variable].packing.unpack(numbers) - np.float32(shift), first)


def unpack(numbers: torch.Tensor, first: int = 0) -> torch.Tensor:
    """Return float32 in physical units of packed channels (..., c, h, w), the first of which is number `first`."""
    chosen = slice(first, first + numbers.shape[-3])
    scale, offset = (torch.from_numpy(values[chosen]).to(numbers.device).view(-1, 1, 1) for values in (SCALE, OFFSET))
    return torch.addcmul(offset, numbers.to(torch.float32), scale)
