"""Eddies of sea surface height: found as closed contours on each map, followed from map to map.

`highpass` takes out what is longer than 700 km, `contours` and `geometry` are the compiled search, `table` what it gives,
`detection` leads from one map to its `Eddies`, `tracking` from the eddies of many maps to `Tracks`.
"""

from engine.diagnostics.eddies.detection import detect
from engine.diagnostics.eddies.table import Criteria, Eddies
from engine.diagnostics.eddies.tracking import Tracks, track

__all__ = ["Criteria", "Eddies", "Tracks", "detect", "track"]
