"""States of which every cell that is known is an observation."""

import numpy as np

from engine.readers.tables.observations import DEFAULT_ERROR, Observations, joined
from engine.schema.batch import Batch
from engine.schema.variables import PROGNOSTIC


def observations_of(batch: Batch, error: float = 0.0) -> Observations:
    """Return every finite value of an incomplete state on a grid as an observation at its time.

    `error` is a share of the usual error of each variable. A state without salinity, or with its surface alone, is such
    a state: fields may lack altogether, cells and levels may be NaN.
    """
    lat, lon = np.meshgrid(batch.grid.lat, batch.grid.lon, indexing="ij")
    parts = []
    for name in PROGNOSTIC:
        if name not in batch.fields:
            continue
        levels = batch[name] if batch[name].ndim == 3 else batch[name][None]
        for depth, values in zip(batch.grid.depth, levels, strict=False):
            there = np.isfinite(values)
            size = int(there.sum())
            whole = [np.full(size, number) for number in (0.0, depth, error * DEFAULT_ERROR[name])]
            parts.append(Observations(whole[0], lat[there], lon[there], whole[1], np.full(size, name), values[there], whole[2]))
    return joined(parts)
