"""Sections: lines across the ocean on which fields are read by distance and depth, and the transport across them.

Great circles are our own dozen lines: `pyproj.Geod` on a sphere gives the same to 13 figures, but took three to five times as
long (5.0 for 0.9 ms on the distances of a line), and sends a line between opposite points over a pole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid

Positions = Sequence[tuple[float, float]]
"""Latitude and longitude in degrees of the ends and corners of a line."""

SPACING = 25.0
"""Kilometres between two points of a section: about a cell of a quarter degree."""

MOST_POINTS = 2000
"""Points of the longest section; set by hand."""

FINE = 721
"""Points for measuring the length of a line before it is divided evenly; set by hand."""


@dataclass(frozen=True)
class Line:
    """A named line: its corners, joined by great circles, or along one latitude or longitude where `straight`."""

    name: str
    label: str
    corners: Positions
    straight: bool = False


LINES: dict[str, Line] = {
    line.name: line
    for line in (
        Line("equatorial_pacific", "Equatorial Pacific, 140°E-80°W", ((0, 140), (0, 280)), straight=True),
        Line("137e", "137°E, 34°N-3°N", ((34, 137), (3, 137)), straight=True),
        Line("kuroshio_extension", "Kuroshio Extension, 149°E", ((28, 149), (42, 149)), straight=True),
        Line("gulf_stream", "Gulf Stream, AX32 New Jersey-Bermuda", ((40.2, 286.4), (32.4, 295.3))),
        Line("drake_passage", "Drake Passage, AX22", ((-55.0, 294.5), (-62.0, 298.0))),
        Line("ax7", "AX7 Florida-Gibraltar", ((25.8, 280.2), (35.9, 353.5))),
        Line("ax8", "AX8 New Jersey-Cape Town", ((40.2, 286.4), (-33.9, 378.0))),
        Line("ax10", "AX10 New York-Puerto Rico", ((40.3, 286.3), (18.7, 293.8))),
        Line("ax18", "AX18 Buenos Aires-Cape Town", ((-35.5, 304.5), (-34.2, 378.0))),
        Line("ax25", "AX25 Cape Town-Antarctica", ((-34.5, 18.0), (-68.0, 2.0))),
        Line("px30", "PX30 Brisbane-Fiji", ((-27.0, 153.8), (-18.3, 177.8))),
        Line("px37", "PX37 San Francisco-Honolulu", ((37.6, 237.0), (21.4, 202.4))),
        Line("px40", "PX40 Honolulu-Yokohama", ((21.3, 201.7), (34.7, 140.2))),
    )
}
"""Lines of repeated ship measurements: 137°E of the Japan Meteorological Agency, AX and PX of the Ship of Opportunity network."""


def line_of(text: str) -> Line:
    """Return a line by its name, or of corners written as `34,137;3,137`: latitude, longitude in degrees.

    Raises InputError for neither.
    """
    if text in LINES:
        return LINES[text]
    try:
        corners = tuple((float(lat), float(lon)) for lat, lon in (corner.split(",") for corner in text.split(";")))
    except ValueError as error:
        raise InputError(
            f"section is {text[:60]!r}; expected one of {', '.join(LINES)}, or corners such as 34,137;3,137 (latitude, longitude)"
        ) from error
    return Line("own", "Own line", corners)


@dataclass(frozen=True, eq=False)
class Section:
    """Points (m,) along a line: latitude, longitude in [0, 360), kilometres from its start, and its direction.

    `heading` is the direction of travel in radians clockwise from north.
    """

    lat: np.ndarray
    lon: np.ndarray
    distance: np.ndarray
    heading: np.ndarray

    @cached_property
    def widths(self) -> np.ndarray:
        """Return the kilometres (m,) of the line that each point represents."""
        steps = np.diff(self.distance)
        return 0.5 * (np.append(steps, 0) + np.append(0, steps))

    def cells(self, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and columns (m,) of the nearest cells; raises InputError where the line leaves a regional grid."""
        rows = np.abs(grid.lat - self.lat[:, None]).argmin(axis=1)
        turn = np.abs((grid.lon - self.lon[:, None] + 180) % 360 - 180)
        columns = turn.argmin(axis=1)
        east = turn[np.arange(columns.size), columns]
        off = (np.abs(grid.lat[rows] - self.lat) > _step(grid.lat)) | (east > _step(grid.lon))
        if off.any():
            point = int(off.argmax())
            raise InputError(
                f"section passes {self.lat[point]:.1f} N {self.lon[point]:.1f} E, outside the grid of {grid.lat[0]:.1f} to "
                f"{grid.lat[-1]:.1f} N and {grid.lon[0]:.1f} to {grid.lon[-1]:.1f} E; draw it inside"
            )
        return rows, columns

    def across(self, uo: np.ndarray, vo: np.ndarray) -> np.ndarray:
        """Return the current (..., m) in m s-1 through the section, positive to the right of its direction."""
        return uo * np.cos(self.heading) - vo * np.sin(self.heading)


