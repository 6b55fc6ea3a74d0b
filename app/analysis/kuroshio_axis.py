"""The axis of the Kuroshio in a store, day by day, kept once computed."""

import numpy as np
import xarray as xr

from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.services.readers import revision
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.state.view_modes import VIEWS
from engine.diagnostics.current_axis import core_height, current_axis, mean_latitude

SPACING = 0.12
"""Least degrees between the places of a kept axis: about what a screen shows of the box."""


def axes(services: Services, reader: FieldReader) -> dict[int, np.ndarray]:
    """Return the axis (n, 2), latitude and longitude in degrees, of each finished lead of a store that has one.

    Its height is that of the core on the first finished day, the same on all days.
    """
    leads = reader.leads
    if "zos" not in reader.variables or not leads:
        return {}
    key = ("axis", reader.identifier, revision(reader), tuple(leads))
    # Padded with NaN to the longest, because the cache keeps arrays.
    table = services.arrays.get(key, lambda: _padded(_axes(reader, leads)))
    found = {lead: places[np.isfinite(places[:, 0])] for lead, places in zip(leads, table, strict=True)}
    return {lead: places for lead, places in found.items() if len(places) > 1}


def latitude_by_lead(services: Services, primary: FieldReader, reader: FieldReader) -> xr.DataArray:
    """Return the mean latitude of the axis between 141E and 153E over the leads of `primary`, whatever day `reader` began on."""
    offset = day_offset(primary, reader)
    found = {lead - offset: mean_latitude(places) for lead, places in axes(services, reader).items()}
    known = {lead: latitude for lead, latitude in found.items() if lead in set(primary.all_leads)}
    return xr.DataArray(list(known.values()), {"lead": list(known)}, ("lead",))


def readers_with_axis(selection: Selection, scene: Scene) -> dict[str, FieldReader]:
    """Return the stores of a scene by the key of their map where the view shows the Kuroshio and its forecast, none elsewhere."""
    if not VIEWS[selection.view].beside_whole or scene.primary is None:
        return {}
    on_maps = {"forecast": scene.primary, "whole": scene.whole, "reference": scene.comparison}
    return {key: reader for key, reader in on_maps.items() if reader is not None}


def axes_on_maps(services: Services, selection: Selection, scene: Scene) -> dict[str, dict[int, np.ndarray]]:
    """Return the axes (n, 2), latitude and longitude, by the key of their map and the lead at which the playhead shows them."""
    found = {}
    for key, reader in readers_with_axis(selection, scene).items():
        offset = 0 if scene.primary is None else day_offset(scene.primary, reader)
        found[key] = {lead - offset: places for lead, places in axes(services, reader).items()}
    return found


def _axes(reader: FieldReader, leads: list[int]) -> list[np.ndarray]:
    height = core_height(reader.read("zos", leads[0]), reader.grid)
    return [_thinned(current_axis(reader.read("zos", lead), reader.grid, height)) for lead in leads]


def _thinned(places: np.ndarray) -> np.ndarray:
    """Return the places that are SPACING or more along the line from the one kept before."""
    if len(places) < 2:
        return places
    steps = np.hypot(*np.diff(places, axis=0).T)
    marks = np.floor(np.concatenate([[0.0], np.cumsum(steps)]) / SPACING)
    return places[np.concatenate([[True], np.diff(marks) > 0])]


def _padded(lines: list[np.ndarray]) -> np.ndarray:
    table = np.full((len(lines), max(map(len, lines)), 2), np.nan, np.float32)
    for row, places in zip(table, lines, strict=True):
        row[: len(places)] = places
    return table
