"""Opens a challenger: the Zarr store in a folder, in a zip file or behind an address of the web."""

from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import xarray as xr

from engine.oceanbench.challenger import WEB, Challenger
from engine.oceanbench.layout import NAMES
from engine.runtime.errors import InputError


def open_challenger(address: str, start: np.datetime64 | None = None) -> Challenger:
    """Open the forecast at `address`: the folder of a Zarr store, a zip file that holds one, or its address on the web.

    `start` is the first day of the forecast wanted where a store holds several. Raises InputError where there is none, and where
    the web is asked without the library for it.
    """
    if not address.startswith(WEB) and not Path(address).exists():
        raise InputError(f"{address} is not there; expected the folder of a Zarr store, a zip file of one, or its web address")
    try:
        data = _on_the_web(address) if address.startswith(WEB) else _in_a_file(Path(address))
    except (InputError, MemoryError):
        raise
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{address} is no Zarr store that can be opened ({said}); expected OceanBench's layout") from error
    return Challenger(data, address, start)


def _on_the_web(address: str) -> xr.Dataset:
    try:
        import aiohttp  # noqa: F401  fsspec reads the web with it
    except ImportError as error:
        raise InputError(
            f"{address} is on the web, and aiohttp is not installed; install it with: pip install 'goms-explorer[oceanbench]'"
        ) from error
    return _opened(address.rstrip("/"))


def _in_a_file(path: Path) -> xr.Dataset:
    if path.is_dir():
        return _opened(str(path))
    from zarr.storage import ZipStore

    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError) as error:
        raise InputError(f"{path} is a file but no zip file; expected one of a Zarr store, or the folder of one") from error
    marks = [name for name in names if Path(name).name in (".zgroup", "zarr.json")]
    if not marks:
        raise InputError(f"{path} holds no Zarr store; expected a .zgroup or zarr.json in it")
    top = min((str(Path(name).parent) for name in marks), key=len)
    return _opened(ZipStore(path, mode="r"), "" if top == "." else top, consolidated=False)


def _opened(store: Any, group: str = "", consolidated: bool | None = None) -> xr.Dataset:
    """Return the data of a store; of one with a group for each variable, as GLO12's, all of them."""
    data = xr.open_zarr(store, group=group or None, chunks=None, consolidated=consolidated)
    if data.data_vars:
        return data
    groups = []
    for name in (name for names in NAMES.values() for name in names):
        try:
            inner = "/".join(filter(None, (group, name)))
            groups.append(xr.open_zarr(store, group=inner, chunks=None, consolidated=consolidated))
        except (FileNotFoundError, KeyError, ValueError):  # no such group
            continue
    return xr.merge(groups, combine_attrs="override") if groups else data
