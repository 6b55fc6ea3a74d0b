"""The ocean at 541 m, below the model's last level at 500 m: an extrapolation, since OceanBench scores that depth.

Temperature and salinity go on from 400 and 500 m as a straight line, bent as the climatology of the place is bent there; currents
go on as the line alone. `docs/recipes/oceanbench.md` has the errors against HYCOM's own levels.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from engine.physics.climatology import atlas, interpolate, on_day
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS

LAST, ABOVE = DEPTHS[-1], DEPTHS[-2]

METHOD = f"extrapolated from {ABOVE:g} and {LAST:g} m: a straight line, bent as the climatology for temperature and salinity"

BENT = ("thetao", "so")


def below(name: str, metres: float, level: Callable[[int], np.ndarray], grid: Grid, time: np.datetime64) -> np.ndarray:
    """Return a field (h, w) at `metres` below the last level of `grid`, NaN where the sea floor is shallower.

    `level(n)` gives the field at level n of the grid, whose last two are the model's.
    """
    share = np.float32((metres - LAST) / (LAST - ABOVE))
    last, above = level(grid.depth.size - 1), level(grid.depth.size - 2)
    values = last + share * (last - above)
    if name in BENT:
        values += interpolate(_bend(name, metres, time.astype("datetime64[D]")), grid)
    return np.where(np.nan_to_num(grid.deptho) > metres, values, np.float32(np.nan))


@lru_cache(maxsize=8)
def _bend(name: str, metres: float, day: np.datetime64) -> np.ndarray:
    """Return how far the climatology at `metres` is from its own straight line, on the grid of the atlas."""
    source = atlas()
    field = on_day(name, day) if name == "thetao" else source.fields[name]

    def at(depth: float) -> np.ndarray:
        lower = int(np.searchsorted(source.level, depth))
        share = np.float32((depth - source.level[lower - 1]) / (source.level[lower] - source.level[lower - 1]))
        return np.asarray((1 - share) * field[lower - 1] + share * field[lower])

    share = np.float32((metres - LAST) / (LAST - ABOVE))
    return at(metres) - at(LAST) - share * (at(LAST) - at(ABOVE))
