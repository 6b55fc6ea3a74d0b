"""From a map of sea surface height to its eddies."""

import numpy as np

from engine.diagnostics.eddies import contours
from engine.diagnostics.eddies.highpass import high_pass
from engine.diagnostics.eddies.table import CONTOUR_POINTS, Criteria, Eddies
from engine.physics.geostrophy import geostrophic_velocity, is_periodic
from engine.physics.water_columns import over_rows
from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.variables import VARIABLES

MOST_OUTSIDE = 0.01
"""Share of heights out of range that are treated as missing, set by hand; above it the field has other units or is no height."""


def detect(
    zos: np.ndarray, lat: np.ndarray, lon: np.ndarray, wet: np.ndarray | None = None, criteria: Criteria | None = None
) -> Eddies:
    """Return the eddies of a map of sea surface height `zos` (h, w) in metres, NaN or not `wet` (h, w) where there is none.

    Closed contours of the height without its large scales, one peak each, after Chelton et al. 2011
    (doi 10.1016/j.pocean.2011.01.002) and Mason et al. 2014 (doi 10.1175/JTECH-D-14-00019.1); cyclones first. `lat` (h,)
    ascending and `lon` (w,) ascending and evenly spaced, in degrees; columns around the globe are joined, and so is a
    box cut in two by the prime meridian. Raises InputError for other axes, or where they do not fit.
    """
    criteria = criteria or Criteria()
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    _check(zos, lat, lon, wet)
    height = _valid(zos if wet is None else np.where(wet, zos, np.nan))
    start = _first_column(lon)
    height, lon = np.roll(height, -start, axis=1), np.concatenate([lon[start:], lon[:start] + 360])
    periodic = is_periodic(lon)
    u, v = geostrophic_velocity(height, lat, lon, np.isfinite(height))
    anomaly = high_pass(height, lat, lon, criteria.wavelength, periodic)
    border = ((1, 1), (0, 0) if periodic else (1, 1))
    speed = np.pad(np.hypot(u, v).astype(np.float64), border)
    lat_step, lon_step = np.diff(lat).min(), (lon[-1] - lon[0]) / (lon.size - 1)
    padded_lat = np.concatenate([[lat[0] - lat_step], lat, [lat[-1] + lat_step]])
    padded = np.pad(anomaly, border, constant_values=np.nan)
    first_lon = lon[0] if periodic else lon[0] - lon_step
    most = _most_pixels(lat, lat_step, lon_step, criteria.largest_radius)
    tables, curves, rotations = [], [], []
    for rotation in (1, -1):
        found, curve = _contours_of_peaks(-rotation * padded, speed, padded_lat, first_lon, lon_step, most, criteria)
        tables.append(found)
        curves.append(curve)
        rotations.append(np.full(len(found), rotation, dtype=np.int8))
    return _table(np.concatenate(tables), np.concatenate(curves), np.concatenate(rotations))


def _contours_of_peaks(
    height: np.ndarray, speed: np.ndarray, lat: np.ndarray, lon_start: float, lon_step: float, most: int, criteria: Criteria
) -> tuple[np.ndarray, np.ndarray]:
    """Return table (n, 10) and curves (n, 2, 50) of the highs of a padded field."""
    peaks = contours.find_peaks(height)
    number = np.full(height.shape, -1, dtype=np.int32)
    number[peaks[:, 0], peaks[:, 1]] = np.arange(len(peaks))
    table = np.zeros((len(peaks), contours.COLUMNS))
    curves = np.zeros((len(peaks), 2, CONTOUR_POINTS))
    if len(peaks):
        # A contour exactly as deep as asked for must not fail by rounding.
        depth = criteria.amplitude - 1e-9
        limits = contours.Limits(criteria.step, depth, criteria.shape_error, criteria.fewest_pixels, most)
        field = contours.PaddedField(height, speed, number, lat, float(lon_start), float(lon_step))
        over_rows(contours.outermost_contours, len(peaks), peaks, field, limits, table, curves)
    found = (table[:, contours.AMPLITUDE] > 0) & (table[:, contours.AREA] <= np.pi * criteria.largest_radius**2)
    return table[found], curves[found]


