"""The eddies of one day in a view, packed for the browser: whole hundredths of a degree, each step after the one before."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.eddies.finder import Search
from engine.diagnostics.eddies import Eddies, Tracks
from engine.runtime.errors import InputError

HUNDREDTHS = 100


@dataclass(frozen=True)
class Area:
    """Bounds in degrees, `east` at most one turn beyond `west`, and the least amplitude in metres of what is answered."""

    south: float
    north: float
    west: float
    east: float
    least: float

    def __post_init__(self) -> None:
        if not (self.south < self.north and self.west < self.east <= self.west + 360.001 and self.least >= 0):
            raise InputError(
                f"area of eddies spans {self.south} to {self.north} N and {self.west} to {self.east} E, from {self.least} m; "
                "expected south < north, west < east within one turn and an amplitude of 0 or more"
            )

    def holds(self, eddies: Eddies) -> np.ndarray:
        """Return the row numbers of the eddies whose centres lie inside, the strongest first."""
        inside = (eddies.lat >= self.south) & (eddies.lat <= self.north) & (eddies.amplitude >= self.least)
        inside &= (eddies.lon - self.west) % 360 <= self.east - self.west
        rows = np.flatnonzero(inside)
        return rows[np.argsort(-eddies.amplitude[rows], kind="stable")]


def eddies_of_day(search: Search, lead: int, area: Area) -> dict[str, Any]:
    """Return the eddies of a lead in an area as columns, or how many days are `found` so far where it is not among them.

    Raises InputError for a lead that the store has not, or whose eddies are not followed, and where the search was refused;
    one that failed otherwise is in `trouble`, and goes on a while later.
    """
    leads, count = search.leads, len(search.tables)
    state: dict[str, Any] = {"found": count, "of": search.expected}
    if lead not in leads:
        raise InputError(f"there are no eddies of lead {lead}: they are followed over {len(leads)} finished days, from the first")
    number = leads.index(lead)
    if number >= count:
        if search.error:
            raise InputError(search.error)
        return state if search.failed is None else {**state, "trouble": True}
    table, tracks = search.tables[number], search.tracks(count)
    rows = area.holds(table)
    own = tracks.at(number)[1][rows]
    first, last = (np.array(leads)[numbers][own] for numbers in (tracks.first, tracks.last))
    chosen = table.select(rows)
    columns = {
        "lon": np.rint(chosen.lon * HUNDREDTHS).astype(int).tolist(),
        "lat": np.rint(chosen.lat * HUNDREDTHS).astype(int).tolist(),
        "id": own.tolist(),
        "cyclonic": (chosen.rotation > 0).astype(int).tolist(),
        "amplitude": np.rint(chosen.amplitude * 1000).astype(int).tolist(),
        "radius": np.rint(chosen.radius / 1000).astype(int).tolist(),
        "speed": np.rint(chosen.speed * 100).astype(int).tolist(),
        "first": first.tolist(),
        "last": last.tolist(),
        "born_before": tracks.born_before[own].astype(int).tolist(),
        "goes_on": tracks.alive_at_end[own].astype(int).tolist(),
        "contour": _steps(chosen.contour_lon, chosen.contour_lat),
        "track": _paths(tracks, number, own, chosen.lon),
    }
    return {**state, "eddies": columns}


def packed(answer: dict[str, Any]) -> bytes:
    """Return an answer as JSON without blanks."""
    return json.dumps(answer, separators=(",", ":")).encode()


def _steps(lon: np.ndarray, lat: np.ndarray) -> list[list[int]]:
    """Return curves (n, m) as longitude, latitude, longitude ..., the first absolute, the others as steps."""
    places = np.rint(np.stack([lon, lat], axis=-1) * HUNDREDTHS).astype(int)
    steps = np.diff(places, axis=1, prepend=0)
    return steps.reshape(len(lon), 2 * lon.shape[1]).tolist()


def _paths(tracks: Tracks, number: int, own: np.ndarray, here: np.ndarray) -> list[list[int]]:
    """Return where each track `own` was on the maps up to `number`, on the turn of the globe of its place now, `here`."""
    so_far = np.flatnonzero(tracks.map_number <= number)
    order = so_far[np.argsort(tracks.track[so_far], kind="stable")]
    starts = np.searchsorted(tracks.track[order], own)
    ends = np.searchsorted(tracks.track[order], own, side="right")
    paths = []
    for start, end, middle in zip(starts, ends, here, strict=True):
        seen = order[start:end]
        lon = middle + (tracks.eddies.lon[seen] - middle + 180) % 360 - 180
        paths.append(_steps(lon[None], tracks.eddies.lat[seen][None])[0])
    return paths
