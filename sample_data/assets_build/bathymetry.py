"""Derive the 1/4 degree sea floor of the shipped grid from ETOPO5: `python -m sample_data.assets_build.bathymetry ETOPO5.cdf`."""

import sys
from pathlib import Path

import numpy as np
import xarray as xr
from scipy import ndimage

from engine.runtime.paths import ASSETS

SEAS = {
    # The open ocean, and seas that belong to it through straits narrower than a quarter of a degree.
    "Pacific": (0.0, 200.0),
    "Mediterranean": (35.0, 18.0),
    "Adriatic": (42.5, 16.5),
    "Black Sea": (43.0, 34.0),
    "Red Sea": (20.0, 38.5),
    "Persian Gulf": (27.0, 51.5),
    "Baltic": (58.0, 20.0),
    "Gulf of Bothnia": (62.0, 19.5),
    "Hudson Bay": (60.0, 274.0),
    "Sea of Japan": (40.0, 135.0),
}
SHALLOWEST = 5.0
"""Least depth of a wet cell in metres, set by hand."""


def cell_means(height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return wet share and mean depth in metres (720, 1440) of `height` (2161, 4320), metres, at points 1/12 degree apart.

    Points on a cell's edge count half for each of the two cells that they border.
    """
    wet = (height < 0).astype(np.float64)
    depth = np.where(height < 0, -height, 0.0)

    def blocks(points: np.ndarray) -> np.ndarray:
        wrapped = np.concatenate([points, points[:, :1]], axis=1)
        for axis, count in ((0, 720), (1, 1440)):
            parts = [np.take(wrapped, np.arange(count) * 3 + k, axis=axis) * w for k, w in enumerate((0.5, 1, 1, 0.5))]
            wrapped = np.sum(parts, axis=0) / 3
        return wrapped

    share = blocks(wet)
    return share, blocks(depth) / np.maximum(share, 1e-9)


def flood(share: np.ndarray) -> np.ndarray:
    """Return (720, 1440) True for the water connected with one of `SEAS`, across the prime meridian too."""
    water = share >= 0.5
    labels, _ = ndimage.label(np.concatenate([water, water], axis=1))
    keep = {
        labels[round((lat + 89.875) * 4), round((lon - 0.125) * 4) + shift] for lat, lon in SEAS.values() for shift in (0, 1440)
    }
    inside = np.isin(labels, list(keep - {0}))
    return inside[:, :1440] | inside[:, 1440:]


def build(etopo5: Path, target: Path = ASSETS / "bathymetry.nc") -> None:
    """Write the sea floor depth on the 720 x 1440 grid, NaN on land and on inland water."""
    with xr.open_dataset(etopo5, decode_times=False) as data:
        height = data["ROSE"].values
    share, depth = cell_means(height)
    ocean = flood(share)
    deptho = np.where(ocean, np.maximum(depth, SHALLOWEST), np.nan).astype(np.float32)
    out = xr.Dataset(
        {"deptho": (("lat", "lon"), deptho, {"units": "m", "standard_name": "sea_floor_depth_below_geoid"})},
        {
            "lat": ("lat", -89.875 + 0.25 * np.arange(720), {"units": "degrees_north", "standard_name": "latitude"}),
            "lon": ("lon", 0.125 + 0.25 * np.arange(1440), {"units": "degrees_east", "standard_name": "longitude"}),
        },
        {
            "title": "Sea floor depth on a 1/4 degree grid",
            "source": "ETOPO5 (NOAA National Geophysical Data Center, 1988), means of the wet points of each cell, "
            "open ocean and named marginal seas by flood fill",
            "licence": "public domain (United States Government work)",
        },
    )
    packing = {"dtype": "int16", "scale_factor": 1.0, "_FillValue": np.int16(-30000), "zlib": True, "complevel": 9}
    out.to_netcdf(target, encoding={"deptho": packing})


if __name__ == "__main__":
    build(Path(sys.argv[1]))
