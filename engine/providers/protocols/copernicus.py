"""Copernicus Marine through its own toolbox, which knows accounts, addresses and versions: a day is opened, read by levels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from engine.providers.protocols.arrays import Variable, day_of
from engine.providers.protocols.day_file import write_day
from engine.providers.protocols.http import Http
from engine.providers.protocols.request import Request
from engine.runtime.errors import DayMissing, InputError, ModelError, ResourceError

_SINCE = "1950-01-01"


class CopernicusDays:
    """The days of data sets that the toolbox opens; raises InputError where no account is accepted, ModelError without it."""

    def __init__(self, request: Request, http: Http) -> None:
        """Take the request; the toolbox has a session of its own."""
        self._request = request
        self._toolbox = toolbox()
        check_account(self._toolbox)

    def files(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Write a file for each data set with fields of the day; raises DayMissing where one does not reach it."""
        request, files = self._request, []
        for number, (part, fields) in enumerate(request.parts(day)):
            names = [request.provider.names[name] for name in fields]
            arrays = DecodedArrays(part.path, self._opened(part.path, names, day))
            stored = day_of(arrays, names, day, request.hours, request.box, map)
            files.append(write_day(folder / f"{request.provider.name}_{day}_{number}.nc", stored, arrays.attributes))
        return files

    def _opened(self, dataset: str, names: list[str], day: np.datetime64) -> xr.Dataset:
        box = self._request.box
        place: dict[str, float] = {}
        if box is not None:
            # Across the seam the toolbox takes an east beyond 180.
            east = box[3] if box[3] > box[2] else box[3] + 360
            place = {
                "minimum_latitude": box[0], "maximum_latitude": box[1], "minimum_longitude": box[2], "maximum_longitude": east,
            }  # fmt: skip
        if deepest := self._request.provider.deepest:
            place |= {"minimum_depth": 0.0, "maximum_depth": deepest}
        try:
            return self._toolbox.open_dataset(
                dataset_id=dataset,
                variables=names,
                start_datetime=f"{day}T00:00:00",
                end_datetime=f"{day}T23:59:59",
                service="arco-geo-series",  # chunks for maps, whatever the size of the request
                chunk_size_limit=0,  # else some fifty days are read for one
                coordinates_selection_method="inside",
                **place,
            )
        except Exception as error:
            raise _failure(dataset, error) from error


class DecodedArrays:
    """Arrays of a data set that is opened with its numbers decoded: they are written as float32, missing as NaN."""

    cuts_columns = False  # the toolbox has cut the box, and a part of a row costs its whole chunk

    def __init__(self, address: str, data: xr.Dataset) -> None:
        self.address, self._data = address, data
        self.attributes: Mapping[str, Any] = {
            name: value for name, value in data.attrs.items() if isinstance(value, str | int | float)
        }
        self.variables = {str(name): _variable(data[name]) for name in data.variables}

    def read(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        """Return the numbers of a part of a variable, times as hours."""
        try:
            values = self._data[name][part].values
        except (OSError, RuntimeError) as error:
            raise ResourceError(f"{self.address}: {name} could not be read ({error}); repeat the command later") from error
        if values.dtype.kind == "M":
            return (values - np.datetime64(_SINCE)) / np.timedelta64(1, "h")
        return values.astype(self.variables[name].kind)


def toolbox() -> Any:
    """Return the toolbox; raises ModelError that names the extra where it is not installed."""
    try:
        import copernicusmarine
    except ImportError as error:
        raise ModelError(
            "Copernicus Marine is read by its toolbox, which is not installed: pip install 'goms-explorer[copernicus]'"
        ) from error
    return copernicusmarine


def check_account(found: Any) -> None:
    """Raise InputError where the toolbox has no account that is accepted; nothing is asked of the user and nothing kept."""
    try:
        accepted = found.login(check_credentials_valid=True)
    except Exception as error:
        raise ResourceError(
            f"the account at Copernicus Marine could not be checked ({error}); repeat the command later"
        ) from error
    if not accepted:
        raise InputError(
            "Copernicus Marine accepts no account of this user; expected a free one: run `copernicusmarine login`, or set "
            "COPERNICUSMARINE_SERVICE_USERNAME and COPERNICUSMARINE_SERVICE_PASSWORD"
        )


def _variable(data: xr.DataArray) -> Variable:
    told = {name: value for name, value in data.attrs.items() if isinstance(value, str | int | float | np.number)}
    told = {name: value for name, value in told.items() if name not in ("valid_min", "valid_max")}
    dimensions = tuple(str(name) for name in data.dims)
    if data.dtype.kind == "M":
        return Variable(dimensions, data.shape, np.dtype("f8"), told | {"units": f"hours since {_SINCE}", "calendar": "standard"})
    kind = np.dtype("f8" if len(dimensions) == 1 else "f4")
    return Variable(dimensions, data.shape, kind, told | ({} if len(dimensions) == 1 else {"_FillValue": kind.type(np.nan)}))


def _failure(dataset: str, error: Exception) -> Exception:
    """Return what an error of the toolbox means here, by the name that its documentation gives it."""
    name, words = type(error).__name__, " ".join(str(error).split())[:200]
    if name in ("CoordinatesOutOfDatasetBounds", "DatasetUpdating"):
        return DayMissing(f"{dataset}: {words}")
    if name in ("DatasetNotFound", "VariableDoesNotExistInTheDataset", "ServiceDoesNotExistForCommand", "NoServiceAvailable"):
        return InputError(f"{dataset} is not as expected ({words}); expected that of the catalogue: update the toolbox")
    return ResourceError(f"{dataset} could not be opened ({name}: {words}); repeat the command later")
