"""Mean states on disk, and as the mean ocean that models, sources and anomalies read instead of the shipped climatology."""

import hashlib
import json
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, uniform_filter

from engine import __version__
from engine.physics.climatology import Atlas, atlas, interpolate
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.mean_fit import MeanState
from engine.physics.stratification import block_size, stratified_modes
from engine.physics.vertical_modes import displacement
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ModelError
from engine.schema.grid import Grid
from engine.schema.variables import DEPTHS, VARIABLES

Array = NDArray[np.float32]

FORMAT = "goms-mean-state-1"


def write_mean_state(path: Path, state: MeanState) -> str:
    """Write a mean state as NetCDF at `path`, whole or not at all, and return the SHA-256 of the file."""
    grid = state.grid
    axes = {"lat": grid.lat, "lon": grid.lon, "depth": grid.depth}
    fields = {
        name: (("harmonic", "depth", "lat", "lon") if values.ndim == 4 else ("harmonic", "lat", "lon"), values)
        for name, values in state.harmonics.items()
    }
    fixed = {"wet": (("depth", "lat", "lon"), grid.wet.astype(np.int8)), "deptho": (("lat", "lon"), grid.deptho)}
    attributes = {"format": FORMAT, "software_version": __version__, "state": json.dumps(state.attributes)}
    data = xr.Dataset({**fields, **fixed}, axes, attributes)
    data = data.assign_coords(harmonic=("harmonic", ["mean", "cos", "sin", "cos 2", "sin 2"]))
    for name in fields:
        data[name].attrs = {"units": VARIABLES[name].units, "long_name": f"harmonics of the year of {VARIABLES[name].long_name}"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, shared=True) as temporary:
        data.to_netcdf(temporary, engine="netcdf4", encoding={name: {"zlib": True, "complevel": 1} for name in [*fields, *fixed]})
    return digest_of(path)


def read_mean_state(path: Path) -> MeanState:
    """Return the mean state in a file that `write_mean_state` wrote; raises ModelError for any other."""
    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            if data.attrs.get("format") != FORMAT:
                raise ModelError(f"{path} has the format {data.attrs.get('format')!r}; expected {FORMAT}: use `goms climatology`")
            lat, lon, depth = (data[name].values.astype(np.float64) for name in ("lat", "lon", "depth"))
            grid = Grid(lat, lon, depth, data["wet"].values.astype(bool), data["deptho"].values.astype(np.float32))
            harmonics = {
                str(name): data[name].values.astype(np.float32) for name in data.data_vars if name not in ("wet", "deptho")
            }
            return MeanState(grid, harmonics, json.loads(data.attrs["state"]))
    except (OSError, ValueError, LookupError, InputError) as error:
        raise ModelError(f"mean state {path} cannot be read ({error}); make it again with `goms climatology`") from error


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def mean_ocean(state: MeanState) -> Atlas:
    """Return a mean state as the mean ocean of its grid, continued over land.

    What it lacks is that of the shipped climatology: fields, the air, and water below the deepest level, moved to join it.
    The first baroclinic mode is that of the mean temperature and salinity.
    """
    shipped, grid = atlas(), state.grid
    fields = {name: interpolate(values, grid) for name, values in shipped.fields.items()}
    levels = [DEPTHS.index(depth) for depth in grid.depth]
    deepest = levels[-1]
    for name, values in state.harmonics.items():
        found = values if name == "thetao" else values[0]
        if values.ndim == 3:
            fields[name] = _continued(found, fields[name])
            continue
        known = _continued(found, fields[name][..., levels, :, :])
        step = (known[..., -1, :, :] - fields[name][..., deepest, :, :])[..., None, :, :]
        if name == "thetao":
            step[1:] = 0
        if name in ("thetao", "so"):
            fields[name][..., deepest + 1 :, :, :] += step
        fields[name][..., levels, :, :] = known
    if {"thetao", "so"} <= set(state.harmonics):
        c1, shape = stratified_modes(grid, shipped.level, fields["thetao"][0], fields["so"])
        fields["c1"], fields["F"] = _continued(c1, fields["c1"]), _continued(shape, fields["F"])
        fields["D"] = displacement(shipped.level, fields["c1"], fields["F"]).astype(np.float32)
        cells = block_size(grid)
        for field in ("c1", "F", "D"):
            sizes = (1,) * (fields[field].ndim - 2) + (cells, cells)
            fields[field] = uniform_filter(fields[field], sizes, mode=("nearest",) * (len(sizes) - 1) + ("wrap",))
    if "zos" in state.harmonics:
        # The displaced state adds the departure from the surface of the mean flow, which is geostrophic, at every depth.
        level = np.where(grid.wet_surface, fields["zos"], np.nan)
        for name, flow in zip(("uo", "vo"), geostrophic_velocity(level, grid.lat, grid.lon, grid.wet_surface), strict=True):
            if name in state.harmonics:
                fields[name][0] = flow
    name = str(state.attributes.get("name", "mean state"))
    return Atlas(grid.lat, grid.lon, shipped.level, fields, name, grid, state.harmonics)


def _continued(values: Array, prior: Array) -> Array:
    """Return `values` (..., h, w) with gaps filled from `prior`, shifted by the difference at the nearest known cell."""
    filled = np.empty(values.shape, dtype=np.float32)
    for place in np.ndindex(values.shape[:-2]):
        difference = values[place] - prior[place]
        gaps = ~np.isfinite(difference)
        if gaps.all():
            difference = np.zeros_like(difference)
        elif gaps.any():
            nearest = distance_transform_edt(gaps, return_distances=False, return_indices=True)
            difference = difference[tuple(nearest)]
        filled[place] = prior[place] + difference
    return filled
