"""Eddies of sea surface height: closed contours on each map, tracked from map to map.

`highpass` removes wavelengths over 700 km, `contours` and `geometry` are the compiled search, `table` holds its result,
`detection` gives the `Eddies` of one map, `tracking` the `Tracks` of many maps. May import the physics, the schema and the
runtime.
"""

from engine.diagnostics.eddies.detection import detect
from engine.diagnostics.eddies.table import Criteria, Eddies
from engine.diagnostics.eddies.tracking import Tracks, track

__all__ = ["Criteria", "Eddies", "Tracks", "detect", "track"]
