"""The read side of every store: fields of finished leads, unpacked, while another process may still be writing."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from engine.batch import Batch
from engine.errors import InputError
from engine.grid import Grid
from engine.stores.layout import CHUNK, LEAD_DIMENSION, PART, array_of, lead_numbers, read_attributes
from engine.variables import VARIABLES


class Store:
    """An open store of kind forecast, reference or analysis; the leads of an analysis are days since its first time.

    Safe to use from several threads. Leads appear as they are finished; everything else never changes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._own = read_attributes(folder)
            self._attributes = self._own
            self.kind: str = self._attributes["kind"]
            self._group = zarr.open_group(folder, mode="r", zarr_format=3)
            self._lead_dimension = LEAD_DIMENSION[self.kind]
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{folder} is not a store of this program ({type(error).__name__}: {error}); "
                "expected a folder that `goms stores` lists"
            ) from error
        self._arrays = {name: array for name, array in self._group.arrays() if name in VARIABLES and name != "deptho"}
        time_name = "time" if self._lead_dimension == "time" else "valid_time"
        self._times = np.asarray(array_of(self._group, time_name)[:]).astype("datetime64[s]")
        self._depths = tuple(np.asarray(array_of(self._group, "depth")[:]).tolist())
        self._index = {int(lead): index for index, lead in enumerate(lead_numbers(self._times))}
        # The group around a part says which leads are finished, for itself and all its parts at once.
        self._marked = folder.parent if PART in self._own else folder
        self._version = (0, 0)

    @property
    def identifier(self) -> str:
        """Return the name of the store, which is that of its folder; that of a part follows the store's and a slash."""
        return "/".join(dict.fromkeys((self._marked.name, self.folder.name)))

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes as they are on the disk now: provenance, `status`, `finished_leads`; a part has the store's."""
        try:
            status = (self._marked / "zarr.json").stat()
            if (version := (status.st_mtime_ns, status.st_ino)) != self._version:
                found = read_attributes(self._marked)
                self._attributes = found if self._marked == self.folder else {**found, **self._own}
                self._version = version
        except FileNotFoundError as error:
            raise InputError(f"store {self.identifier} was deleted while it was read; choose another") from error
        return dict(self._attributes)

    @property
    def leads(self) -> list[int]:
        """Return the finished leads in days, ascending."""
        return list(self.attrs["finished_leads"])

    @property
    def all_leads(self) -> list[int]:
        """Return every lead the store will have once it is whole."""
        return list(self._index)

    @property
    def complete(self) -> bool:
        """Return whether every lead was finished and the store closed as whole."""
        return bool(self.attrs["status"] == "whole")

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the stored fields in the order of the variable table."""
        return tuple(name for name in VARIABLES if name in self._arrays)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the names of what the store holds on grids of their own, such as waves."""
        return tuple(sorted(name for name, _ in self._group.groups()))

    def part(self, name: str) -> "Store":
        """Return a part as a store of its own; raises InputError where there is none of that name."""
        if name not in self.parts:
            raise InputError(f"{self.identifier} holds no {name!r}; it holds {', '.join(self.parts) or 'its own fields alone'}")
        return Store(self.folder / name)

    @property
    def init_time(self) -> np.datetime64:
        """Return the time of lead 0."""
        return self._times[0]

    def valid_time(self, lead: int) -> np.datetime64:
        """Return the time a lead is valid at, finished or not."""
        return self._times[self._position(lead)]

    @cached_property
    def grid(self) -> Grid:
        """Return the grid with its wet mask."""
        axes = [np.asarray(array_of(self._group, name)[:]) for name in ("lat", "lon", "depth", "wet", "deptho")]
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
        # Of each chunk that the cells lie in, the smallest box around them.
        for chunk in np.unique(chunks, axis=1).T:
            inside = np.flatnonzero((chunks == chunk[:, None]).all(axis=0))
            here, there = np.asarray(rows)[inside], np.asarray(columns)[inside]
            box = (slice(here.min(), here.max() + 1), slice(there.min(), there.max() + 1))
            block = self._unpack(variable, self._numbers(variable, finished, (*levels, *box)))
            picked = block[..., here - here.min(), there - there.min()]
            values[:, :, inside] = picked.reshape(len(finished), -1, inside.size)
        return values

    def batch(self, lead: int) -> Batch:
        """Return every stored field of a finished lead."""
        fields = {}
        for name in self.variables:
            numbers = self._numbers(name, [lead], (slice(None),) if self.depths(name) else ())
            fields[name] = self._unpack(name, numbers)[0]
        return Batch(fields, self.grid, self.valid_time(lead))

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
        if positions and positions == list(range(positions[0], positions[-1] + 1)):
            return np.asarray(array[(slice(positions[0], positions[-1] + 1), *place)])
        frames = [np.asarray(array[(position, *place)]) for position in positions]
        return np.stack(frames) if frames else np.asarray(array[(slice(0, 0), *place)])

    def _unpack(self, variable: str, numbers: np.ndarray) -> np.ndarray:
        # Frame by frame: a frame stays in the processor's cache between the passes of unpacking.
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
    """Open the store in `folder`; raises InputError where there is none."""
    return Store(Path(folder))
