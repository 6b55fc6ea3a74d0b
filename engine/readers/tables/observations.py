"""The class Observations: value, position, depth and time of measurements."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.schema.constants import SECONDS_PER_DAY

DEFAULT_ERROR = {"thetao": 0.02, "so": 0.02, "uo": 0.05, "vo": 0.05, "zos": 0.02}
"""Standard deviation of the error where the table has no column `error`, in the units of the variable."""


@dataclass(frozen=True, eq=False)
class Observations:
    """Columns of equal length (n,): `days` from the analysis, `lat`, `lon` in [0, 360), `depth` in m, variable and value.

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
