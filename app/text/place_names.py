"""Names of oceans, seas, currents and capes, for maps on screen and on paper."""

import csv
import json
from dataclasses import astuple, dataclass
from functools import cache

from engine.runtime.paths import ASSETS

FILE = ASSETS / "place_names.csv"


@dataclass(frozen=True)
class PlaceName:
    """A name and where it is written; on maps of more than `span` degrees of longitude it is left out."""

    name: str
    latitude: float
    longitude: float
    kind: str
    """ocean, sea, current or cape."""
    span: float


@cache
def place_names() -> tuple[PlaceName, ...]:
    """Return every name, those of the widest maps first: where two would touch, the first stands."""
    with FILE.open(encoding="utf-8", newline="") as rows:
        found = [
            PlaceName(row["name"], float(row["latitude"]), float(row["longitude"]), row["kind"], float(row["span"]))
            for row in csv.DictReader(rows)
        ]
    return tuple(sorted(found, key=lambda place: -place.span))


@cache
def place_names_as_json() -> str:
    """Return every name as JSON: [name, latitude, longitude, kind, span], in the order of `place_names`."""
    return json.dumps([astuple(place) for place in place_names()])
