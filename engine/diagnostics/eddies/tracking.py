"""Tracking of eddies from map to map: identities, births and deaths."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from engine.diagnostics.eddies.table import Eddies, joined
from engine.runtime.errors import InputError
from engine.schema.constants import DAY, EARTH_RADIUS

JITTER = 50e3
"""Metres that the centroid may jump between two maps because the outermost contour changed; set by hand."""

DRIFT = 10e3
"""Metres a day an eddy may travel: twice the fastest long Rossby waves outside the tropics (Chelton et al. 2011)."""

AMPLITUDE_RATIO, RADIUS_RATIO = 4.0, 2.5
"""Greatest change between two maps (Chelton et al. 2011, appendix B.4, allow 2.5 to 4 either way)."""

AMPLITUDE_NOISE = 0.01
"""Metres added before amplitudes are compared, set by hand: the smallest amplitudes change by whole steps of the levels."""

MISSED_MAPS = 1
"""Consecutive maps from which an eddy may be absent and still be the same one; set by hand."""

UNMATCHED = 2.0
"""Cost of an eddy without a partner; an allowed pair costs at most the root of 3."""


@dataclass(frozen=True, eq=False)
class Tracks:
    """Eddies of all maps as observations (n,), in the order of the maps, and the tracks (m,) they belong to."""

    eddies: Eddies
    track: np.ndarray
    """Number of the track of each observation, 0 to m - 1 in order of birth."""
    map_number: np.ndarray
    """Number of the map of each observation."""
    times: np.ndarray
    """Times of the maps, datetime64[s]."""

    @property
    def time(self) -> np.ndarray:
        """Return the time of each observation."""
        return self.times[self.map_number]

    @property
    def count(self) -> int:
        """Return the number of tracks."""
        return int(self.track.max(initial=-1)) + 1

    @property
    def birth(self) -> np.ndarray:
        """Return the time each track was first seen (m,)."""
        return self.times[self.first]

    @property
    def death(self) -> np.ndarray:
        """Return the time each track was last seen (m,), NaT where it may continue after the last map."""
        return np.where(self.alive_at_end, np.datetime64("NaT"), self.times[self.last])

    @property
    def born_before(self) -> np.ndarray:
        """Return where a track is on the first map (m,), so that its birth is not known."""
        return self.first == 0

    @property
    def alive_at_end(self) -> np.ndarray:
        """Return where a track is on the last map, or may appear again after it (m,)."""
        return self.last >= self.times.size - 1 - MISSED_MAPS

    @property
    def age(self) -> np.ndarray:
        """Return days since the track was first seen, of each observation (n,)."""
        return (self.time - self.birth[self.track]) / DAY

    def at(self, map_number: int) -> tuple[Eddies, np.ndarray]:
        """Return the eddies of one map and the numbers of their tracks."""
        chosen = self.map_number == map_number
        return self.eddies.select(chosen), self.track[chosen]

    def of(self, track: int) -> tuple[Eddies, np.ndarray]:
        """Return the eddies of one track in order of time and these times."""
        chosen = self.track == track
        return self.eddies.select(chosen), self.time[chosen]

    def to_dataset(self) -> xr.Dataset:
        """Return the tracks as CF trajectories, an indexed ragged array along `obs`."""
        data = (
            self.eddies.to_dataset()
            .rename(eddy="obs")
            .assign(
                track_index=("obs", self.track, {"long_name": "track of the observation", "instance_dimension": "track"}),
                age=("obs", self.age, {"units": "1", "long_name": "days since the track was first seen"}),
                birth=("track", self.birth, {"long_name": "time first seen"}),
                death=("track", self.death, {"long_name": "time last seen, missing where the track may go on"}),
                born_before=("track", self.born_before.astype(np.int8), {"long_name": "1 where seen on the first map already"}),
            )
        )
        data = data.assign_coords(
            time=("obs", self.time, {"standard_name": "time"}),
            track=("track", np.arange(self.count), {"cf_role": "trajectory_id", "long_name": "number of the track"}),
        )
        return data.assign_attrs(featureType="trajectory", title="Tracks of eddies in maps of sea surface height")

    @property
    def first(self) -> np.ndarray:
        """Return the number of the map each track was first seen on (m,)."""
        first = np.full(self.count, self.times.size)
        np.minimum.at(first, self.track, self.map_number)
        return first

    @property
    def last(self) -> np.ndarray:
        """Return the number of the map each track was last seen on (m,)."""
        last = np.full(self.count, -1)
        np.maximum.at(last, self.track, self.map_number)
        return last


def track(maps: Sequence[Eddies], times: Sequence[np.datetime64] | np.ndarray) -> Tracks:
    """Return the tracks through the eddies of `maps` at ascending `times`.

    From map to map the pairs are those of least total difference in position, amplitude and radius (Hungarian method),
    within the distance that an eddy can jump and drift, and of equal rotation. An eddy may be absent from one map; no track
    spans missing days, which make a step longer than usual. Raises InputError for times that do not fit the maps or do not
    ascend.
    """
    moments = np.asarray(times, dtype="datetime64[s]")
    if moments.shape != (len(maps),) or np.any(np.diff(moments) <= np.timedelta64(0, "s")):
        raise InputError(f"{len(maps)} maps have {moments.size} times; expected one each, ascending: sort the maps")
    # A gap in the series is no step: an eddy after it may be another one.
    step = int(np.median(np.diff(moments).astype(np.int64))) if len(maps) > 1 else 0
    longest = np.timedelta64((1 + MISSED_MAPS) * step, "s")
    eddies = joined(maps)
    map_number = np.repeat(np.arange(len(maps)), [len(found) for found in maps])
    number = np.full(len(eddies), -1)
    last_seen = np.empty(0, dtype=int)
    for now in range(len(maps)):
        here = np.flatnonzero(map_number == now)
        recent = moments[map_number[last_seen]] >= moments[now] - longest
        open_tracks = np.flatnonzero(recent & (map_number[last_seen] >= now - 1 - MISSED_MAPS))
        earlier = last_seen[open_tracks]
        days = (moments[now] - moments[map_number[earlier]]) / DAY
        old, new = _pairs(eddies.select(earlier), eddies.select(here), days)
        number[here[new]] = open_tracks[old]
        last_seen[open_tracks[old]] = here[new]
        fresh = here[number[here] < 0]
        number[fresh] = np.arange(last_seen.size, last_seen.size + fresh.size)
        last_seen = np.concatenate([last_seen, fresh])
    return Tracks(eddies, number, map_number, moments)


def _pairs(old: Eddies, new: Eddies, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of `old` and of `new` that are the same eddy `days` (n,) later."""
    if not len(old) or not len(new):
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    reach = JITTER + DRIFT * days
    near = cKDTree(_on_sphere(old)).sparse_distance_matrix(cKDTree(_on_sphere(new)), reach.max(), output_type="ndarray")
    i, j = near["i"], near["j"]
    differences = (
        near["v"] / reach[i],
        np.log((old.amplitude[i] + AMPLITUDE_NOISE) / (new.amplitude[j] + AMPLITUDE_NOISE)) / np.log(AMPLITUDE_RATIO),
        np.log(old.radius[i] / new.radius[j]) / np.log(RADIUS_RATIO),
    )
    allowed = np.all(np.abs(differences) <= 1, axis=0) & (old.rotation[i] == new.rotation[j])
    cost = np.sqrt(np.sum(np.square(differences), axis=0))[allowed]
    return _assign(i[allowed], j[allowed], cost, len(old), len(new))


