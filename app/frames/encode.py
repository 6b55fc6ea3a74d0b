"""Frames: fields brought to the pixels of a viewport, turned into whole numbers and packed into one body for the browser.

A body is a JSON header line and two byte planes. The numbers of the first lead are differences along each row; those of
every later lead are differences along each row of the change since the lead before. Both are folded to unsigned 16 bits and
split into a plane of low and a plane of high bytes, which is what makes them small: neighbouring days look alike.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numba import njit

from app.access.limits import MOST_PIXELS, MOST_VALUES, TooMuch
from app.data.readers import GriddedFields
from engine.runtime.errors import InputError
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import VARIABLES

LEVELS = 16383
"""Numbers 1 to LEVELS span the values of a body; 0 is missing. Fourteen bits survive a tenfold narrower colour range."""

# Numba's workqueue layer aborts the process when two threads enter it together.
_DATASHADER = threading.Lock()


@dataclass(frozen=True)
class Viewport:
    """What a map shows: bounds in degrees (`east` may pass 360) and the pixels it has for them."""

    south: float
    north: float
    west: float
    east: float
    width: int
    height: int

    def __post_init__(self) -> None:
        degrees = (self.south, self.north, self.west, self.east)
        if not all(abs(each) <= 1080 for each in degrees):  # also false for NaN
            raise InputError(f"viewport spans {degrees}; expected south, north, west and east in degrees")
        if not (self.south < self.north and self.west < self.east <= self.west + 360.001):
            raise InputError(
                f"viewport spans {self.south} to {self.north} N and {self.west} to {self.east} E; "
                "expected south < north and west < east within one turn"
            )
        if not (1 <= self.width <= 8192 and 1 <= self.height <= 8192):
            raise InputError(f"viewport has {self.width} x {self.height} pixels; expected 1 to 8192 each way")
        if self.width * self.height > MOST_PIXELS:
            raise TooMuch(f"viewport has {self.width} x {self.height} pixels; expected at most {MOST_PIXELS} in all")


@dataclass(frozen=True)
class Window:
    """The cells of a grid under a viewport, snapped outward to cell edges, and the pixels they become."""

    rows: np.ndarray
    columns: np.ndarray
    bounds: tuple[float, float, float, float]
    """South, north, west, east in degrees; west and east lie on the viewport's turn of the globe."""
    shape: tuple[int, int]
    """Rows and columns of the frame: the viewport's pixels, never more than there are cells."""

    def raster(self, field: np.ndarray) -> np.ndarray:
        """Return `field` (h, w) on the frame's pixels, north first: means of cells where pixels are fewer than cells."""
        cells = _columns(field[self.rows[0] : self.rows[-1] + 1] if _is_run(self.rows) else field[self.rows], self.columns)
        if cells.shape != self.shape:
            cells = _datashader_mean(cells, self.shape)
        return np.ascontiguousarray(cells[::-1], dtype=np.float32)


def window(axes: Grid, viewport: Viewport) -> Window | None:
    """Return the cells of `axes` under `viewport`, or None where they do not meet.

    Rows of an uneven latitude axis are repeated or left out so that the frame's rows are evenly spaced.
    """
    south_edge, lat_step, row_of = _even_axis(axes.lat)
    west_edge, lon_step, column_of = _even_axis(axes.lon)
    first_row = max(int(np.floor((viewport.south - south_edge) / lat_step + 1e-6)), 0)
    last_row = min(int(np.ceil((viewport.north - south_edge) / lat_step - 1e-6)), row_of.size)
    count = column_of.size
    turns = abs(lon_step * count - 360) < 1e-3
    # A regional grid is shifted by multiples of 360 degrees to the centre of the viewport.
    middle = (viewport.west + viewport.east) / 2
    shift = 0.0 if turns else 360 * round((middle - (west_edge + count * lon_step / 2)) / 360)
    first_column = int(np.floor((viewport.west - west_edge - shift) / lon_step + 1e-6))
    last_column = int(np.ceil((viewport.east - west_edge - shift) / lon_step - 1e-6))
    if turns:
        last_column = min(last_column, first_column + count)
    else:
        first_column, last_column = max(first_column, 0), min(last_column, count)
    rows, columns = last_row - first_row, last_column - first_column
    if rows < 1 or columns < 1:
        return None
    pixels_down = (viewport.height / (viewport.north - viewport.south)) * rows * lat_step
    pixels_across = (viewport.width / (viewport.east - viewport.west)) * columns * lon_step
    return Window(
        row_of[first_row:last_row],
        column_of[np.arange(first_column, last_column) % count],
        (
            south_edge + first_row * lat_step,
            south_edge + last_row * lat_step,
            west_edge + shift + first_column * lon_step,
            west_edge + shift + last_column * lon_step,
        ),
        (max(1, min(rows, round(pixels_down))), max(1, min(columns, round(pixels_across)))),
    )


