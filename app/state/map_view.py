"""Where a map looks: the view that holds a region, and whether a selection has a view of its own."""

from app.state.selection import Selection
from engine.schema.regions import Region

ASPECT = 2.1
"""Width over height of a map, roughly, to fit a tall region into it."""


def untouched(selection: Selection) -> bool:
    """Return whether a selection looks where every page begins, as that of an address without a view does."""
    return all(getattr(selection, name) == selection.param[name].default for name in ("latitude", "longitude", "span"))


def view_of(region: Region) -> tuple[float, float, float]:
    """Return the view (centre latitude, centre longitude, span) that holds a region."""
    height, width = region.lat_max - region.lat_min, region.lon_max - region.lon_min
    span = 360.0 if width >= 360 else min(360.0, max(width, height * ASPECT) * 1.04)
    latitude = 3.0 if width >= 360 and height > 120 else (region.lat_min + region.lat_max) / 2
    return latitude, (region.lon_min + region.lon_max) / 2 % 360, span
