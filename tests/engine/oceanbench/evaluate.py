"""Runs in an environment of OceanBench: scores challengers against a reference with its own functions, and prints JSON.

Arguments: a folder that has NAME/YYYYMMDD.zarr of each, the name of the reference, then those of the challengers. The ocean mask
is where the reference has values, since OceanBench's own is on the web.
"""

import json
import sys
from pathlib import Path

import numpy
import xarray
from oceanbench.core.dataset_utils import DepthLevel, Variable
from oceanbench.core.derived_quantities import compute_geostrophic_currents, compute_mixed_layer_depth
from oceanbench.core.lagrangian_trajectory import deviation_of_lagrangian_trajectories
from oceanbench.core.rmsd import rmsd

VARIABLES = [
    Variable.SEA_SURFACE_HEIGHT_ABOVE_GEOID,
    Variable.SEA_WATER_POTENTIAL_TEMPERATURE,
    Variable.SEA_WATER_SALINITY,
    Variable.NORTHWARD_SEA_WATER_VELOCITY,
    Variable.EASTWARD_SEA_WATER_VELOCITY,
]
GEOSTROPHIC = [Variable.GEOSTROPHIC_NORTHWARD_SEA_WATER_VELOCITY, Variable.GEOSTROPHIC_EASTWARD_SEA_WATER_VELOCITY]


def opened(folder: Path) -> xarray.Dataset:
    """Open the starts in a folder as OceanBench opens its public challengers."""
    paths = sorted(folder.glob("*.zarr"))
    days = [numpy.datetime64(f"{path.name[:4]}-{path.name[4:6]}-{path.name[6:8]}", "ns") for path in paths]
    return xarray.open_mfdataset(
        paths,
        engine="zarr",
        preprocess=lambda data: data.rename(time="lead_day_index").assign_coords(lead_day_index=range(data.sizes["time"])),
        combine="nested",
        concat_dim="first_day_datetime",
    ).assign_coords(first_day_datetime=days)


def mask_of(reference: xarray.Dataset) -> xarray.DataArray:
    """Return where a reference has values, at the six scored depths."""
    levels = reference.thetao.isel(first_day_datetime=0, lead_day_index=0)
    levels = levels.sel(depth=[level.value for level in DepthLevel], method="nearest")
    return levels.notnull().drop_vars(["first_day_datetime", "lead_day_index"], errors="ignore").compute()


def main() -> None:
    """Print {challenger: {score: {row: [values by lead, missing fraction]}}}."""
    folder, of, *names = Path(sys.argv[1]), *sys.argv[2:]
    reference = opened(folder / of)
    mask = mask_of(reference)
    found = {}
    for name in names:
        challenger = opened(folder / name)
        tables = {
            "variables": rmsd(challenger, reference, VARIABLES, mask),
            "mixed layer": rmsd(
                compute_mixed_layer_depth(challenger), compute_mixed_layer_depth(reference), [Variable.MIXED_LAYER_DEPTH], mask
            ),
            "geostrophic": rmsd(
                compute_geostrophic_currents(challenger), compute_geostrophic_currents(reference), GEOSTROPHIC, mask
            ),
            "drift": deviation_of_lagrangian_trajectories(challenger, reference, particle_count=200),
        }
        found[name] = {score: {row: list(map(float, table.loc[row])) for row in table.index} for score, table in tables.items()}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