def make_body(
    reader: GriddedFields,
    variable: str,
    depth_index: int,
    leads: Sequence[int],
    viewport: Viewport,
    cancelled: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return the uncompressed body of `leads`; empty bytes where `cancelled()` turns true on the way.

    The header names leads, width, height, bounds (south, north, west, east), scale, offset, whether the values are log10,
    and the grid's step in degrees; value = offset + scale * number. A viewport off the grid gives a frame of no pixels.
    Raises TooMuch for more than MOST_VALUES values.
    """
    under = window(reader.grid, viewport)
    values = 0 if under is None else len(leads) * under.shape[0] * under.shape[1]
    if values > MOST_VALUES:
        raise TooMuch(f"{len(leads)} days of this view hold {values} values; expected at most {MOST_VALUES}: ask for fewer days")
    logarithmic = variable in VARIABLES and VARIABLES[variable].packing.log10
    fields = []
    if under is not None:
        for lead in leads:
            if cancelled():
                return b""
            field = under.raster(reader.read(variable, lead, depth_index))
            fields.append(np.log10(np.maximum(field, 1e-6)) if logarithmic else field)
    height, width = under.shape if under is not None else (0, 0)
    low, high = _limits(fields)
    scale = (high - low) / (LEVELS - 1)
    header = {
        "leads": list(leads),
        "width": width,
        "height": height,
        "bounds": under.bounds if under is not None else (0.0, 0.0, 0.0, 0.0),
        "scale": scale,
        "offset": low - scale,
        "log10": logarithmic,
        "step": float(abs(reader.grid.lon[1] - reader.grid.lon[0])) if reader.grid.lon.size > 1 else 1.0,
    }
    planes = np.empty((len(fields), 2, height, width), np.uint8)
    previous = np.zeros((height, width), np.int32)
    for plane in planes:
        _fold(fields.pop(0), previous, low, 1 / scale, plane[0], plane[1])
    return b"".join((json.dumps(header).encode(), b"\n", planes.data))


def compile_kernels() -> None:
    """Make one small frame, since the first of a process takes seconds of compilation: nobody should wait for it."""

    class Flat:
        grid = coarsened(8)

        def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
            return np.zeros(self.grid.shape, np.float32)

    make_body(cast(GriddedFields, Flat()), "thetao", 0, (0, 1), Viewport(-80, 80, 20, 380, 64, 32))


def _limits(fields: Sequence[np.ndarray]) -> tuple[float, float]:
    ends = [end for field in fields for end in _minimum_and_maximum(field)]
    finite = [end for end in ends if np.isfinite(end)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    return float(low), float(high) if high > low else float(low) + max(abs(float(low)), 1.0) * 1e-3


def _even_axis(centres: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Return the first edge, the step and, for each cell of the even axis, the number of the given cell that covers it."""
    count = centres.size
    step = float(centres[-1] - centres[0]) / (count - 1) if count > 1 else 1.0
    even = centres[0] + step * np.arange(count)
    numbers = np.arange(count)
    if not np.allclose(even, centres, atol=0.02 * step):
        numbers = np.abs(even[:, None] - centres[None, :]).argmin(axis=1)
    return float(centres[0]) - step / 2, step, numbers


def _is_run(numbers: np.ndarray) -> bool:
    return bool(numbers[-1] - numbers[0] + 1 == numbers.size and np.all(np.diff(numbers) == 1))


def _columns(field: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return `columns` of `field`, as one or two runs where they are (a roll), which is far cheaper than picking each."""
    breaks = np.flatnonzero(np.diff(columns) != 1) + 1
    if breaks.size > 2:
        return field[:, columns]
    runs = [field[:, run[0] : run[-1] + 1] for run in np.split(columns, breaks)]
    return runs[0] if len(runs) == 1 else np.concatenate(runs, axis=1)


def _datashader_mean(cells: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    import datashader
    import xarray as xr

    height, width = cells.shape
    coordinates = {"y": np.arange(height) + 0.5, "x": np.arange(width) + 0.5}
    canvas = datashader.Canvas(shape[1], shape[0], x_range=(0, width), y_range=(0, height))
    with _DATASHADER:
        return canvas.raster(xr.DataArray(cells, coords=coordinates, dims=("y", "x")), agg="mean").values


@njit(nogil=True, cache=True)
def _minimum_and_maximum(field: np.ndarray) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for value in field.flat:
        low = min(low, value) if abs(value) < np.inf else low
        high = max(high, value) if abs(value) < np.inf else high
    return low, high


@njit(nogil=True, cache=True)
def _fold(
    field: np.ndarray, previous: np.ndarray, low: float, per_step: float, low_plane: np.ndarray, high_plane: np.ndarray
) -> None:
    """Write `field` as folded differences into two planes and leave its numbers in `previous`."""
    height, width = field.shape
    for row in range(height):
        left = 0
        for column in range(width):
            value = field[row, column]
            number = 0
            if abs(value) < np.inf:
                number = min(max(int((value - low) * per_step + 0.5), 0), LEVELS - 1) + 1
            change = number - previous[row, column]
            previous[row, column] = number
            difference = change - left
            left = change
            # Zigzag: small negative numbers become small positive ones.
            folded = (difference << 1) ^ (difference >> 31)
            low_plane[row, column] = folded & 255
            high_plane[row, column] = folded >> 8
