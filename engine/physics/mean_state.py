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
    """Write a mean state with its modes as NetCDF at `path`, whole or not at all, and return the SHA-256 of the file."""
    grid, modes = state.grid, state.modes or _modes_of(state)
    axes = {"lat": grid.lat, "lon": grid.lon, "depth": grid.depth}
    fields = {
        name: (("harmonic", "depth", "lat", "lon") if values.ndim == 4 else ("harmonic", "lat", "lon"), values)
        for name, values in state.harmonics.items()
    }
    fixed = {"wet": (("depth", "lat", "lon"), grid.wet.astype(np.int8)), "deptho": (("lat", "lon"), grid.deptho)}
    if modes is not None:
        axes["level"] = atlas().level
        fixed |= {"c1": (("lat", "lon"), modes[0]), "F": (("level", "lat", "lon"), modes[1])}
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
                str(name): data[name].values.astype(np.float32) for name in data.data_vars if "harmonic" in data[name].dims
            }
            modes = (data["c1"].values, data["F"].values) if "c1" in data else None
            return MeanState(grid, harmonics, json.loads(data.attrs["state"]), modes)
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
    fields = _fields_of(state)
    modes = state.modes or _modes_of(state, fields)
    if modes is not None:
        fields["c1"], fields["F"] = modes
        fields["D"] = displacement(shipped.level, *modes).astype(np.float32)
    if "zos" in state.harmonics:
        # The displaced state adds the anomaly from the surface of the mean flow, which is geostrophic, at every depth.
        level = np.where(grid.wet_surface, fields["zos"], np.nan)
        for name, flow in zip(("uo", "vo"), geostrophic_velocity(level, grid.lat, grid.lon, grid.wet_surface), strict=True):
            if name in state.harmonics:
                fields[name][0] = flow
    name = str(state.attributes.get("name", "mean state"))
    return Atlas(grid.lat, grid.lon, shipped.level, fields, name, grid, state.harmonics)


def _fields_of(state: MeanState) -> dict[str, Array]:
    """Return the fields of the shipped climatology on the grid of a mean state, with those of the state in their place."""
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
    return fields


def _modes_of(state: MeanState, fields: dict[str, Array] | None = None) -> tuple[Array, Array] | None:
    """Return the modes of a mean state, continued over land and smooth; None where it lacks temperature or salinity."""
    if not {"thetao", "so"} <= set(state.harmonics):
        return None
    fields = _fields_of(state) if fields is None else fields
    cells = block_size(state.grid)
    c1, shape = stratified_modes(state.grid, atlas().level, fields["thetao"][0], fields["so"])
    found = []
    for values, prior in ((c1, fields["c1"]), (shape, fields["F"])):
        sizes = (1,) * (values.ndim - 2) + (cells, cells)
        sides = ("nearest",) * (len(sizes) - 1) + ("wrap" if state.grid.is_periodic else "nearest",)
        found.append(uniform_filter(_continued(values, prior), sizes, mode=sides))
    return found[0], found[1]


def _continued(values: Array, prior: Array) -> Array:
    """Return `values` (..., h, w) with gaps filled from `prior`, shifted by the difference at the nearest known cell."""
    filled = np.empty(values.shape, dtype=np.float32)
    known: dict[bytes, Array] = {}  # all harmonics of a level have the same gaps
    for place in np.ndindex(values.shape[:-2]):
        difference = values[place] - prior[place]
        gaps = ~np.isfinite(difference)
        if gaps.all():
            difference = np.zeros_like(difference)
        elif gaps.any():
            name = np.packbits(gaps).tobytes()
            if name not in known:
                known[name] = distance_transform_edt(gaps, return_distances=False, return_indices=True)
            difference = difference[tuple(known[name])]
        filled[place] = prior[place] + difference
    return filled
