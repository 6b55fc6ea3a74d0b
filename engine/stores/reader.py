"""The read side of every store: fields of finished leads, unpacked or as xarray, while another process may still write."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.dataset import grid_coordinates, grid_variables, plain_attributes
from engine.schema.grid import Grid
from engine.schema.variables import FILL, VARIABLES
from engine.stores.integrity import (
    FIXED,
    RECORD,
    FileRecord,
    Inspector,
    StoreDamaged,
    damaged,
    file_record,
    refusing,
)
from engine.stores.layout import CHUNK, LEAD_DIMENSION, array_of, lead_numbers, read_attributes, shard_path
from engine.stores.lazy_field import Place, lazy_variable

STATUS = ("partial", "whole")

LONGEST_AXIS = 2**17
"""More values along one axis than any store has; metadata that claim more count as damaged."""


class Store:
    """An open store of kind forecast, reference, analysis or forcing; leads of the last two are days since the first time.

    Safe to use from several threads. Leads appear as they are finished, and an analysis grows; nothing else changes. Data that
    differ from what was written raise StoreDamaged, on opening or on reading; stores of earlier versions have no checksums and no
    such check.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The outer group of a part lists the finished leads, for itself and all its parts.
        is_part = (folder.parent / "zarr.json").exists()
        if not is_part and not (folder / "zarr.json").exists() and not any(folder.glob("*/zarr.json")):
            raise InputError(f"{folder} is not a store of this program; expected a folder that `goms stores` lists")
        self._marked, self._within = (folder.parent, f"{folder.name}/") if is_part else (folder, "")
        self._version = (0, 0)
        self._inspector = Inspector(self._marked)
        self._load()

    def _load(self) -> None:
        """Read what changes only where an analysis grows: metadata of the arrays, times, depths."""
        with refusing(self._marked, f"{self._within}zarr.json"):
            self._own = read_attributes(self.folder)
            self.kind: str = self._own["kind"]
            self._lead_dimension = LEAD_DIMENSION[self.kind]
            attributes = self._read_attributes()
        for fault in self._inspector.faults(self._recorded(FIXED, attributes)):
            # The files may belong to a record that was written after the one at hand.
            if self._fixed(self._read_attributes()) != self._fixed(attributes):
                return self._load()
            raise damaged(self._marked, fault)
        with refusing(self._marked, f"{self._within}zarr.json"):
            self._group = zarr.open_group(self.folder, mode="r", zarr_format=3)
            self._arrays = {name: array for name, array in self._group.arrays() if name in VARIABLES and name != "deptho"}
            self._check_shapes()
        times = self._coordinate("time" if self._lead_dimension == "time" else "valid_time").astype("datetime64[s]")
        self._depths = tuple(self._coordinate("depth").tolist())
        if times.size == 0 or np.any(np.isnat(times)) or np.any(np.diff(times) <= np.timedelta64(0)):
            raise damaged(self._marked, "its times do not ascend")
        self._times = times
        self._init_time = times[0] if self._lead_dimension == "time" else self._begun(times)
        self._index = {int(lead): index for index, lead in enumerate(lead_numbers(times, self._init_time))}
        with refusing(self._marked, "zarr.json"):
            self._check_leads(attributes)
        self.__dict__.pop("grid", None)
        self._attributes = attributes

    @staticmethod
    def _fixed(attributes: Mapping[str, Any]) -> Any:
        return attributes.get(RECORD, {}).get(FIXED)

    def check(self) -> None:
        """Raise StoreDamaged where the mask, a part, or a file of a finished lead is not what was written.

        Files are compared by size; their content is checked when they are read.
        """
        for lead in self.leads:
            for fault in self._inspector.faults(self._recorded(str(lead)), size_alone=True):
                raise damaged(self._marked, fault)
        _ = self.grid
        for name in self.parts:
            _ = self.part(name).grid

    def damaged_leads(self, size_alone: bool = False) -> list[int]:
        """Return the finished leads of which a file is not what was written, or with `size_alone` has another size."""
        return [lead for lead in self.leads if any(self._inspector.faults(self._recorded(str(lead)), size_alone))]

    def _coordinate(self, name: str) -> np.ndarray:
        with refusing(self._marked, f"{self._within}{name}"):
            return np.asarray(array_of(self._group, name)[...])

    def _begun(self, times: np.ndarray) -> np.datetime64:
        """Return the time of lead 0, which a forecast that begins with its first day does not hold."""
        begun: np.datetime64 = self._coordinate("init_time").astype("datetime64[s]").ravel()[0]
        if np.isnat(begun) or begun > times[0]:
            raise damaged(self._marked, f"its initial time {begun} is not before its first day {times[0]}")
        return begun

    def _check_shapes(self) -> None:
        """Raise ValueError where arrays do not fit each other; nothing is read before its size is checked."""
        axes = (self._lead_dimension, "depth", "lat", "lon")
        n, z, h, w = (array_of(self._group, name).size for name in axes)
        if max(n, z, h, w) > LONGEST_AXIS or min(n, z, h, w) < 1:
            raise ValueError(f"its axes have {n}, {z}, {h} and {w} values")
        surface = {name for name in self._arrays if not VARIABLES[name].depths}
        shapes = {"wet": (z, h, w), "deptho": (h, w)}
        shapes |= {name: (n, h, w) if name in surface else (n, z, h, w) for name in self._arrays}
        if self._lead_dimension == "lead_time":
            shapes["valid_time"] = (n,)
        for name, shape in shapes.items():
            array = array_of(self._group, name)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, its axes {shape}")
            if name in self._arrays and (array.dtype != np.int16 or int(str(array.fill_value)) != FILL):
                raise ValueError(f"{name} has numbers {array.dtype}, missing where {array.fill_value}")

    def _check_leads(self, attributes: Mapping[str, Any]) -> None:
        finished = attributes["finished_leads"]
        if not isinstance(finished, list) or not all(type(lead) is int and lead in self._index for lead in finished):
            raise ValueError("finished_leads are not leads of the store")
        if attributes["status"] not in STATUS:
            raise ValueError(f"status is {attributes['status']!r}")

    def _read_attributes(self) -> dict[str, Any]:
        found = read_attributes(self._marked)
        return found if self._marked == self.folder else {**found, **self._own}

    def _recorded(self, lead: str, attributes: Mapping[str, Any] | None = None) -> dict[str, FileRecord]:
        """Return the record of the files of this store or part that belong to a lead, or to no lead."""
        found = self._attributes if attributes is None else attributes
        if RECORD not in found:
            return {}
        files = found[RECORD].get(lead)
        if files is None:
            raise damaged(self._marked, f"zarr.json says nothing of the files of lead {lead}")
        return {path: record for path, record in files.items() if path.startswith(self._within)}

    @property
    def identifier(self) -> str:
        """Return the name of the store, which is that of its folder; for a part, store and part with a slash between."""
        return "/".join(dict.fromkeys((self._marked.name, self.folder.name)))

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes as they are on the disk now: provenance, `status`, `finished_leads`; a part has the store's."""
        try:
            with refusing(self._marked, "zarr.json"):
                status = (self._marked / "zarr.json").stat()
                if (version := (status.st_mtime_ns, status.st_ino)) != self._version:
                    found = self._read_attributes()
                    if self._fixed(found) != self._fixed(self._attributes):
                        self._load()
                    else:
                        self._check_leads(found)
                        self._attributes = found
                    self._version = version
        except StoreDamaged as error:
            self._explain_absence(error)
            raise
        return {name: value for name, value in self._attributes.items() if name != RECORD}

    def _explain_absence(self, error: StoreDamaged) -> None:
        if not (self._marked / "zarr.json").exists():
            raise InputError(f"store {self.identifier} was deleted while it was read; choose another") from error

    @property
    def leads(self) -> list[int]:
        """Return the finished leads in days, ascending."""
        return list(self.attrs["finished_leads"])

    @property
    def all_leads(self) -> list[int]:
        """Return every lead that the complete store will have; those of an analysis may become more."""
        if self._lead_dimension == "time":
            _ = self.attrs
        return list(self._index)

    def fingerprint(self, leads: Iterable[int]) -> str:
        """Return a short hash of size and checksum of every file of `leads`, with their times."""
        known = [(str(self.valid_time(lead)), sorted(self._files_of(lead).items()), self.grid.shape) for lead in sorted(leads)]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:12]

    def _files_of(self, lead: int) -> dict[str, FileRecord]:
        if RECORD in self._attributes:
            return self._recorded(str(lead))
        # A store of an earlier version has no record; its files are looked at.
        paths = (shard_path(self._within + name, self._position(lead), self._array(name).ndim) for name in self.variables)
        return {path: file_record(self._marked / path) for path in paths}

    @property
    def complete(self) -> bool:
        """Return whether every lead is finished and the store is closed as complete."""
        return bool(self.attrs["status"] == "whole")

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the stored fields in the order of the variable table."""
        return tuple(name for name in VARIABLES if name in self._arrays)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the parts on grids of their own, such as waves."""
        return tuple(sorted(name for name, _ in self._group.groups()))

    def part(self, name: str) -> "Store":
        """Return a part as a store of its own; raises InputError where there is none of that name."""
        if name not in self.parts:
            raise InputError(f"{self.identifier} holds no {name!r}; it holds {', '.join(self.parts) or 'its own fields alone'}")
        return Store(self.folder / name)

    @property
    def init_time(self) -> np.datetime64:
        """Return the time of lead 0, which a forecast of another provider may not hold."""
        return self._init_time

    def valid_time(self, lead: int) -> np.datetime64:
        """Return the time a lead is valid at, finished or not."""
        return self._times[self._position(lead)]

    @cached_property
    def grid(self) -> Grid:
        """Return the grid with its wet mask."""
        axes = [self._coordinate(name) for name in ("lat", "lon", "depth", "wet", "deptho")]
        with refusing(self._marked, f"the grid of {self.identifier}"):
            return Grid(*axes)

    def depths(self, variable: str) -> tuple[float, ...]:
        """Return the depths of a variable in metres; empty for a field of the surface alone."""
        return self._depths if self._array(variable).ndim == 4 else ()

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return one map (h, w) float32, NaN where missing; raises InputError where the lead is not finished."""
        return self.loop(variable, depth_index, [lead])[0]

    def loop(self, variable: str, depth_index: int = 0, leads: list[int] | None = None) -> np.ndarray:
        """Return the maps (n, h, w) float32 of `leads`, by default of every finished lead."""
        numbers = self._numbers(variable, leads, self._level(variable, depth_index))
        return self._unpack(variable, numbers)

    def packed(self, variable: str, lead: int, rows: slice, columns: slice) -> np.ndarray:
        """Return the stored int16 (z, h, w), or (h, w) of a field of the surface, of a part of the map; `FILL` where missing."""
        levels = (slice(None),) if self.depths(variable) else ()
        return self._numbers(variable, [lead], (*levels, rows, columns))[0]

    def point(self, variable: str, lat: float, lon: float, leads: list[int] | None = None) -> np.ndarray:
        """Return (n, z) float32 of the cell nearest to a position in degrees, z being 1 for a field of the surface."""
        row, column = self.grid.nearest(lat, lon)
        return self.points(variable, np.array([row]), np.array([column]), leads)[..., 0]

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int] | None = None) -> np.ndarray:
        """Return (n, z, m) float32 of `leads` at m cells of the grid, z being 1 for a field of the surface."""
        finished = self.leads if leads is None else leads
        levels = (slice(None),) if self.depths(variable) else ()
        values = np.empty((len(finished), max(1, len(self.depths(variable))), len(rows)), np.float32)
        chunks = np.stack([np.asarray(rows) // CHUNK[0], np.asarray(columns) // CHUNK[1]])
        # From each chunk that holds some of the cells, read the smallest box around them.
        for chunk in np.unique(chunks, axis=1).T:
            inside = np.flatnonzero((chunks == chunk[:, None]).all(axis=0))
            here, there = np.asarray(rows)[inside], np.asarray(columns)[inside]
            box = (slice(here.min(), here.max() + 1), slice(there.min(), there.max() + 1))
            block = self._unpack(variable, self._numbers(variable, finished, (*levels, *box)))
            picked = block[..., here - here.min(), there - there.min()]
            values[:, :, inside] = picked.reshape(*values.shape[:2], inside.size)
        return values

    def batch(self, lead: int) -> Batch:
        """Return every stored field of a finished lead."""
        fields = {}
        for name in self.variables:
            numbers = self._numbers(name, [lead], (slice(None),) if self.depths(name) else ())
            fields[name] = self._unpack(name, numbers)[0]
        return Batch(fields, self.grid, self.valid_time(lead))

    def to_dataset(self) -> xr.Dataset:
        """Return the finished leads as CF names them: fields along `lead_time` or `time`, `depth`, `lat`, `lon`.

        Fields are read where they are looked at, float32, NaN where missing, and checked as every reading is. It is what
        `xarray.open_zarr` makes of the folder, but for leads not finished and for attributes, which are text and numbers. What
        lies on another grid is the dataset of a `part`.
        """
        leads = self.leads
        times = np.array([self.valid_time(lead) for lead in leads], "datetime64[ns]")
        coordinates: dict[str, Any] = dict(grid_coordinates(self.grid))
        if self._lead_dimension == "lead_time":
            period = {"standard_name": "forecast_period", "long_name": "time since the initial state"}
            coordinates["lead_time"] = ("lead_time", np.array(leads) * DAY.astype("timedelta64[ns]"), period)
            coordinates["valid_time"] = ("lead_time", times, {"standard_name": "time"})
            coordinates["init_time"] = ((), self.init_time.astype("datetime64[ns]"), {"standard_name": "forecast_reference_time"})
        else:
            coordinates["time"] = ("time", times, {"standard_name": "time", "axis": "T"})
        fields = {name: self._lazy(name, leads) for name in self.variables}
        return xr.Dataset({**fields, **grid_variables(self.grid)}, coordinates, plain_attributes(self.attrs))

    def _lazy(self, variable: str, leads: list[int]) -> xr.Variable:
        dimensions = (self._lead_dimension, *(["depth"] if self.depths(variable) else []), "lat", "lon")

        def read(place: Place) -> np.ndarray:
            chosen = np.array(leads)[place[0]]
            values = self._unpack(variable, self._numbers(variable, np.atleast_1d(chosen).tolist(), place[1:]))
            return values if chosen.ndim else values[0]

        shape = (len(leads), *self._array(variable).shape[1:])
        return lazy_variable(dimensions, shape, read, VARIABLES[variable].attributes)

    def _numbers(self, variable: str, leads: list[int] | None, place: tuple[int | slice, ...]) -> np.ndarray:
        finished = self.leads
        wanted = finished if leads is None else leads
        if missing := sorted(set(wanted) - set(finished)):
            raise InputError(
                f"lead {missing[0]} of {self.identifier} is not finished; finished are {finished or 'none'}; "
                "wait for the run or continue it with --resume"
            )
        array = self._array(variable)
        positions = [self._position(lead) for lead in wanted]
        try:
            self._check_files(variable, wanted)
            with refusing(self._marked, f"{self._within}{variable} of lead {', '.join(map(str, wanted))}"):
                if positions and positions == list(range(positions[0], positions[-1] + 1)):
                    return np.asarray(array[(slice(positions[0], positions[-1] + 1), *place)])
                frames = [np.asarray(array[(position, *place)]) for position in positions]
                return np.stack(frames) if frames else np.asarray(array[(slice(0, 0), *place)])
        except StoreDamaged as error:
            self._explain_absence(error)
            raise

    def _check_files(self, variable: str, leads: list[int]) -> None:
        if RECORD not in self._attributes:
            return
        for lead in leads:
            path = shard_path(self._within + variable, self._position(lead), self._array(variable).ndim)
            with refusing(self._marked, path):
                fault = self._inspector.fault(path, self._attributes[RECORD][str(lead)][path])
            if fault:
                raise damaged(self._marked, fault)

    def _unpack(self, variable: str, numbers: np.ndarray) -> np.ndarray:
        # Map by map: a map stays in the processor's cache between the passes of unpacking.
        values = np.empty(numbers.shape, dtype=np.float32)
        for frame, packed in zip(values, numbers, strict=True):
            frame[...] = VARIABLES[variable].packing.unpack(packed)
        return values

    def _level(self, variable: str, depth_index: int) -> tuple[int, ...]:
        levels = len(self.depths(variable))
        if not 0 <= depth_index < max(levels, 1):
            raise InputError(f"depth number {depth_index} of {variable} in {self.identifier}; it has {max(levels, 1)}")
        return (depth_index,) if levels else ()

    def _array(self, variable: str) -> zarr.Array:
        if variable not in self._arrays:
            raise InputError(f"{self.identifier} has no {variable!r}; it has {', '.join(self.variables)}")
        return self._arrays[variable]

    def _position(self, lead: int) -> int:
        if lead not in self._index:
            raise InputError(f"{self.identifier} has no lead {lead}; it has {min(self._index)} to {max(self._index)}")
        return self._index[lead]


def open_store(folder: Path | str) -> Store:
    """Open the store in `folder`; raises InputError where there is none, StoreDamaged where files are not as written."""
    store = Store(Path(folder))
    store.check()
    return store
