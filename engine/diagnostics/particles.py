"""Drift: the paths of particles in the currents of a forecast."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS, SECONDS_PER_DAY
from engine.schema.grid import Grid

Currents = Callable[[int], tuple[np.ndarray, np.ndarray]]
"""Gives eastward and northward current (h, w) in m s-1 of a lead, NaN where dry."""

STEP_HOURS = 2.0
POLE = 89.0
"""Degrees beyond which a particle counts as at the pole, where meridians meet; set by hand."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Positions (t, p) of p particles in degrees, longitude without jumps, at times (t,) in days after lead 0.

    A particle that reaches land or leaves the grid has no position after that.
    """

    days: np.ndarray
    lat: np.ndarray
    lon: np.ndarray


def drift(
    currents: Currents, grid: Grid, lat: np.ndarray, lon: np.ndarray, leads: Sequence[int], step_hours: float = STEP_HOURS
) -> Paths:
    """Return where particles released at (p,) degrees at the first of `leads` are until the last of them.

    Fourth-order Runge-Kutta in currents that are linear between cells and between days, zero in dry cells; without drift by
    waves or wind. Raises InputError where a particle starts on land or off the grid, or leads are not
    ascending.
    """
    if len(leads) < 2 or np.any(np.diff(leads) <= 0):
        raise InputError(f"drift over the leads {', '.join(map(str, leads))}; expected two or more, ascending")
    place = np.array([np.asarray(lat, float), np.asarray(lon, float)]).reshape(2, -1)
    if lost := np.flatnonzero(dry(grid, place)).tolist():
        raise InputError(
            f"particle starts at {place[0, lost[0]]:.2f} N {place[1, lost[0]]:.2f} E, on land or outside the grid; choose water"
        )
    steps = max(1, round(24 / step_hours))
    days, found = [float(leads[0])], [place]
    before = currents(leads[0])
    for start, end in pairwise(leads):
        after = currents(end)
        count = steps * (end - start)
        for number in range(count):
            place = _advanced(grid, before, after, place, number / count, 1 / count, SECONDS_PER_DAY / steps)
            days.append(start + (number + 1) / steps)
            found.append(place)
        before = after
    positions = np.stack(found)
    return Paths(np.array(days), positions[:, 0], positions[:, 1])


def _advanced(
    grid: Grid,
    before: tuple[np.ndarray, np.ndarray],
    after: tuple[np.ndarray, np.ndarray],
    place: np.ndarray,
    share: float,
    part: float,
    seconds: float,
) -> np.ndarray:
    """One step of `seconds` from `place` (2, p), `share` of the way between two days and `part` of it long."""

    def speed(at: np.ndarray, when: float) -> np.ndarray:
        first, second = (_velocity(grid, current, at) for current in (before, after))
        return first + when * (second - first)

    one = speed(place, share)
    two = speed(place + 0.5 * seconds * one, share + 0.5 * part)
    three = speed(place + 0.5 * seconds * two, share + 0.5 * part)
    four = speed(place + seconds * three, share + part)
    moved = place + seconds / 6 * (one + 2 * two + 2 * three + four)
    return np.where(dry(grid, moved), np.nan, moved)


def _velocity(grid: Grid, current: tuple[np.ndarray, np.ndarray], place: np.ndarray) -> np.ndarray:
    """Return degrees a second (2, p) northward and eastward, linear between the cells around `place`."""
    known = np.nan_to_num(place)
    row, up = _between(grid.lat, known[0])
    column, right = _between(_around(grid), _turned(grid, known[1]))
    column, beyond = column % grid.lon.size, (column + 1) % grid.lon.size
    east, north = (
        sum(
            weight * np.nan_to_num(field[at_row, at_column])
            for at_row, at_column, weight in (
                (row, column, (1 - up) * (1 - right)),
                (row, beyond, (1 - up) * right),
                (row + 1, column, up * (1 - right)),
                (row + 1, beyond, up * right),
            )
        )
        for field in current
    )
    shrink = np.cos(np.deg2rad(np.clip(np.nan_to_num(place[0]), -POLE, POLE)))
    return np.rad2deg(np.array([north, east / shrink])) / EARTH_RADIUS + 0 * place


def _around(grid: Grid) -> np.ndarray:
    """Return the longitudes of the columns, with the first one again after the last on a periodic grid."""
    return np.append(grid.lon, grid.lon[0] + 360) if grid.is_periodic else grid.lon


def _turned(grid: Grid, lon: np.ndarray) -> np.ndarray:
    """Return longitudes in the range of 360 degrees that the grid is in."""
    start = grid.lon[0] if grid.is_periodic else 0.5 * (grid.lon[0] + grid.lon[-1]) - 180
    return start + (lon - start) % 360


def _between(axis: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of the cell centre before each value and how far (0 to 1) the next one is reached."""
    number = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, axis.size - 2)
    return number, np.clip((values - axis[number]) / (axis[number + 1] - axis[number]), 0, 1)


def dry(grid: Grid, place: np.ndarray) -> np.ndarray:
    """Return which positions (2, p), latitude and longitude in degrees, are missing, on land, or off the grid."""
    lat, lon = np.nan_to_num(place)
    row = np.abs(grid.lat[:, None] - lat).argmin(axis=0)
    east = np.abs((grid.lon[:, None] - lon + 180) % 360 - 180)
    column = east.argmin(axis=0)
    steps = [float(np.diff(axis).max()) for axis in (grid.lat, grid.lon)]
    off = (np.abs(grid.lat[row] - lat) > 0.6 * steps[0]) | (east.min(axis=0) > 0.6 * steps[1]) | (np.abs(lat) > POLE)
    return np.isnan(place).any(axis=0) | off | ~grid.wet_surface[row, column]
