"""Observations: what was measured where, how deep and when, and those of a state on a grid."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.schema.batch import Batch
from engine.schema.constants import SECONDS_PER_DAY
from engine.schema.variables import PROGNOSTIC

USUAL_ERROR = {"thetao": 0.02, "so": 0.02, "uo": 0.05, "vo": 0.05, "zos": 0.02}
"""Standard deviation of the error where the table has no column `error`, in the units of the variable."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Columns of equal length (n,): `days` from the analysis, `lat`, `lon` in [0, 360), `depth` in m, and what was seen.

    `error` is a standard deviation; `value` and `error` are in the units of the variable table.
    """

    days: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    depth: np.ndarray
    variable: np.ndarray
    value: np.ndarray
    error: np.ndarray

    def __len__(self) -> int:
        return self.lat.size

    def of(self, variable: str) -> "Observations":
        """Return those of one variable."""
        return self.where(self.variable == variable)

    def where(self, chosen: np.ndarray) -> "Observations":
        """Return those that the mask (n,) chooses."""
        return Observations(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def table(self, time: np.datetime64) -> pd.DataFrame:
        """Return the table that `read_observations` reads, for an analysis at `time`."""
        moments = time.astype("datetime64[s]") + np.rint(self.days * SECONDS_PER_DAY).astype("timedelta64[s]")
        data = {name: getattr(self, name) for name in ("lat", "lon", "depth", "variable", "value", "error")}
        return pd.DataFrame({"time": moments, **data})


def joined(parts: list[Observations]) -> Observations:
    """Return the observations of all `parts`; none of none."""
    if not parts:
        empty = np.empty(0)
        return Observations(empty, empty, empty, empty, np.empty(0, dtype="<U8"), empty, empty)
    return Observations(*(np.concatenate([getattr(part, name) for part in parts]) for name in Observations.__dataclass_fields__))


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
            whole = [np.full(size, number) for number in (0.0, depth, error * USUAL_ERROR[name])]
            parts.append(Observations(whole[0], lat[there], lon[there], whole[1], np.full(size, name), values[there], whole[2]))
    return joined(parts)
