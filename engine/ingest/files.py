"""`goms ingest`: files that a user names, grouped by day, into a new store or after the days of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.ingest.run import ingest_days
from engine.ingest.target import product_of
from engine.readers.atmosphere.hourly import DAILY_MEAN, HourlyDays
from engine.readers.atmosphere.products import HourlyProduct
from engine.readers.product import ProductDays
from engine.runtime.errors import DayMissing, InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.schema.variables import PROGNOSTIC
from engine.stores import Store


@dataclass(frozen=True)
class NamedFiles:
    """The files of each day."""

    by_day: Mapping[np.datetime64, Sequence[Path]]

    def __call__(self, day: np.datetime64, folder: Path) -> Sequence[Path]:
        """Return the files of a day; raises DayMissing where there are none."""
        if day not in self.by_day:
            raise DayMissing("no file of this day was given")
        return self.by_day[day]


def ingest(
    kind: str,
    files: Sequence[Path],
    identifier: str | None = None,
    progress: Progress = no_progress,
    grid: Grid | None = None,
    date: np.datetime64 | None = None,
    scheduler: str | None = None,
    keep_going: bool = False,
    sampling: str = DAILY_MEAN,
) -> Path:
    """Write the days of `files` of the product `kind` as a store, or into the one `identifier`, and return its folder.

    A global file becomes means of wet cells on `grid`, the 1/4 degree grid unless given; a box keeps its own grid. The store
    holds the fields that the files hold, one of the schema's or several; one of the surface alone has the depth 0 m alone.
    Its attributes `out_of_range` (field -> cells, lowest, highest), `flagged` (field -> cells) and `zero_land` (cells) report
    values treated as missing, `constant_rows` (field -> rows) rows that look damaged and are kept. `date` is the day of a file
    without a time. Headers of all files are checked before anything is written. Days and options otherwise as `ingest_days` has
    them: finished days stay, days without a file are missing. Raises InputError for a bad file or name, an unknown product, or
    where the store holds every day already.
    """
    if identifier is not None:
        checked_name(identifier, "store")
    days = _opened(kind, [Path(file) for file in files], date, sampling)
    try:
        name = identifier or _identifier(days)
        by_day = {time.astype("datetime64[D]"): days.files_of(time) for time in days.times}
    finally:
        days.close()
    _refuse_what_is_there(stores_folder() / name, kind, set(by_day))
    wanted = np.arange(min(by_day), max(by_day) + DAY)
    files_of = NamedFiles(by_day)
    return ingest_days(kind, wanted, files_of, name, progress, grid, date, scheduler, keep_going=keep_going, sampling=sampling)


def _opened(kind: str, files: Sequence[Path], date: np.datetime64 | None, sampling: str) -> ProductDays | HourlyDays:
    product = product_of(kind)
    if isinstance(product, HourlyProduct):
        return HourlyDays(product, files, sampling, date)
    return ProductDays(product, files, date)


def _refuse_what_is_there(folder: Path, source: str, days: set[np.datetime64]) -> None:
    if not folder.exists():
        return
    store = Store(folder)
    if (
        store.complete
        and store.attrs.get("source") == source
        and days <= {store.valid_time(lead).astype("datetime64[D]") for lead in store.leads}
    ):
        raise InputError(
            f"store {folder.name} exists already with all these days; expected further days or a new name: delete it or choose "
            "another name"
        )


def _identifier(days: ProductDays | HourlyDays) -> str:
    place = "global"
    if not days.is_global:
        west, east = days.lon[0], days.lon[-1]
        place = f"{_degrees(days.lat[0], 'ns')}-{_degrees(days.lat[-1], 'ns')}-{west:.0f}e-{east:.0f}e"
    # Files with one variable each may become separate stores of the same box and day.
    fields = "" if len(days.fields) == len(PROGNOSTIC) else f"__{'-'.join(days.fields)}"
    return f"{days.product.name}__{place}__{days.times[0].astype('datetime64[D]').item():%Y%m%d}{fields}"


def _degrees(value: float, signs: str) -> str:
    return f"{abs(value):.0f}{signs[0] if value >= 0 else signs[1]}"
