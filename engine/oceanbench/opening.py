"""Opens a challenger: the Zarr store in a folder, in a zip file or behind an address of the web."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
import xarray as xr
import zarr
from xarray.backends import ZarrStore
from zarr.storage import ZipStore

from engine.oceanbench.challenger import Challenger
from engine.oceanbench.layout import NAMES
from engine.providers.protocols.http import Http
from engine.providers.protocols.zarr_http import HttpStore
from engine.runtime.errors import InputError, ModelError

WEB = ("http://", "https://")


def open_challenger(address: str, start: np.datetime64 | None = None, http: Http | None = None) -> Challenger:
    """Open the forecast at `address`: the folder of a Zarr store, a zip file that holds one, or its address on the web.

    `start` is the first day of the forecast wanted where a store holds several; `http` is how the web is asked. Raises InputError
    where there is none, ResourceError where a server does not answer.
    """
    on_the_web = address.startswith(WEB)
    if not on_the_web and not Path(address).exists():
        raise InputError(f"{address} is not there; expected the folder of a Zarr store, a zip file of one, or its web address")
    try:
        store = HttpStore(http or Http(), address.rstrip("/")) if on_the_web else None
        data = _opened(zarr.open_group(store, mode="r") if store else _in_a_file(Path(address)))
    except (InputError, ModelError, MemoryError):
        raise
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{address} is no Zarr store that can be opened ({said}); expected OceanBench's layout") from error
    return Challenger(data, address, start)


def _in_a_file(path: Path) -> zarr.Group:
    if path.is_dir():
        return zarr.open_group(path, mode="r")
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError) as error:
        raise InputError(f"{path} is a file but no zip file; expected one of a Zarr store, or the folder of one") from error
    marks = [name for name in names if Path(name).name in (".zgroup", "zarr.json")]
    if not marks:
        raise InputError(f"{path} holds no Zarr store; expected a .zgroup or zarr.json in it")
    top = min((Path(name).parent for name in marks), key=lambda folder: len(folder.parts))
    # Consolidated metadata are looked for at the top of the archive alone.
    return zarr.open_group(
        ZipStore(path, mode="r"), path="" if top == Path() else top.as_posix(), mode="r", use_consolidated=False
    )


def _opened(group: zarr.Group) -> xr.Dataset:
    """Return the data of a store; of one with a group for each variable, as GLO12's, all of them."""
    data = _dataset(group)
    if data.data_vars:
        return data
    wanted = {name for names in NAMES.values() for name in names}
    parts = [_dataset(part) for name, part in group.groups() if name in wanted]
    return xr.merge(parts, combine_attrs="override") if parts else data


def _dataset(group: zarr.Group) -> xr.Dataset:
    # In version 2 the fill value of the chunks is what stands for missing, in version 3 an attribute.
    filled = group.metadata.zarr_format == 2
    return xr.open_dataset(ZarrStore(group, mode="r", use_zarr_fill_value_as_mask=filled))
