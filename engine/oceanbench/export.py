"""From a forecast store to a challenger: nodes, levels, names and days as OceanBench reads them, in Zarr version 2."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numcodecs import Blosc

from engine import __version__
from engine.oceanbench.below import LAST, METHOD, below
from engine.oceanbench.layout import LATITUDES, LEADS, LONGITUDES, NAMES, NATIVE, SCORED
from engine.physics.sea_level_zero import SHIFT, ZERO, zero_of
from engine.readers.regrid import AreaMean, LevelInterpolation
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError, ResourceError
from engine.runtime.failures import reason
from engine.runtime.progress import Progress, no_progress
from engine.schema.constants import DAY
from engine.schema.dataset import AXES
from engine.schema.grid import quarter_degree
from engine.schema.variables import DEPTHS, PROGNOSTIC, VARIABLES
from engine.stores import Store, find_store, open_store

_EPOCH = np.datetime64("1970-01-01", "D")


def export_challenger(
    store: Store, out: Path, native_levels: bool = False, contact: str = "", progress: Progress = no_progress
) -> Path:
    """Write the first ten days of a forecast into `out` as YYYYMMDD.zarr, named by its first day, and return that folder.

    Nodes become means of the four cells around them, with coasts continued by one node; levels are the six that are scored, or
    the native ones of GLO12 down to 541 m. What is extrapolated and how days are sampled is said in the attributes. The folder
    appears when it is complete; raises InputError for a store that cannot be written so, ResourceError where the disk is full.
    """
    days = Days(store)
    folder = out / f"{days.first.item():%Y%m%d}.zarr"
    if folder.exists():
        raise InputError(f"{folder} is there already; expected a new folder: delete it or choose another --out")
    depths = NATIVE if native_levels else SCORED
    nodes = Nodes(store)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with replacing(folder) as making:
            arrays = _create(making, depths, days, _attributes(store, days, contact))
            for number, lead in enumerate(days.leads):
                progress(number / len(days.leads), f"day {number + 1} of {len(days.leads)}")
                for name in PROGNOSTIC:
                    arrays[name][number] = nodes.field(name, depths, days.reader(name, lead), store.valid_time(lead))
            zarr.consolidate_metadata(making, zarr_format=2)
    except OSError as error:
        raise ResourceError(f"{folder} could not be written: {reason(error)}") from error
    progress(1.0, f"{len(days.leads)} days")
    return folder


class Days:
    """Which leads are written, and how a day is made of what is stored of it.

    OceanBench compares means of days. A snapshot at 12 UTC stands for the day around it; of snapshots at 0 UTC the two at the
    ends of a day are averaged. It compares sea level as it is, so that what a forecast took from its source is added again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        hour = int((store.init_time - store.init_time.astype("datetime64[D]")) / np.timedelta64(1, "h"))
        self._ends = _sampling(store) != "daily mean" and hour == 0
        if self._ends:
            self.sampling = "means of the snapshots at 0 UTC at both ends of each day"
        elif _sampling(store) == "daily mean":
            self.sampling = "daily means, as those the forecast starts from"
        else:
            self.sampling = f"snapshots at {hour} UTC, each in place of the mean of its day"
        finished = set(store.leads)
        wanted = range(1, LEADS + 1)
        there = [lead for lead in wanted if set(range(1, lead + 1 + self._ends)) <= finished]
        if not there:
            needed = "1 and 2" if self._ends else "1"
            raise InputError(
                f"{store.identifier} has finished days {store.leads or 'none'}; expected day {needed}: finish it first"
            )
        self.leads = there
        self.shift = float(store.attrs.get(SHIFT, 0.0))
        self.first = store.valid_time(1).astype("datetime64[D]")

    def reader(self, name: str, lead: int) -> Callable[[int], np.ndarray]:
        """Return what gives a level (h, w) of a field as the mean of a day."""

        def read(level: int) -> np.ndarray:
            values = self._store.read(name, lead, level)
            mean = (values + self._store.read(name, lead + 1, level)) / 2 if self._ends else values
            return mean + np.float32(self.shift) if name == "zos" else mean

        return read


def _sampling(store: Store) -> str:
    """Return the sampling of a forecast: its own, else that of the analysis it starts from where that is here."""
    if "sampling" in store.attrs:
        return str(store.attrs["sampling"])
    try:
        return str(open_store(find_store(str(store.attrs["source_provenance"]["store"]))).attrs.get("sampling", ""))
    except (KeyError, TypeError, InputError):
        return ""


