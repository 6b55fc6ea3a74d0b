"""A table of eddies by columns, and the criteria of the search."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import xarray as xr

from engine.runtime.errors import InputError

CONTOUR_POINTS = 50


@dataclass(frozen=True)
class Criteria:
    """Criteria of an eddy; by default those of Mason et al. 2014 (doi 10.1175/JTECH-D-14-00019.1) on a 1/4 degree grid."""

    wavelength: float = 700e3
    """Wavelength in metres above which scales are removed from sea level first."""
    step: float = 0.002
    """Distance in metres between the levels of the search."""
    amplitude: float = 0.004
    """Least height in metres of the peak above the contour; a second peak this high inside disqualifies the contour."""
    shape_error: float = 0.55
    """Greatest area between contour and circle, as a share of the circle's."""
    fewest_pixels: int = 5
    largest_radius: float = 400e3
    """Greatest radius in metres of the circle of the contour's area."""

    def __post_init__(self) -> None:
        """Raise InputError for a criterion that is not positive."""
        for item in fields(self):
            if not getattr(self, item.name) > 0:
                raise InputError(f"criterion {item.name} is {getattr(self, item.name)}; expected a number above 0")


@dataclass(frozen=True, eq=False)
class Eddies:
    """The eddies of one map, `n` of them, each a row of every column; raises InputError where columns differ in length."""

    lon: np.ndarray
    """Centroid of the effective contour, degrees east in [0, 360), and of the same point `lat` in degrees north."""
    lat: np.ndarray
    peak_lon: np.ndarray
    """Position of the extreme pixel in degrees, `peak_lat` likewise."""
    peak_lat: np.ndarray
    amplitude: np.ndarray
    """Height of the extreme above (below) the effective contour in metres, positive."""
    radius: np.ndarray
    """Radius in metres of the circle with the area inside the effective, outermost, contour."""
    speed_radius: np.ndarray
    """Radius in metres of the circle with the area inside the contour of the fastest mean flow."""
    speed: np.ndarray
    """Mean geostrophic speed along that contour in m s-1."""
    rotation: np.ndarray
    """+1 cyclonic (a low: vorticity with the sign of the Earth's), -1 anticyclonic (a high), int8."""
    shape_error: np.ndarray
    """Area between the effective contour and the circle as a share of the circle's, 0 to 1."""
    level: np.ndarray
    """Height of the effective contour in metres, large scales removed."""
    contour_lon: np.ndarray
    """Effective contour (n, 50), closed, in degrees; within half a turn of `lon`, so it may leave [0, 360).

    A thinned table has fewer points, or none."""
    contour_lat: np.ndarray

    def __post_init__(self) -> None:
        for item in fields(self):
            shape = getattr(self, item.name).shape
            expected = (self.lon.size, self.contour_lon.shape[-1]) if item.name.startswith("contour") else (self.lon.size,)
            if shape != expected:
                raise InputError(f"column {item.name} of an eddy table has shape {shape}; expected {expected}")

    def __len__(self) -> int:
        return int(self.lon.size)

    def select(self, chosen: np.ndarray) -> "Eddies":
        """Return the eddies of a mask or of row numbers."""
        return Eddies(**{item.name: getattr(self, item.name)[chosen] for item in fields(self)})

    def thinned(self, step: int) -> "Eddies":
        """Return the table in float32 with every `step`-th point of its contours, no longer closed; 0 leaves none."""
        points = slice(0, -1, step) if step else slice(0)
        columns = {}
        for item in fields(self):
            values = getattr(self, item.name)
            kept = values[:, points] if item.name.startswith("contour") else values
            columns[item.name] = kept if item.name == "rotation" else kept.astype(np.float32)
        return Eddies(**columns)

    def to_dataset(self) -> xr.Dataset:
        """Return the table as a CF dataset along `eddy`, its contours along `point`."""
        return xr.Dataset(
            {
                item.name: (("eddy", "point")[: getattr(self, item.name).ndim], getattr(self, item.name), ATTRIBUTES[item.name])
                for item in fields(self)
            },
            attrs={"Conventions": "CF-1.11", "title": "Eddies of one map of sea surface height"},
        ).set_coords(["lon", "lat"])

    @classmethod
    def from_dataset(cls, data: xr.Dataset) -> "Eddies":
        """Return the table that `to_dataset` wrote; raises InputError where a column is missing."""
        lacking = [item.name for item in fields(cls) if item.name not in data]
        if lacking:
            raise InputError(f"eddy table lacks {', '.join(lacking)}; expected what `goms eddies --out` writes: write it again")
        return cls(**{item.name: data[item.name].values for item in fields(cls)})


def joined(tables: Sequence[Eddies]) -> Eddies:
    """Return the rows of several tables one after the other; none for no table."""
    columns = {}
    points = tables[0].contour_lon.shape[1] if tables else CONTOUR_POINTS
    for item in fields(Eddies):
        none = np.empty((0, points) if item.name.startswith("contour") else 0, np.float32)
        columns[item.name] = np.concatenate([none, *(getattr(table, item.name) for table in tables)])
    return Eddies(**{**columns, "rotation": columns["rotation"].astype(np.int8)})


ATTRIBUTES: dict[str, dict[str, object]] = {
    "lon": {"standard_name": "longitude", "units": "degrees_east", "long_name": "longitude of the centroid"},
    "lat": {"standard_name": "latitude", "units": "degrees_north", "long_name": "latitude of the centroid"},
    "peak_lon": {"units": "degrees_east", "long_name": "longitude of the extreme"},
    "peak_lat": {"units": "degrees_north", "long_name": "latitude of the extreme"},
    "amplitude": {"units": "m", "long_name": "height between the extreme and the effective contour"},
    "radius": {"units": "m", "long_name": "radius of the circle of the effective contour's area"},
    "speed_radius": {"units": "m", "long_name": "radius of the circle of the area inside the contour of fastest mean flow"},
    "speed": {"units": "m s-1", "long_name": "mean geostrophic speed along the contour of fastest mean flow"},
    "rotation": {"flag_values": np.array([-1, 1], np.int8), "flag_meanings": "anticyclonic cyclonic", "long_name": "rotation"},
    "shape_error": {"units": "1", "long_name": "area between effective contour and circle over that of the circle"},
    "level": {"units": "m", "long_name": "height of the effective contour without large scales"},
    "contour_lon": {"units": "degrees_east", "long_name": "longitude of the effective contour"},
    "contour_lat": {"units": "degrees_north", "long_name": "latitude of the effective contour"},
}
"""CF attributes of each column."""
