"""Derive the 1/12 degree sea floor of the Kuroshio box: `python -m sample_data.assets_build.kuroshio_floor ETOPO5.cdf`."""

import sys
from pathlib import Path

import numpy as np
import xarray as xr
from scipy import ndimage

from engine.physics.kuroshio_grid import COLUMNS, FILE, ROWS, SOUTH, STEP, WEST
from sample_data.assets_build.bathymetry import SHALLOWEST

OPEN_SEA = ((30.0, 150.0), (40.0, 135.0), (25.0, 125.0))
"""Pacific, Sea of Japan, East China Sea: what is not connected with one of them is inland water."""

ROUNDING = 10.0
"""Metres, where the floor is deeper than 1000 m, set by hand: finer depths have no effect, and the file stays small."""


def build(etopo5: Path, target: Path = FILE) -> None:
    """Write the sea floor depth of the box in m, NaN on land and on inland water: means of the wet corners of each cell."""
    south, west = round((SOUTH + 90) / STEP), round(WEST / STEP)
    with xr.open_dataset(etopo5, decode_times=False) as data:
        height = data["ROSE"].values[south : south + ROWS + 1, west : west + COLUMNS + 1]
    wet = (height < 0).astype(np.float64)
    corners = [(slice(a, a + ROWS), slice(b, b + COLUMNS)) for a in (0, 1) for b in (0, 1)]
    share = sum(wet[corner] for corner in corners)
    depth = sum(np.where(height < 0, -height, 0.0)[corner] for corner in corners) / np.maximum(share, 1)
    labels, _ = ndimage.label(share >= 2)
    keep = {labels[int((lat - SOUTH) / STEP), int((lon - WEST) / STEP)] for lat, lon in OPEN_SEA}
    depth = np.where(depth > 1000, np.rint(depth / ROUNDING) * ROUNDING, np.maximum(np.rint(depth), SHALLOWEST))
    deptho = np.where(np.isin(labels, list(keep - {0})), depth, np.nan)
    out = xr.Dataset(
        {"deptho": (("lat", "lon"), deptho, {"units": "m", "standard_name": "sea_floor_depth_below_geoid"})},
        {
            "lat": ("lat", SOUTH + STEP * (np.arange(ROWS) + 0.5), {"units": "degrees_north", "standard_name": "latitude"}),
            "lon": ("lon", WEST + STEP * (np.arange(COLUMNS) + 0.5), {"units": "degrees_east", "standard_name": "longitude"}),
        },
        {
            "title": "Sea floor depth of the Kuroshio box on a 1/12 degree grid",
            "source": "ETOPO5 (NOAA National Geophysical Data Center, 1988), means of the wet corners of each cell, inland "
            "water removed; deeper than 1000 m rounded to 10 m",
            "licence": "public domain (United States Government work)",
        },
    )
    packing = {"dtype": "int16", "_FillValue": np.int16(-30000), "zlib": True, "complevel": 9, "shuffle": True}
    out.to_netcdf(target, encoding={"deptho": packing})


if __name__ == "__main__":
    build(Path(sys.argv[1]))
