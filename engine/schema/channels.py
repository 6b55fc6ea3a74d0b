"""Channels: the one place where named fields become channels (c, h, w) of the network and back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS, FORCING, PROGNOSTIC, STATIC, VARIABLES


@dataclass(frozen=True)
class Channel:
    """One horizontal slice of a variable; `level` is None for a field of the surface alone."""

    variable: str
    level: int | None

    @property
    def label(self) -> str:
        """Return a short name such as `thetao 100 m` or `zos`."""
        return self.variable if self.level is None else f"{self.variable} {DEPTHS[self.level]:g} m"


def _channels(names: Sequence[str]) -> tuple[Channel, ...]:
    return tuple(
        Channel(name, level)
        for name in names
        for level in (range(len(VARIABLES[name].depths)) if VARIABLES[name].depths else (None,))
    )


PROGNOSTIC_CHANNELS = _channels(PROGNOSTIC)
FORCING_CHANNELS = _channels(FORCING)
STATIC_CHANNELS = _channels(STATIC)


def level(depth: float) -> int:
    """Return the number of the level at `depth` metres; raises ValueError for a depth between the levels."""
    return DEPTHS.index(depth)


def channel(variable: str, depth: float | None = None) -> int:
    """Return the number of a field at `depth` metres (None: a field of the surface alone) among the channels of its role.

    `channel("zos")` is 60 among the prognostic channels, `channel("u10")` 0 among those of the forcing. Raises ValueError for
    a field that is no channel.
    """
    wanted = Channel(variable, None if depth is None else level(depth))
    for channels in (PROGNOSTIC_CHANNELS, FORCING_CHANNELS, STATIC_CHANNELS):
        if wanted in channels:
            return channels.index(wanted)
    raise ValueError(f"{variable!r} at depth {depth} is no channel of the network; expected a variable with its depth in metres")


def to_array(batch: Batch, channels: Sequence[Channel], out: np.ndarray | None = None) -> np.ndarray:
    """Return the channels of a batch as (c, h, w) float32 in physical units, NaN where missing; in `out` where given.

    The static `deptho` comes from the grid. Raises InputError naming the first field that the batch lacks.
    """
    if out is None:
        out = np.empty((len(channels), *batch.grid.shape), dtype=np.float32)
    for number, channel in enumerate(channels):
        if channel.variable == "deptho":
            out[number] = batch.grid.deptho
        elif channel.variable in batch.fields:
            values = batch[channel.variable]
            out[number] = values if channel.level is None else values[channel.level]
        else:
            raise InputError(f"batch of {batch.time} lacks {channel.variable!r}; it holds {', '.join(batch.fields)}")
    return out


def channel_mask(grid: Grid, channels: Sequence[Channel]) -> np.ndarray:
    """Return (c, h, w) True where the channel has water; forcing fields hold everywhere."""
    everywhere = np.ones(grid.shape, dtype=bool)
    return np.stack(
        [everywhere if VARIABLES[channel.variable].role == "forcing" else grid.wet[channel.level or 0] for channel in channels]
    )
