"""From a provider's files to an analysis store: checked first, written beside its folder, moved there when complete."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engine.readers.container.limits import check_box
from engine.readers.glorys import GLORYS
from engine.readers.hycom import HYCOM
from engine.readers.product import Product, ProductDays
from engine.readers.regrid import AreaMean
from engine.readers.values.seawater import DEFAULT_SALINITY, potential_temperature, practical
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ModelError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.grid import Grid, quarter_degree
from engine.schema.variables import DEPTHS, PROGNOSTIC
from engine.stores import AnalysisStore
from engine.stores.layout import add_attributes
from engine.stores.writer import delete_folder, lock_path, locked

PRODUCTS: dict[str, Product] = {product.name: product for product in (HYCOM, GLORYS)}


def ingest(
    kind: str,
    files: Sequence[Path],
    identifier: str | None = None,
    progress: Progress = no_progress,
    grid: Grid | None = None,
    date: np.datetime64 | None = None,
) -> Path:
    """Write the days of `files` of the product `kind` as an analysis store and return its folder.

    A global file becomes means of wet cells on `grid`, the 1/4 degree grid unless given; a box keeps its own grid. The store
    holds the fields that the files hold, one of the schema's or several; one of the surface alone has the depth 0 m alone.
    Its attributes `out_of_range` (field -> cells, lowest, highest), `flagged` (field -> cells) and `zero_land` (cells) report
    values treated as missing, `constant_rows` (field -> rows) rows that look damaged and are kept. `date` is the day of a file
    without a time. The store appears when it is complete: InputError (bad file or name, unknown product, store already there)
    leaves nothing behind.
    """
    if kind not in PRODUCTS:
        raise InputError(f"product is {kind!r}; expected one of {', '.join(PRODUCTS)}")
    if identifier is not None:
        checked_name(identifier, "store")
    days = ProductDays(PRODUCTS[kind], [Path(file) for file in files], date)
    try:
        target = _Target(days, grid)
        folder = stores_folder() / (identifier or _identifier(days))
        if folder.exists():
            raise InputError(f"store {folder.name} exists already; expected a new name: delete it or choose an identifier")
        unfinished = folder.with_name(f".{folder.name}.unfinished")
        try:
            with replacing(folder, beside=unfinished):
                _write(days, target, unfinished, progress)
        finally:
            lock_path(unfinished).unlink(missing_ok=True)
    finally:
        days.close()
    return folder


def remove_abandoned() -> None:
    """Remove unfinished stores of an ingest that was killed."""
    for unfinished in stores_folder().glob(".*.unfinished"):
        with suppress(ModelError):  # another process is writing it
            lock = locked(unfinished)
            delete_folder(unfinished)
            lock.release()
            lock_path(unfinished).unlink(missing_ok=True)


class _Target:
    """The target grid of a product: the model's grid with area means, or the box's own grid."""

    def __init__(self, days: ProductDays, grid: Grid | None) -> None:
        self.days = days
        if days.is_global:
            self.grid = grid or quarter_degree()
            self.mean: AreaMean | None = AreaMean(days.lat, days.lon, self.grid.lat, self.grid.lon)
            self._columns, width = None, self.grid.lon.size
        else:
            self.mean = None
            hole, added = _hole(days.lon)
            width = days.lon.size + added
            values = sum(len(days.levels.reached) if name != "zos" else 1 for name in days.fields) * days.lat.size * width
            check_box(days.paths[0], days.lat.size, width, values)
            lon, self._columns = _whole_circle(days.lon, hole, added)
        self._width = width
        self._levels = np.array(days.levels.reached)
        depth = np.asarray(DEPTHS, dtype=np.float64)[self._levels]
        if not days.is_global:
            wet = self._wet_on_any_day((depth.size, days.lat.size, width))
            self.grid = Grid(days.lat, lon, depth, wet, _sea_floor(days.lat, lon, depth, wet))
        elif depth.size == 1:
            self.grid = Grid(self.grid.lat, self.grid.lon, depth, self.grid.wet[self._levels], self.grid.deptho)

    def batch(self, time: np.datetime64) -> Batch:
        """Return the fields of one day on the target grid, dry cells missing."""
        whole = {}
        fields = self._fields(time)
        for name in tuple(fields):
            values = fields.pop(name)  # at most one field is in memory twice
            if values.ndim == 2:
                whole[name] = np.where(self.grid.wet_surface, values, np.nan)
                continue
            stack = np.full(self.grid.wet.shape, np.nan, dtype=np.float32)
            stack[self._levels if self.grid.depth.size > self._levels.size else slice(None)] = values
            whole[name] = np.where(self.grid.wet, stack, np.nan)
        return Batch(whole, self.grid, time)

    def _wet_on_any_day(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return where (z, h, w) any field has a value on any day: the first day may be incomplete."""
        wet = np.zeros(shape, dtype=bool)
        for time in self.days.times:
            self._add_wet(wet, time)
        return wet

    def _add_wet(self, wet: np.ndarray, time: np.datetime64) -> None:
        # A function of its own frees the fields of one day before those of the next are read.
        for values in self.days.day(time, None).values():
            wet[0 if values.ndim == 2 else slice(None)] |= np.isfinite(self._spread(values))

    def _fields(self, time: np.datetime64) -> dict[str, np.ndarray]:
        fields = self.days.day(time, self.mean)
        if self.days.salinity_is_absolute:
            fields["so"] = practical(fields["so"])
        if self.days.temperature in ("in-situ", "conservative"):
            # After the means: the conversion is so nearly linear that their order changes less than 0.001 degC, and a
            # global day has 14 times fewer cells then.
            lat, lon = (self.grid.lat, self.grid.lon) if self.mean else (self.days.lat, self.days.lon)
            depth = np.asarray(DEPTHS)[self._levels]
            kind, salinity = self.days.temperature, fields.get("so")
            fields["thetao"] = potential_temperature(kind, fields["thetao"], salinity, depth, lat, lon)
        return {name: self._spread(values) for name, values in fields.items()}

    def _spread(self, values: np.ndarray) -> np.ndarray:
        if self._columns is None:
            return values
        out = np.full((*values.shape[:-1], self._width), np.nan, dtype=np.float32)
        out[..., self._columns] = values
        return out