def _table(table: np.ndarray, curves: np.ndarray, rotation: np.ndarray) -> Eddies:
    lon = table[:, contours.LON] % 360
    lon[lon == 360] = 0.0  # the remainder of the smallest negative numbers
    turn = table[:, contours.LON] - lon
    return Eddies(
        lon=lon,
        lat=table[:, contours.LAT],
        peak_lon=table[:, contours.PEAK_LON] % 360,
        peak_lat=table[:, contours.PEAK_LAT],
        amplitude=table[:, contours.AMPLITUDE],
        radius=np.sqrt(table[:, contours.AREA] / np.pi),
        speed_radius=np.sqrt(table[:, contours.SPEED_AREA] / np.pi),
        speed=table[:, contours.SPEED],
        rotation=rotation,
        shape_error=table[:, contours.SHAPE_ERROR],
        level=-rotation * table[:, contours.LEVEL] + 0.0,
        contour_lon=curves[:, 0] - turn[:, None],
        contour_lat=curves[:, 1],
    )


def _first_column(lon: np.ndarray) -> int:
    """Return the westernmost column: after the gap where the prime meridian cuts a box in two, else the first."""
    steps = np.diff(lon)
    typical = float(np.median(steps))
    start = int(np.argmax(steps)) + 1 if steps.max() > 1.5 * typical else 0
    steps = np.diff(np.concatenate([lon[start:], lon[:start] + 360]))
    if np.abs(steps - typical).max() > 0.01 * typical:
        raise InputError(
            f"longitude has steps of {steps.min():g} to {steps.max():g} degrees; expected even ones: regrid the field first"
        )
    return start


def _most_pixels(lat: np.ndarray, lat_step: float, lon_step: float, radius: float) -> int:
    """Return how many cells a disc of `radius` metres covers where they are narrowest, between 70 degrees and the equator."""
    narrowest = np.cos(np.deg2rad(min(np.abs(lat).max(), 70.0)))
    cell = (EARTH_RADIUS * np.deg2rad(1)) ** 2 * lat_step * lon_step * narrowest
    return int(np.pi * radius**2 / cell) + 1


def _valid(zos: np.ndarray) -> np.ndarray:
    """Return heights in float64, NaN out of the valid range, since the highest peak sets the number of levels to search.

    Raises InputError where more than `MOST_OUTSIDE` of them are out of range.
    """
    low, high = VARIABLES["zos"].valid_range
    outside = np.isfinite(zos) & ((zos < low) | (zos > high))
    if outside.sum() > MOST_OUTSIDE * np.isfinite(zos).sum():
        raise InputError(
            f"sea surface height spans {np.nanmin(zos[outside]):g} to {np.nanmax(zos[outside]):g} m in {outside.sum()} cells; "
            f"expected {low:g} to {high:g} m: check its units"
        )
    return np.where(np.isfinite(zos) & ~outside, zos, np.nan).astype(np.float64)


def _check(zos: np.ndarray, lat: np.ndarray, lon: np.ndarray, wet: np.ndarray | None) -> None:
    if lat.ndim != 1 or lon.ndim != 1 or min(lat.size, lon.size) < 4 or np.any(np.diff(lat) <= 0) or np.any(np.diff(lon) <= 0):
        raise InputError(
            f"axes of a height field have shapes {lat.shape} and {lon.shape}; expected 4 or more ascending latitudes and "
            "longitudes: sort the field first"
        )
    for name, shape in (("sea surface height", zos.shape), ("wet mask", zos.shape if wet is None else wet.shape)):
        if shape != (lat.size, lon.size):
            raise InputError(f"{name} has shape {shape}; expected {(lat.size, lon.size)} as its axes say")
