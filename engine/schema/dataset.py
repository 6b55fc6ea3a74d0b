"""Grids as xarray by the CF conventions: coordinates, masks and attributes of axes, and text for what NetCDF cannot hold."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.schema.variables import VARIABLES

CONVENTIONS = "CF-1.11"

AXES: dict[str, dict[str, str]] = {
    "depth": {"standard_name": "depth", "units": "m", "positive": "down", "axis": "Z"},
    "lat": {"standard_name": "latitude", "units": "degrees_north", "axis": "Y"},
    "lon": {"standard_name": "longitude", "units": "degrees_east", "axis": "X"},
}
"""Attributes of the axes of a grid."""

WET: dict[str, str] = {"long_name": "True over water"}


def grid_variables(grid: Grid) -> dict[str, tuple[tuple[str, ...], np.ndarray, dict[str, Any]]]:
    """Return `wet` (depth, lat, lon) and `deptho` (lat, lon) of a grid with their attributes."""
    return {
        "wet": (("depth", "lat", "lon"), grid.wet, WET),
        "deptho": (("lat", "lon"), grid.deptho.astype(np.float32), VARIABLES["deptho"].attributes),
    }


def grid_coordinates(grid: Grid) -> dict[str, tuple[str, np.ndarray, dict[str, str]]]:
    """Return the axes of a grid with their attributes."""
    return {name: (name, getattr(grid, name), attributes) for name, attributes in AXES.items()}


def grid_of(data: xr.Dataset) -> Grid:
    """Return the grid that `lat`, `lon`, `depth`, `wet` and `deptho` of a dataset describe; raises InputError without one."""
    if missing := [name for name in (*AXES, "wet", "deptho") if name not in data.variables]:
        raise InputError(
            f"a dataset has no {', '.join(missing)}; expected the axes, the mask `wet` and the sea floor `deptho`: give its grid"
        )
    lat, lon, depth = (data[name].values for name in ("lat", "lon", "depth"))
    wet, deptho = data["wet"].transpose("depth", "lat", "lon"), data["deptho"].transpose("lat", "lon")
    return Grid(lat, lon, depth, wet.values.astype(bool), deptho.values)


def plain_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes of which all but text and numbers are JSON, since a NetCDF file holds nothing else."""
    plain = (str, int, float)
    return {
        name: value if isinstance(value, plain) and not isinstance(value, bool) else json.dumps(value)
        for name, value in attributes.items()
    }
