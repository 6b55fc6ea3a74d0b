"""A reconstruction on disk: an analysis store from which forecasts can start, with maps of its error and of guessed cells."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from engine.reconstruction.analysis import Reconstruction
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.schema.variables import VARIABLES
from engine.stores import AnalysisStore
from engine.stores.layout import CODECS, close_group, read_attributes
from engine.stores.writer import lock_path


def write_reconstruction(found: Reconstruction, identifier: str, attributes: Mapping[str, Any]) -> Path:
    """Write the state and, beside its fields, `zos_error`, `zos_guess` and so on for surface thetao and so; return the folder.

    The store appears when it is complete. Raises InputError where one of that name exists.
    """
    check_free(identifier)
    folder = stores_folder() / identifier
    unfinished = folder.with_name(f".{identifier}.unfinished")
    state = found.state
    try:
        with replacing(folder, beside=unfinished):
            with AnalysisStore.create(unfinished, state.grid, np.array([state.time]), attributes) as store:
                store.append(0, state)
                store.finish()
            _add_maps(unfinished, found)
    finally:
        lock_path(unfinished).unlink(missing_ok=True)
    return folder


def check_free(identifier: str) -> None:
    """Raise InputError where a store of that name exists, or the name is not valid for a folder."""
    if (stores_folder() / checked_name(identifier, "store")).exists():
        raise InputError(f"store {identifier} exists already; expected a new name: delete it or choose another with --out")


def _add_maps(folder: Path, found: Reconstruction) -> None:
    """Add maps (lat, lon) that the reader of stores ignores and any reader of Zarr shows."""
    attributes = read_attributes(folder)
    group = zarr.open_group(folder, mode="r+", zarr_format=3)
    for name in found.error:
        variable = VARIABLES[name]
        place = "" if not variable.depths else " of the surface"
        _add(group, f"{name}_error", found.error[name], f"{variable.long_name}{place}, standard error", variable.units)
        _add(group, f"{name}_guess", found.guess[name], f"{variable.long_name}{place}, share of variance not observed", "1")
    close_group(folder, attributes)


def _add(group: zarr.Group, name: str, values: np.ndarray, long_name: str, units: str) -> None:
    attributes: dict[str, Any] = {"long_name": long_name, "units": units}
    numbers = values.astype(np.float32)
    group.create_array(name, data=numbers, compressors=CODECS, dimension_names=("lat", "lon"), attributes=attributes)
