"""One day of air, waves or biogeochemistry, made of its hours, brought onto its grid and packed; nothing is written here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest.day import PackedDay
from engine.ingest.target import sea_floor
from engine.readers.atmosphere.hourly import HourlyDays
from engine.readers.atmosphere.placement import Placement
from engine.readers.atmosphere.products import BIOGEOCHEMISTRY, NOBM, WAVES, HourlyProduct
from engine.runtime.errors import DayMissing
from engine.schema.constants import DAY
from engine.schema.grid import Grid, quarter_degree
from engine.schema.head_grids import half_degree, one_degree
from engine.stores.layout import packed_shard

GRIDS = {WAVES.name: half_degree, BIOGEOCHEMISTRY.name: one_degree, NOBM.name: one_degree}
"""The grids of heads that global fields of a product lie on."""


class OwnGrid:
    """The cells of a box as they are."""

    def __init__(self, lat: np.ndarray, lon: np.ndarray) -> None:
        self.grid = Grid(lat, lon, np.zeros(1), np.zeros((1, lat.size, lon.size), bool), np.full((lat.size, lon.size), np.nan))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return the values."""
        return values

    def with_water(self, wet: np.ndarray) -> Grid:
        """Return the grid with the water `wet` (h, w)."""
        lat, lon, depth = self.grid.lat, self.grid.lon, self.grid.depth
        return Grid(lat, lon, depth, wet[None], sea_floor(lat, lon, depth, wet[None]))


class HourlyReader:
    """Reads days of one product with several times a day; files that serve several days are opened once.

    Air lies on the cells of the model's grid that the files cover, over land, too; other global fields on the grid of their head,
    and those of a box on its own.
    """

    def __init__(self, product: HourlyProduct, grid: Grid | None, date: np.datetime64 | None, sampling: str) -> None:
        """Take a product, the model's grid unless it is that of 1/4 degree, the day of files without a time, and a key of
        `SAMPLINGS`."""
        self._product, self._date, self._way = product, date, sampling
        self._grid = grid or GRIDS.get(product.name, quarter_degree)()
        self._days: HourlyDays | None = None
        self._place: tuple[HourlyDays, Placement | OwnGrid] | None = None
        self._last: tuple[np.datetime64, dict[str, np.ndarray]] = np.datetime64("NaT", "D"), {}

    def read(self, day: np.datetime64, files: Sequence[Path]) -> PackedDay:
        """Return a day of `files`; raises InputError where they are faulty, DayMissing where a day is not whole or repeated."""
        days, place = self._opened(files)
        found = days.day(day)
        self._refuse_repetition(day, found)
        fields = {name: place(values) for name, values in found.items()}
        grid = place.grid
        if isinstance(place, OwnGrid):
            grid = place.with_water(np.logical_or.reduce([np.isfinite(values) for values in fields.values()]))
        elif not self._product.everywhere:
            fields = {name: np.where(grid.wet_surface, values, np.float32(np.nan)) for name, values in fields.items()}
        shards = {name: packed_shard(name, grid, values) for name, values in fields.items()}
        names = tuple(path.name for path in days.files_of(day))
        return PackedDay(day.astype("datetime64[s]"), grid.depth, grid, shards, _attributes(days), days.report(day), names)

    def _refuse_repetition(self, day: np.datetime64, fields: Mapping[str, np.ndarray]) -> None:
        """Raise DayMissing for a day whose every number is that of the day before: the provider served an old file again."""
        before, known = self._last
        self._last = day, dict(fields)
        if day - before == DAY and all(np.array_equal(values, known[name], equal_nan=True) for name, values in fields.items()):
            raise DayMissing(f"{', '.join(fields)} of {day} repeat {before} in every number", tuple(fields))

    def close(self) -> None:
        """Close the files."""
        if self._days is not None:
            self._days.close()
            self._days = None

    def _opened(self, files: Sequence[Path]) -> tuple[HourlyDays, "Placement | OwnGrid"]:
        if self._days is None or self._days.paths != tuple(files):
            self.close()
            self._days = HourlyDays(self._product, files, self._way, self._date)
        if self._place is None or not self._days.has_grid_of(self._place[0]):
            keeps_own = not (self._product.forcing_kind or self._days.is_global)
            lat, lon = self._days.lat, self._days.lon
            self._place = (
                self._days,
                OwnGrid(lat, lon) if keeps_own else Placement(lat, lon, self._grid, not self._product.everywhere),
            )
        return self._days, self._place[1]


def _attributes(days: HourlyDays) -> dict[str, Any]:
    """Return what a store says of itself."""
    product = days.product
    return {
        "source": product.name,
        "label": product.label,
        **({"forcing_kind": product.forcing_kind} if product.forcing_kind else {}),
        "sampling": days.sampling,
        "license": product.license,
        "description": days.description,
        "sample": False,
    }
