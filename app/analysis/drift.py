"""Where a particle released at the chosen point goes, and a small cloud around it: computed once for all sessions."""

from typing import Any

import numpy as np

from app.data.readers import FieldReader
from app.services.readers import revision
from app.services.services import Services
from app.state.layer_fields import FLOW
from app.state.panel_spec import PanelSpec
from app.text.i18n import say
from app.text.labels import date_label, is_sample, store_label
from engine.diagnostics.particles import drift, dry
from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS
from engine.schema.grid import Grid

CLOUD = 9
"""Particles around the one at the point; how far they part tells how much the place of release matters."""

CLOUD_RADIUS = 20e3
"""Metres from the point to those around it: less than a cell of 1/4 degree, so that they begin in the same water."""

EACH_DAY = 4
"""Positions of a path that are drawn a day."""


def drift_of(
    services: Services, reader: FieldReader, point: tuple[float, float], metres: float, release: int, offset: int = 0
) -> dict[str, Any]:
    """Return the paths from `point` (latitude, longitude) since the playhead's lead `release`, as the map component draws them.

    `offset` is the store's lead at playhead lead 0. Raises InputError where the store has no currents, the point no water,
    or no day follows.
    """
    flow = services.parts.store_with(reader, FLOW)
    if flow is None:
        raise InputError(say("this store has no currents; choose another"))
    leads = _without_gap([lead for lead in flow.leads if lead >= release + offset])
    if len(leads) < 2 or leads[0] != release + offset:
        raise InputError(say("no path yet: it needs the day of release and one after it"))
    depths = flow.depths("uo")
    level = int(np.argmin(np.abs(np.array(depths) - metres))) if depths else 0
    key = ("drift", flow.identifier, revision(flow), level, point, leads[0], leads[-1])
    positions = services.arrays.get(key, lambda: _positions(flow, level, point, leads))
    shown = depths[level] if depths else 0.0
    day = date_label(flow.valid_time(leads[0]), is_sample(flow.attrs))
    where = say("at {metres:g} m", metres=shown) if shown else say("at the surface")
    text = "Path of a particle released on {day}; currents of {store} {where} only, no wind or waves"
    return {
        "days": (leads[0] - offset + np.arange(len(positions)) / EACH_DAY).round(2).tolist(),
        "lat": [_numbers(path) for path in positions[:, 0].T],
        "lon": [_numbers(path) for path in positions[:, 1].T],
        "label": say(text, day=day, store=store_label(flow.kind, flow.attrs), where=where),
    }


def _without_gap(leads: list[int]) -> list[int]:
    """Return the first of ascending leads and those that follow it day by day: nobody knows the currents of a missing day."""
    return [lead for number, lead in enumerate(leads) if lead == leads[0] + number]


def drift_on_map(services: Services, panel: PanelSpec, point: tuple[float, float], metres: float, release: int) -> dict[str, Any]:
    """Return the paths on a map of the loop map component, or none and why in its `label`."""
    try:
        return drift_of(services, services.readers.open(panel.store), point, metres, release, panel.lead_offset)
    except InputError as error:
        return {"days": [], "lat": [], "lon": [], "label": say("Drift: {error}", error=error)}


def cloud(grid: Grid, point: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return latitudes and longitudes of the particle at `point` and, where there is water, of those around it."""
    around = 2 * np.pi * np.arange(CLOUD) / CLOUD
    degrees = np.rad2deg(CLOUD_RADIUS / EARTH_RADIUS)
    lat = point[0] + degrees * np.append(0.0, np.sin(around))
    lon = point[1] + degrees * np.append(0.0, np.cos(around)) / max(np.cos(np.deg2rad(point[0])), 0.1)
    kept = ~dry(grid, np.array([lat, lon]))
    kept[0] = True
    return lat[kept], lon[kept]


def _positions(reader: FieldReader, level: int, point: tuple[float, float], leads: list[int]) -> np.ndarray:
    """Return latitude and longitude (t, 2, p) of every particle, EACH_DAY times a day."""

    def currents(lead: int) -> tuple[np.ndarray, np.ndarray]:
        return reader.read("uo", lead, level), reader.read("vo", lead, level)

    paths = drift(currents, reader.grid, *cloud(reader.grid, point), leads)
    steps = round(1 / (paths.days[1] - paths.days[0]) / EACH_DAY)
    return np.stack([paths.lat, paths.lon], axis=1)[::steps]


def _numbers(path: np.ndarray) -> list[float]:
    """Return the positions of one particle until it is lost, to a hundred metres."""
    return [round(float(value), 3) for value in path[np.isfinite(path)]]
