"""The grid of an ingested store: the model's with area means of a global product, or a box's own."""

import numpy as np

from engine.readers.atmosphere.products import HOURLY_PRODUCTS, HourlyProduct
from engine.readers.container.limits import check_box
from engine.readers.glorys import GLORYS
from engine.readers.hycom import HYCOM
from engine.readers.product import Product, ProductDays
from engine.readers.regrid import AreaMean
from engine.readers.surface_temperature import SURFACE_TEMPERATURE
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, quarter_degree
from engine.schema.variables import DEPTHS

PRODUCTS: dict[str, Product] = {product.name: product for product in (HYCOM, GLORYS, SURFACE_TEMPERATURE)}


def product_of(kind: str) -> Product | HourlyProduct:
    """Return a product by its name; raises InputError for an unknown one."""
    products: dict[str, Product | HourlyProduct] = {**PRODUCTS, **HOURLY_PRODUCTS}
    if kind not in products:
        raise InputError(f"product is {kind!r}; expected one of {', '.join(products)}")
    return products[kind]


def store_kind(product: Product | HourlyProduct) -> str:
    """Return the kind of store that a product becomes: forcing for air, else analysis."""
    return "forcing" if isinstance(product, HourlyProduct) and product.forcing_kind else "analysis"


class Target:
    """Where the fields of a product's files go: area means on the model's grid, or the box's own cells.

    `depth` (z,) in m are the levels of the store. Of a box the water is known once a day was read.
    """

    def __init__(self, days: ProductDays, grid: Grid | None) -> None:
        """Take files and the global grid, the 1/4 degree grid where it is None; raises InputError for a box too large."""
        self.is_global, self.lat = days.is_global, days.lat
        self._levels = np.array(days.levels.reached)
        self.depth = np.asarray(DEPTHS, dtype=np.float64)[self._levels]
        self.mean: AreaMean | None = None
        self._columns: np.ndarray | None = None
        if days.is_global:
            model = grid or quarter_degree()
            self._grid: Grid | None = on_depths(model, self.depth)
            self.mean = AreaMean(days.lat, days.lon, model.lat, model.lon)
            self.lat, self.lon = model.lat, model.lon
            self.depth = self._grid.depth
        else:
            self._grid = None
            hole, added = _hole(days.lon)
            width = days.lon.size + added
            values = sum(len(days.levels.reached) if name != "zos" else 1 for name in days.fields) * days.lat.size * width
            check_box(days.paths[0], days.lat.size, width, values)
            self.lon, self._columns = _whole_circle(days.lon, hole, added)

    def fits(self, days: ProductDays) -> bool:
        """Return whether other files of a global product have the same cells and levels, so that the weights serve again."""
        same = self.mean is not None and days.is_global and np.array_equal(days.levels.reached, self._levels)
        return bool(same and self.mean is not None and self.mean.is_from(days.lat, days.lon))

    def placed(self, values: np.ndarray) -> np.ndarray:
        """Return a field as it was read, (h, w) or (z, h, w), on all levels and columns of the store, dry cells missing."""
        if self._grid is not None:
            if values.ndim == 2:
                return np.where(self._grid.wet_surface, values, np.float32(np.nan))
            if self._grid.depth.size == self._levels.size:
                return np.where(self._grid.wet, values, np.float32(np.nan))
            stack = np.full(self._grid.wet.shape, np.nan, dtype=np.float32)
            stack[self._levels] = np.where(self._grid.wet[self._levels], values, np.float32(np.nan))
            return stack
        if self._columns is None:
            return values
        out = np.full((*values.shape[:-1], self.lon.size), np.nan, dtype=np.float32)
        out[..., self._columns] = values
        return out

    def grid(self, wet: np.ndarray | None = None) -> Grid:
        """Return the grid, of a box with the water `wet` (z, h, w)."""
        if self._grid is not None:
            return self._grid
        if wet is None:
            wet = np.zeros((self.depth.size, self.lat.size, self.lon.size), dtype=bool)
        return Grid(self.lat, self.lon, self.depth, wet, sea_floor(self.lat, self.lon, self.depth, wet))


def on_depths(model: Grid, depth: np.ndarray) -> Grid:
    """Return the model's grid, with one level alone where the files reach no more."""
    if depth.size > 1:
        return model
    return Grid(model.lat, model.lon, depth, model.wet[np.isin(model.depth, depth)], model.deptho)


def sea_floor(lat: np.ndarray, lon: np.ndarray, depth: np.ndarray, wet: np.ndarray) -> np.ndarray:
    """Return the sea floor (h, w) of the global bathymetry, at least as deep as the deepest wet level, NaN on land."""
    around = quarter_degree()
    rows = _nearest(around.lat, lat)
    columns = _nearest(np.r_[around.lon[-1] - 360, around.lon, around.lon[0] + 360], lon) - 1
    floor = np.nan_to_num(around.deptho[np.ix_(rows, columns % around.lon.size)], nan=0).astype(np.float32)
    for metres, level in zip(depth, wet, strict=True):
        np.maximum(floor, np.float32(metres), out=floor, where=level)
    floor[~wet.any(axis=0)] = np.nan
    return floor


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


def _nearest(coordinate: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the number of the value of an ascending coordinate next to each of those wanted."""
    return np.searchsorted((coordinate[1:] + coordinate[:-1]) / 2, wanted)