def _assign(i: np.ndarray, j: np.ndarray, cost: np.ndarray, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of least total cost; groups of eddies that are far apart are solved one by one."""
    _, group = connected_components(coo_array((np.ones(i.size), (i, j + n)), shape=(n + m, n + m)), directed=False)
    order = np.argsort(group[i], kind="stable")
    first = np.flatnonzero(np.diff(group[i][order], prepend=-1))
    kept = []
    for pairs in np.split(order, first[1:]) if order.size else ():
        if pairs.size == 1:
            kept.append(pairs)
            continue
        rows, row = np.unique(i[pairs], return_inverse=True)
        columns, column = np.unique(j[pairs], return_inverse=True)
        costs = np.full((rows.size, columns.size), UNMATCHED)
        pair = np.full(costs.shape, -1)
        costs[row, column], pair[row, column] = cost[pairs], pairs
        chosen = pair[linear_sum_assignment(costs)]
        kept.append(chosen[chosen >= 0])
    best = np.concatenate(kept) if kept else np.empty(0, dtype=int)
    return i[best], j[best]


def _on_sphere(eddies: Eddies) -> np.ndarray:
    """Return positions (n, 3) in metres; over such distances chords are close enough to arcs."""
    lon, lat = np.deg2rad(eddies.lon), np.deg2rad(eddies.lat)
    return EARTH_RADIUS * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
