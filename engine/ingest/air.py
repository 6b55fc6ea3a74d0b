"""One day of air, made of its hours, brought onto the model's grid and packed; nothing is written here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.ingest.day import PackedDay
from engine.readers.atmosphere.hourly import HourlyDays
from engine.readers.atmosphere.placement import Placement
from engine.readers.atmosphere.products import HourlyProduct
from engine.schema.grid import Grid, quarter_degree
from engine.stores.layout import packed_shard


class HourlyReader:
    """Reads days of one product with several times a day; files that serve several days are opened once.

    The fields of a day lie on the cells of the model's grid that the files cover, those of air over land, too.
    """

    def __init__(self, product: HourlyProduct, grid: Grid | None, date: np.datetime64 | None, sampling: str) -> None:
        """Take a product, the model's grid unless it is that of 1/4 degree, the day of files without a time, and a key of
        `SAMPLINGS`."""
        self._product, self._date, self._way = product, date, sampling
        self._grid = grid or quarter_degree()
        self._days: HourlyDays | None = None
        self._place: tuple[HourlyDays, Placement] | None = None

    def read(self, day: np.datetime64, files: Sequence[Path]) -> PackedDay:
        """Return a day of `files`; raises InputError where they are faulty, DayMissing where the day is not whole."""
        days, place = self._opened(files)
        fields = {name: place(values) for name, values in days.day(day).items()}
        shards = {name: packed_shard(name, place.grid, values) for name, values in fields.items()}
        names = tuple(path.name for path in days.files_of(day))
        time = day.astype("datetime64[s]")
        return PackedDay(time, place.grid.depth, place.grid, shards, _attributes(days), days.report(day), names)

    def close(self) -> None:
        """Close the files."""
        if self._days is not None:
            self._days.close()
            self._days = None

    def _opened(self, files: Sequence[Path]) -> tuple[HourlyDays, Placement]:
        if self._days is None or self._days.paths != tuple(files):
            self.close()
            self._days = HourlyDays(self._product, files, self._way, self._date)
        if self._place is None or not self._days.has_grid_of(self._place[0]):
            self._place = self._days, Placement(self._days.lat, self._days.lon, self._grid)
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
