"""What lies over the field of a picture: contours, arrows, sea floor, ice edge and names, as values without a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator

from app.data.layer_sources import SEA_FLOOR, open_frames
from app.frames.encode import Viewport, window
from app.services.services import Services
from app.state.panel_spec import PanelSpec
from app.text.place_names import PlaceName, place_names
from app.text.units import Unit

LINE_PIXELS, ARROW_PIXELS = 320, {"arrows": 52, "wind": 34}
"""Values across a picture that lines are drawn from, and arrows across it."""

SEA_FLOOR_DEPTHS = (200.0, 1000.0, 2000.0, 4000.0)
_FIELDS = {"arrows": ("currents", "uo", "vo"), "wind": ("wind", "u10", "v10")}


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of equal value of `values` (h, w) at `lon` (w,) and `lat` (h,) in degrees; NaN where there are none."""

    name: str
    lon: np.ndarray
    lat: np.ndarray
    values: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True, eq=False)
class Arrows:
    """A vector field `u`, `v` (h, w) in m s-1 at `lon` (w,), `lat` (h,); `reference` is the speed of a long one, in `unit`."""

    name: str
    lon: np.ndarray
    lat: np.ndarray
    u: np.ndarray
    v: np.ndarray
    reference: float
    unit: Unit


@dataclass(frozen=True)
class Names:
    """Names to write, longitudes on the picture's turn of the globe."""

    places: tuple[PlaceName, ...]


Overlay = Lines | Arrows | Names


def contours(values: np.ndarray, bounds: tuple[float, float, float, float], limits: tuple[float, float], log: bool) -> Lines:
    """Return the contours of a field (h, w), north first, at round values within the limits of its colours."""
    locator = LogLocator(subs=(1, 2, 5)) if log else MaxNLocator(12, steps=[1, 2, 2.5, 5, 10])
    levels = np.asarray(locator.tick_values(*limits))
    smooth = _block_means(values, max(1, round(values.shape[1] / LINE_PIXELS)))
    lon, lat = _centres(bounds, smooth.shape)
    return Lines("contours", lon, lat, smooth, levels[(levels > limits[0]) & (levels < limits[1])])


def _block_means(values: np.ndarray, size: int) -> np.ndarray:
    """Return means of blocks of `size` by `size` values, NaN where most are missing; blocks at the far edges are smaller."""
    height, width = (-(-length // size) for length in values.shape)
    padded = np.full((height * size, width * size), np.nan, np.float32)
    padded[: values.shape[0], : values.shape[1]] = values
    blocks = padded.reshape(height, size, width, size)
    known = np.isfinite(blocks).sum(axis=(1, 3))
    return np.where(2 * known > size**2, np.nansum(blocks, axis=(1, 3)) / np.maximum(known, 1), np.nan)


def overlays(
    services: Services,
    panel: PanelSpec,
    layers: Sequence[str],
    viewport: Viewport,
    lead: int,
    wet: Callable[..., np.ndarray],
) -> list[Overlay]:
    """Return what of `layers` lies over a map besides its contours; a layer that its store does not know is left out.

    `wet(lat, lon)` tells where (h, w) the map has a field to draw arrows on.
    """
    found: list[Overlay] = []
    if "bathymetry" in layers:
        found += _lines(services, "bathymetry", SEA_FLOOR, "deptho", 0, np.array(SEA_FLOOR_DEPTHS), viewport)
    store_lead = lead + panel.lead_offset
    if "ice" in layers and panel.ice:
        found += _lines(services, "ice", panel.ice["store"], "margin", store_lead, np.zeros(1), viewport)
    for name, (field, eastward, northward) in _FIELDS.items():
        source = getattr(panel, field)
        if name in layers and source and store_lead in source["leads"]:
            reader = open_frames(services.readers, source["store"])
            under = window(reader.grid, _narrowed(viewport, ARROW_PIXELS[name]))
            if under is not None:
                u, v = (under.raster(reader.read(part, store_lead, source["depth_index"])) for part in (eastward, northward))
                lon, lat = _centres(under.bounds, u.shape)
                u, v = (np.where(wet(lat, lon), part, np.nan) for part in (u, v))
                unit = Unit(*panel.speed)
                found.append(Arrows(name, lon, lat, u, v, unit.back(_reference(unit.of(np.hypot(u, v)))), unit))
    if "names" in layers:
        found.append(Names(_names(viewport)))
    return found


def _lines(
    services: Services, name: str, store: str, variable: str, lead: int, levels: np.ndarray, viewport: Viewport
) -> list[Overlay]:
    reader = open_frames(services.readers, store)
    under = window(reader.grid, _narrowed(viewport, LINE_PIXELS))
    if under is None:
        return []
    values = under.raster(reader.read(variable, lead))
    return [Lines(name, *_centres(under.bounds, values.shape), values, levels)]


def _narrowed(view: Viewport, width: int) -> Viewport:
    height = max(1, round(width * (view.north - view.south) / (view.east - view.west)))
    return Viewport(view.south, view.north, view.west, view.east, width, height)


def _centres(bounds: tuple[float, float, float, float], shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of the pixels of a raster, north first."""
    south, north, west, east = bounds
    across, down = (np.arange(count) + 0.5 for count in (shape[1], shape[0]))
    return west + across / shape[1] * (east - west), north - down / shape[0] * (north - south)


def _reference(speeds: np.ndarray) -> float:
    """Return a round speed that few arrows exceed."""
    known = speeds[np.isfinite(speeds)]
    fast = float(np.percentile(known, 95)) if known.size else 1.0
    power = 10.0 ** np.floor(np.log10(max(fast, 1e-3)))
    return float(power * min((figure for figure in (1, 2, 5, 10) if figure * power >= fast * 0.999), default=10))


def _names(view: Viewport) -> tuple[PlaceName, ...]:
    span = view.east - view.west
    turned = (
        PlaceName(place.name, place.latitude, view.west + (place.longitude - view.west) % 360, place.kind, place.span)
        for place in place_names()
        if span <= place.span
    )
    return tuple(place for place in turned if view.south < place.latitude < view.north and place.longitude < view.east)