def _hole(lon: np.ndarray) -> tuple[int, int]:
    """Return the last column before the widest step, and how many columns would fill it: none but across the prime meridian."""
    steps = np.diff(lon)
    hole = int(np.argmax(steps))
    return hole, max(round(steps[hole] / float(np.median(steps))) - 1, 0)


def _whole_circle(lon: np.ndarray, hole: int, added: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return longitudes without a hole, and the columns the data take in them, None where nothing was added.

    A box across the prime meridian is in two parts in [0, 360); it becomes a full circle, missing outside the box.
    """
    if not added:
        return lon, None
    between = np.linspace(lon[hole], lon[hole + 1], added + 2)[1:-1]
    columns = np.r_[0 : hole + 1, hole + 1 + added : lon.size + added]
    return np.concatenate([lon[: hole + 1], between, lon[hole + 1 :]]), columns


def _sea_floor(lat: np.ndarray, lon: np.ndarray, depth: np.ndarray, wet: np.ndarray) -> np.ndarray:
    """Return the sea floor (h, w) of the global bathymetry, at least as deep as the deepest wet level, NaN on land."""
    around = quarter_degree()
    rows = _nearest(around.lat, lat)
    columns = _nearest(np.r_[around.lon[-1] - 360, around.lon, around.lon[0] + 360], lon) - 1
    floor = np.nan_to_num(around.deptho[np.ix_(rows, columns % around.lon.size)], nan=0).astype(np.float32)
    for metres, level in zip(depth, wet, strict=True):
        np.maximum(floor, np.float32(metres), out=floor, where=level)
    floor[~wet.any(axis=0)] = np.nan
    return floor


def _nearest(coordinate: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the number of the value of an ascending coordinate next to each of those wanted."""
    return np.searchsorted((coordinate[1:] + coordinate[:-1]) / 2, wanted)


def _identifier(days: ProductDays) -> str:
    place = "global"
    if not days.is_global:
        west, east = days.lon[0], days.lon[-1]
        place = f"{_degrees(days.lat[0], 'ns')}-{_degrees(days.lat[-1], 'ns')}-{west:.0f}e-{east:.0f}e"
    # Files with one variable each may become separate stores of the same box and day.
    fields = "" if len(days.fields) == len(PROGNOSTIC) else f"__{'-'.join(days.fields)}"
    return f"{days.product.name}__{place}__{days.times[0].astype('datetime64[D]').item():%Y%m%d}{fields}"


def _degrees(value: float, signs: str) -> str:
    return f"{abs(value):.0f}{signs[0] if value >= 0 else signs[1]}"


def _temperature(days: ProductDays) -> str:
    """Return a phrase for the kind of temperature in a store; empty where it has none."""
    if days.temperature in ("", "potential"):
        return days.temperature and "potential, as distributed"
    return f"potential, from {days.temperature}" + ("" if "so" in days.fields else f" at salinity {DEFAULT_SALINITY:g}")


def _write(days: ProductDays, target: _Target, folder: Path, progress: Progress) -> None:
    product = days.product
    attributes: dict[str, Any] = {
        "source": product.name,
        "label": f"{product.label} {'1/4 degree means' if days.is_global else 'native grid'}",
        "sampling": product.sampling,
        "description": days.description,
        "files": [file.name for file in days.paths],
        "sample": False,
    }
    if temperature := _temperature(days):
        attributes["temperature"] = temperature
    with AnalysisStore.create(folder, target.grid, days.times, attributes, days.fields) as store:
        for lead, time in enumerate(days.times):
            progress(lead / days.times.size, f"{product.label} {time.astype('datetime64[D]')}")
            store.append(lead, target.batch(time))
        add_attributes(folder, days.report)
        store.finish()
    progress(1.0, f"{days.times.size} days")
