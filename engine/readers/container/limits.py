"""Limits on the size of a provider's file, checked from its header before any value is read. All are set by hand."""

from collections.abc import Sequence
from pathlib import Path

from engine.runtime.errors import InputError

MOST_COLUMNS = 36_000
"""Rows or columns: the whole circle at 1/100 degree."""

MOST_CELLS = 2**25
"""Cells of one level: 33.5 million; the globe at 1/12 degree has 19.1 million in HYCOM (4500 x 4251), 8.8 million in GLORYS."""

MOST_LEVELS = 500
"""Levels: HYCOM has 40, GLORYS 50, the finest ocean models about 150."""

MOST_TIMES = 20_000
"""Times in a file: fifty years of days, two years of hours."""

MOST_DAY_VALUES = 2**27
"""Values in all fields of a day of a box kept on its own grid: half a gigabyte in memory.

Four fields on 15 levels make a box of 15 x 15 degrees at 1/100 degree, of 125 x 125 degrees at 1/12.
"""

MOST_CHUNK_BYTES = 2**28
"""Bytes of one chunk, which the library unpacks as a whole; a global level at 1/12 degree in float64 has 153 million."""

MOST_NAMES = 4096
"""Names in a list or a file, which the library lists when it opens it: the longest of the providers' files have a hundred."""

DEEPEST_GROUP = 8
"""Groups within groups; the providers' files have none."""

MOST_ATTRIBUTES = 2**16
"""Attributes of a classic file, all together."""

MOST_ATTRIBUTE_BYTES = 2**20
"""Bytes of one attribute: a history of thousands of commands has less."""

LONGEST_TEXT = 10_000
"""Letters of an attribute that are kept; titles and sources have a few hundred."""

ALWAYS_READ = 2**30
"""Values up to which a file may be mostly empty."""

MOST_VALUES_A_BYTE = 1000
"""Values that one byte of a larger file may represent: the compression of a constant field by deflate."""

_LIMITS = {"time": MOST_TIMES, "depth": MOST_LEVELS, "lat": MOST_COLUMNS, "lon": MOST_COLUMNS}
_WORDS = {"time": "times", "depth": "levels", "lat": "rows", "lon": "columns"}


def check_shape(path: Path, name: str, axes: Sequence[str], shape: Sequence[int]) -> None:
    """Raise InputError where a field with these axes (time, depth, lat, lon) and sizes is larger than any that is read."""
    sizes = dict(zip(axes, shape, strict=True))
    for axis, size in sizes.items():
        if size > _LIMITS.get(axis, MOST_COLUMNS):
            raise InputError(
                f"{path}: {name} has {size} {_WORDS.get(axis, axis)}; expected at most {_LIMITS.get(axis, MOST_COLUMNS)}: "
                "split the file or cut out a box"
            )
    cells = sizes.get("lat", 1) * sizes.get("lon", 1)
    if cells > MOST_CELLS:
        raise InputError(
            f"{path}: {name} has {sizes['lat']} x {sizes['lon']} cells a level; expected at most {MOST_CELLS / 1e6:.1f} million: "
            "cut out a box"
        )


def check_box(path: Path, rows: int, columns: int, values: int) -> None:
    """Raise InputError where a box that keeps its own grid has more cells, or `values` in a day, than fit into memory."""
    if rows * columns > MOST_CELLS or values > MOST_DAY_VALUES:
        raise InputError(
            f"{path} is kept on its own grid, {rows} rows x {columns} columns with {values / 1e6:.0f} million values a day (one "
            f"across the prime meridian becomes a whole circle); expected at most {MOST_CELLS / 1e6:.0f} million cells and "
            f"{MOST_DAY_VALUES / 1e6:.0f} million values: cut out a smaller box, on one side of the meridian"
        )