class Nodes:
    """Takes fields from the cells and levels of a store to the nodes and levels of OceanBench."""

    def __init__(self, store: Store) -> None:
        cells = quarter_degree()
        grid = store.grid
        if missing := [name for name in PROGNOSTIC if name not in store.variables]:
            raise InputError(f"{store.identifier} has no {', '.join(missing)}; expected all that OceanBench scores")
        if grid.shape != cells.shape or grid.depth.shape != (len(DEPTHS),) or not np.allclose(grid.depth, DEPTHS):
            raise InputError(
                f"{store.identifier} has the grid {grid.shape} and {grid.depth.size} levels; expected {cells.shape} and the "
                f"{len(DEPTHS)} levels of the model: choose a forecast at 1/4 degree"
            )
        self._grid = grid
        self._mean = AreaMean(grid.lat, grid.lon, LATITUDES, LONGITUDES)

    def field(self, name: str, depths: tuple[float, ...], level: Callable[[int], np.ndarray], time: np.datetime64) -> np.ndarray:
        """Return a field of a day on the nodes, (z, 672, 1440) or (672, 1440) float32; `level(n)` gives level n on the cells."""
        if not VARIABLES[name].depths:
            return self._on_nodes(level(0))
        inside = LevelInterpolation(self._grid.depth, np.array([metres for metres in depths if metres <= LAST]))(level)
        deeper = [below(name, metres, level, self._grid, time) for metres in depths if metres > LAST]
        return np.stack([self._on_nodes(values) for values in (*inside, *deeper)])

    def _on_nodes(self, values: np.ndarray) -> np.ndarray:
        nodes = self._mean(values)
        # Sea for OceanBench that is land here would count as missing: a ring of nodes takes the mean of its neighbours.
        wet = np.isfinite(nodes)
        count = _with_neighbours(wet.astype(np.float32))
        np.divide(_with_neighbours(np.where(wet, nodes, 0)), count, out=nodes, where=~wet & (count > 0))
        return nodes


def _with_neighbours(nodes: np.ndarray) -> np.ndarray:
    """Return the sum of each node and the eight around it; the first and the last column are neighbours."""
    rows = nodes + np.roll(nodes, 1, axis=1) + np.roll(nodes, -1, axis=1)
    total = rows.copy()
    total[1:] += rows[:-1]
    total[:-1] += rows[1:]
    return total


def _create(folder: Path, depths: tuple[float, ...], days: Days, attributes: dict[str, str]) -> dict[str, zarr.Array]:
    """Make the empty arrays of a challenger and its coordinates, and return the arrays of the fields."""
    group = zarr.open_group(folder, mode="w-", zarr_format=2)
    group.attrs.update(attributes)
    since = {"units": f"days since {_EPOCH}", "calendar": "proleptic_gregorian", "standard_name": "time", "axis": "T"}
    numbers = ((days.first - _EPOCH) / DAY + np.arange(len(days.leads))).astype(np.int64)
    coordinates: dict[str, tuple[np.ndarray, dict[str, str]]] = {
        "time": (numbers, since),
        "depth": (np.array(depths, dtype=np.float32), AXES["depth"]),
        "latitude": (LATITUDES, AXES["lat"]),
        "longitude": (LONGITUDES, AXES["lon"]),
    }
    for name, (values, said) in coordinates.items():
        array = group.create_array(name, shape=values.shape, dtype=values.dtype, chunks=values.shape, fill_value=None)
        array.attrs.update({**said, "_ARRAY_DIMENSIONS": [name]})
        array[:] = values
    fields = {}
    for name in PROGNOSTIC:
        levels = ("depth",) if VARIABLES[name].depths else ()
        axes = ("time", *levels, "latitude", "longitude")
        shape = tuple(coordinates[axis][0].size for axis in axes)
        fields[name] = group.create_array(
            name, shape=shape, dtype="float32", chunks=(1, *(1 for _ in levels), *shape[-2:]), fill_value=np.nan,
            compressors=Blosc(cname="zstd", clevel=5, shuffle=Blosc.SHUFFLE),
        )  # fmt: skip
        said = {"standard_name": NAMES[name][0], "long_name": VARIABLES[name].long_name, "units": VARIABLES[name].units}
        fields[name].attrs.update({**said, "_ARRAY_DIMENSIONS": list(axes)})
    return fields


def _attributes(store: Store, days: Days, contact: str) -> dict[str, str]:
    attrs: dict[str, Any] = store.attrs
    label = str(attrs.get("model_label", attrs.get("label", "")))
    said = {
        "Conventions": "CF-1.8",
        "title": f"Daily fields from {label} at 1/4 degree",
        "challenger": str(attrs.get("model", store.kind)),
        "area": "Global",
        "institution": contact or "not stated",
        "contact": contact,
        "source": f"{label}, GOMS Explorer {__version__}, from {attrs.get('source_label', attrs.get('source', ''))}",
        "forecast_reference_time": str(store.init_time.astype("datetime64[D]")),
        "sampling": days.sampling,
        "temperature": "potential",
        ZERO: str(attrs.get("source", "")) if SHIFT in attrs else zero_of(attrs),
        "levels": f"linear in depth from {', '.join(f'{metres:g}' for metres in store.grid.depth)} m; 541.1 m {METHOD}",
        "nodes": "means of the four cells around each; the first dry node at a coast is the mean of its neighbours",
        "forcing_kind": str(attrs.get("forcing_kind", "")),
        "weights_sha256": str(attrs.get("weights_sha256", "")),
        "store": store.identifier,
    }
    if attrs.get("sample"):
        said["comment"] = "sample ocean - simulation, not for navigation"
    return {name: value for name, value in said.items() if value}
