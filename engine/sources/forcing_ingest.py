"""From files of air to a forcing store on the model's grid: checked first, moved to its name when complete."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.readers.atmosphere.hourly import HourlyDays
from engine.readers.atmosphere.placement import Placement
from engine.readers.atmosphere.products import AIR_PRODUCTS
from engine.runtime.atomic import replacing
from engine.runtime.errors import DayMissing, InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.grid import Grid, quarter_degree
from engine.sources.atmosphere import MISSING_DAYS
from engine.stores import AnalysisStore
from engine.stores.layout import add_attributes
from engine.stores.writer import lock_path


def ingest_forcing(
    kind: str,
    files: Sequence[Path],
    identifier: str | None = None,
    progress: Progress = no_progress,
    grid: Grid | None = None,
    date: np.datetime64 | None = None,
    way: str = "mean",
) -> Path:
    """Write the days of `files` of the product `kind` as a forcing store and return its folder.

    The fields lie on `grid`, the 1/4 degree grid unless given, or on the part of it that a box covers; land has values, too. A
    day is made as `way` says (`SAMPLINGS`); one without all its hours is missing, and the attribute `missing_days` says why.
    Raises InputError where no day is whole, and for a bad file or name; then nothing is left behind.
    """
    if identifier is not None:
        checked_name(identifier, "store")
    days = HourlyDays(AIR_PRODUCTS[kind], files, way, date)
    try:
        place = Placement(days.lat, days.lon, grid or quarter_degree())
        folder = stores_folder() / (identifier or _identifier(days, place))
        if folder.exists():
            raise InputError(f"store {folder.name} exists already; expected a new name: delete it or choose an identifier")
        unfinished = folder.with_name(f".{folder.name}.unfinished")
        try:
            with replacing(folder, beside=unfinished):
                _write(days, place, unfinished, progress)
        finally:
            lock_path(unfinished).unlink(missing_ok=True)
    finally:
        days.close()
    return folder


def _write(days: HourlyDays, place: Placement, folder: Path, progress: Progress) -> None:
    product = days.product
    whole = np.arange(days.days[0], days.days[-1] + 1)
    attributes: dict[str, Any] = {
        "source": product.name,
        "label": product.label,
        "forcing_kind": product.forcing_kind,
        "sampling": days.sampling,
        "description": days.description,
        "license": product.license,
        "files": [file.name for file in days.paths],
        "sample": False,
    }
    missing: dict[str, str] = {}
    with AnalysisStore.create(folder, place.grid, whole, attributes, days.fields, kind="forcing") as store:
        for lead, day in enumerate(whole):
            progress(lead / whole.size, f"{product.label} {day}")
            try:
                fields = {name: place(values) for name, values in days.day(day).items()}
            except DayMissing as error:
                missing[str(day)] = error.reason
                fields = {name: np.full(place.grid.shape, np.nan, np.float32) for name in days.fields}
            store.append(lead, Batch(fields, place.grid, day.astype("datetime64[s]")))
        if len(missing) == whole.size:
            raise InputError(f"{days.paths[0]}: no day is whole; {next(iter(missing.values()))}: download all hours of a day")
        add_attributes(folder, {**days.report, MISSING_DAYS: missing})
        store.finish()
    progress(1.0, f"{whole.size - len(missing)} days")


def _identifier(days: HourlyDays, place: Placement) -> str:
    where = "global"
    if not place.is_whole:
        south, north = place.grid.lat[[0, -1]]
        west, east = place.grid.lon[[0, -1]]
        where = f"{_degrees(south)}-{_degrees(north)}-{west:.0f}e-{east:.0f}e"
    noon = "__noon" if days.way == "noon" else ""
    return f"{days.product.name}__{where}__{days.days[0].item():%Y%m%d}{noon}"


def _degrees(latitude: float) -> str:
    return f"{abs(latitude):.0f}{'n' if latitude >= 0 else 's'}"
