"""Writes one small field in whatever odd way a test asks for; the field is known in closed form."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

LAT, LON, DEPTH = 28 + 0.1 * np.arange(12), 150 + 0.1 * np.arange(14), np.array([0.5, 10.0, 30.0])
TIMES = np.array([0.0, 24.0])
SIZES = (TIMES.size, DEPTH.size, LAT.size, LON.size)
PACKING = (0.001, 20.0)

Change = Callable[[netCDF4.Dataset], None]


def truth(lon: np.ndarray = LON) -> np.ndarray:
    """Return temperature (t, z, h, w): each axis has a slope of its own, longitude a wave without a seam."""
    t, z, y, x = np.meshgrid(TIMES, DEPTH, LAT, np.deg2rad(lon), indexing="ij")
    return 20 + 0.01 * t - 0.1 * z + 0.5 * (y - 28) + 2 * np.sin(x)


def write(
    path: Path,
    numbers: np.ndarray | None = None,
    attributes: Mapping[str, Any] | None = None,
    kind: str = "f4",
    fill: float | None = 1e20,
    lat: np.ndarray = LAT,
    lon: np.ndarray = LON,
    depth: np.ndarray = DEPTH,
    order: Sequence[str] = ("time", "depth", "latitude", "longitude"),
    names: Sequence[str] = ("time", "depth", "latitude", "longitude"),
    change: Change | None = None,
    file_format: str = "NETCDF4",
) -> Path:
    """Write `thetao` on axes of these `names`: `numbers` (t, z, h, w) or the truth, packed where `kind` is an integer.

    `change` comes last.
    """
    axes = {"time": TIMES, "depth": depth, "latitude": lat, "longitude": lon}
    units = ("hours since 2014-03-05", "m", "degrees_north", "degrees_east")
    called = dict(zip(axes, names, strict=True))
    packed = kind.lstrip("<>")[0] in "iu"
    if numbers is None:
        numbers = truth(lon)
        numbers = np.rint((numbers - PACKING[1]) / PACKING[0]) if packed else numbers
    with netCDF4.Dataset(path, "w", format=file_format) as data:
        for name, values, unit in zip(names, axes.values(), units, strict=True):
            data.createDimension(name, values.size)
            data.createVariable(name, "f8", (name,)).units = unit
            data[name][:] = values
        data[called["depth"]].positive = "down"
        variable = data.createVariable("thetao", kind, [called[axis] for axis in order], fill_value=fill)
        variable.set_auto_maskandscale(False)
        variable.setncatts({"units": "degrees_C", "standard_name": "sea_water_potential_temperature"})
        if packed:
            variable.scale_factor, variable.add_offset = PACKING
        variable.setncatts(dict(attributes or {}))
        variable[:] = numbers.astype(kind).transpose([list(axes).index(axis) for axis in order])
        if change:
            change(data)
    return path