def section(corners: Positions, straight: bool = False, spacing: float = SPACING) -> Section:
    """Return points every `spacing` kilometres along a line of great circles, or of straight lines on the map.

    Raises InputError for fewer than two corners, corners off the globe or at the same position, or a line of over 2000 points.
    """
    if len(corners) < 2:
        raise InputError(f"section has {len(corners)} corners; expected two or more (latitude, longitude)")
    if bad := [corner for corner in corners if not (-90 <= corner[0] <= 90 and np.isfinite(corner[1]))]:
        corner = f"{bad[0][0]:g}, {bad[0][1]:g}"
        raise InputError(f"section has the corner {corner}; expected latitudes from -90 to 90, then longitudes, in degrees")
    legs = [_leg(*pair, straight, spacing) for pair in pairwise(corners)]
    lat = np.concatenate([leg[0] if number == 0 else leg[0][1:] for number, leg in enumerate(legs)])
    lon = np.concatenate([leg[1] if number == 0 else leg[1][1:] for number, leg in enumerate(legs)])
    if lat.size > MOST_POINTS:
        raise InputError(f"section has {lat.size} points; expected at most {MOST_POINTS}: draw a shorter line")
    steps = _kilometres(lat[:-1], lon[:-1], lat[1:], lon[1:])
    if not steps.all():
        raise InputError(
            f"section has two corners at {corners[0][0]:g}, {corners[0][1]:g}; expected corners at different positions"
        )
    ahead = _heading(lat[:-1], lon[:-1], lat[1:], lon[1:])
    # At a point inside the line, the mean of the directions before and after it.
    turns = np.append(ahead[:1], ahead), np.append(ahead, ahead[-1:])
    heading = np.arctan2(sum(np.sin(turn) for turn in turns), sum(np.cos(turn) for turn in turns))
    return Section(lat, lon % 360, np.append(0, np.cumsum(steps)), heading)


def transport(across: np.ndarray, widths: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return the volume in Sv (m,) that crosses a section from its start to each point, between the first and last level.

    `across` (z, m) in m s-1, missing below the sea floor, `widths` (m,) in km, `depth` (z,) in m. It covers the upper
    500 m where the levels end there.
    """
    edges = np.concatenate([depth[:1], 0.5 * (depth[1:] + depth[:-1]), depth[-1:]])
    through = np.nan_to_num(across) * np.diff(edges)[:, None]
    return np.cumsum(through.sum(axis=0) * widths * 1e3) / 1e6


def _leg(start: tuple[float, float], end: tuple[float, float], straight: bool, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes (m,) from one corner to the next, both included, evenly far apart."""
    share = np.linspace(0, 1, FINE)
    lat, lon = (_straight if straight else _great_circle)(start, end, share)
    distance = np.append(0, np.cumsum(_kilometres(lat[:-1], lon[:-1], lat[1:], lon[1:])))
    even = np.linspace(0, distance[-1], max(2, int(np.ceil(distance[-1] / spacing)) + 1))
    return (_straight if straight else _great_circle)(start, end, np.interp(even, distance, share))


def _straight(start: tuple[float, float], end: tuple[float, float], share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # The shorter way around the globe.
    east = (end[1] - start[1] + 180) % 360 - 180
    return start[0] + share * (end[0] - start[0]), start[1] + share * east


def _great_circle(start: tuple[float, float], end: tuple[float, float], share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, last = (_vector(*corner) for corner in (start, end))
    angle = np.arccos(np.clip(first @ last, -1, 1))
    if np.sin(angle) < 1e-9:
        return _straight(start, end, share)
    points = (np.outer(np.sin((1 - share) * angle), first) + np.outer(np.sin(share * angle), last)) / np.sin(angle)
    return np.rad2deg(np.arcsin(points[:, 2].clip(-1, 1))), np.rad2deg(np.arctan2(points[:, 1], points[:, 0]))


def _vector(lat: float, lon: float) -> np.ndarray:
    """Return the unit vector (3,) that points to a position in degrees."""
    north, east = np.deg2rad(lat), np.deg2rad(lon)
    return np.array([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _kilometres(lat: np.ndarray, lon: np.ndarray, lat_on: np.ndarray, lon_on: np.ndarray) -> np.ndarray:
    """Return the great-circle distances (m,) between positions in degrees, exact for short ones (haversine)."""
    half_north, half_east = np.deg2rad(lat_on - lat) / 2, np.deg2rad(lon_on - lon) / 2
    chord = np.sin(half_north) ** 2 + np.cos(np.deg2rad(lat)) * np.cos(np.deg2rad(lat_on)) * np.sin(half_east) ** 2
    return 2e-3 * EARTH_RADIUS * np.arcsin(np.sqrt(chord.clip(0, 1)))


def _heading(lat: np.ndarray, lon: np.ndarray, lat_on: np.ndarray, lon_on: np.ndarray) -> np.ndarray:
    """Return the directions (m,) in radians clockwise from north from one position to the next."""
    east = np.deg2rad(lon_on - lon)
    start, end = np.deg2rad(lat), np.deg2rad(lat_on)
    return np.arctan2(np.sin(east) * np.cos(end), np.cos(start) * np.sin(end) - np.sin(start) * np.cos(end) * np.cos(east))


def _step(axis: np.ndarray) -> float:
    return float(np.diff(axis).max()) if axis.size > 1 else 1.0
