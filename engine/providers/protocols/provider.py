"""What is known of a provider before anything is asked of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from engine.readers.regrid import LevelInterpolation
from engine.schema.variables import DEPTHS

Box = tuple[float, float, float, float]
"""South, north, west and east in degrees; a box whose east lies west of its west crosses the seam of the longitudes."""

SURFACE = ("zos", "u10", "v10", "t2m", "msl", "sp")
"""Fields without levels, whatever the provider."""


@dataclass(frozen=True)
class Axis:
    """Evenly spaced pieces of a coordinate: (first, step, count) each."""

    pieces: tuple[tuple[float, float, int], ...]

    @property
    def values(self) -> np.ndarray:
        """Return the coordinate (n,) in degrees."""
        return np.concatenate([first + step * np.arange(count) for first, step, count in self.pieces])


@dataclass(frozen=True)
class Part:
    """Where some fields lie for some time: `path` under the provider's address, a template of strftime."""

    path: str
    fields: tuple[str, ...]
    first: str = "1900-01-01"
    last: str = "2200-01-01"

    def holds(self, day: np.datetime64) -> bool:
        """Return whether the part is of this day."""
        return bool(np.datetime64(self.first) <= day <= np.datetime64(self.last))


@dataclass(frozen=True)
class Provider:
    """A provider's product.

    `names` gives the provider's name of each field of the schema, `kind` how `goms ingest` calls its files, `protocol` how it is
    read. `depths` are the provider's, empty where all is of the surface; `whole_rows` says that a row of the grid comes whole,
    `whole_levels` that a level does, `whole_stack` that all levels come together. `value_bytes` is the size of a number as it
    is sent, an estimate where it is compressed. `account` names who gives one, empty where none is needed.
    """

    name: str
    label: str
    gives: str
    protocol: str
    kind: str
    address: str
    parts: tuple[Part, ...]
    names: Mapping[str, str]
    lat: Axis
    lon: Axis
    licence: str
    citation: str
    first: str
    last: str = ""
    depths: tuple[float, ...] = ()
    deepest: float = 0.0
    """Metres to which a protocol that cuts depths is asked, 0 for fields without levels."""
    value_bytes: float = 2
    samplings: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: {"12 UTC": (12,)})
    """How a day is made of its times, the default first: the hours that are needed of a provider with several a day."""
    whole_rows: bool = False
    whole_levels: bool = False
    whole_stack: bool = False
    cuts: bool = True
    """Whether a box can be taken: whole files hold the globe."""
    grouped: bool = False
    """Whether each variable of a Zarr store lies in a group of its own name."""
    columns: tuple[str, ...] = ()
    """Columns that are asked of a table."""
    account: str = ""
    extra: str = ""
    connections: int = 4
    assumed_rate: float = 5e6
    notes: str = ""

    def root(self, asked: str = "") -> str:
        """Return `asked`, else the address in `GOMS_ADDRESS_NAME` of the environment, else the provider's; without last slash."""
        variable = f"GOMS_ADDRESS_{self.name.upper().replace('-', '_')}"
        return (asked or os.environ.get(variable) or self.address).rstrip("/")

    @property
    def needs_account(self) -> bool:
        """Return whether the provider gives nothing without an account."""
        return bool(self.account)


def date_of(day: np.datetime64) -> date:
    """Return a day as a date of Python, which templates of paths are filled with."""
    return date.fromisoformat(str(day.astype("datetime64[D]")))


def levels_needed(depth: np.ndarray) -> tuple[int, ...]:
    """Return the numbers of the levels (of depths in metres, ascending) that the schema's depths are made of."""
    return LevelInterpolation(depth, np.asarray(DEPTHS)).needed


def rows_in(lat: np.ndarray, box: Box | None) -> np.ndarray:
    """Return the numbers of the rows of a box."""
    return np.arange(lat.size) if box is None else np.flatnonzero((lat >= box[0]) & (lat <= box[1]))


def columns_in(lon: np.ndarray, box: Box | None) -> np.ndarray:
    """Return the numbers of the columns of a box, from west to east, whatever range the longitudes have."""
    if box is None:
        return np.arange(lon.size)
    width = (box[3] - box[2]) % 360 or 360.0
    east_of = np.round((lon - box[2]) % 360, 6) % 360
    inside = np.flatnonzero(east_of <= width)
    return inside[np.argsort(east_of[inside], kind="stable")]
