"""The places that charts are of, the stores on the maps, and what a store has at a place."""

from typing import Any

import xarray as xr

from app.analysis.errors import covers, point_values
from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.scene import Scene, shown_variable
from app.state.selection import Selection
from app.text.coordinates import PIN_LETTERS, Position, position
from app.text.i18n import listed, say
from app.text.labels import date_label, day_label, is_sample, store_label
from engine.diagnostics import DISPLAY_VARIABLES
from engine.runtime.errors import InputError


def places(selection: Selection, scene: Scene) -> list[tuple[str, Position]]:
    """Return (letter, position) of the pins inside the store shown, after the chosen point, which has none unless it is one."""
    assert scene.primary is not None
    found = list(zip(PIN_LETTERS, selection.pinned, strict=False))
    point = selection.point
    if point is not None and not any(_same(point, place) for _, place in found):
        found.insert(0, ("", point))
    return [(letter, place) for letter, place in found if covers(scene.primary.grid, *place)]


def where(selection: Selection, scene: Scene) -> str:
    """Return the places of a chart in words."""
    found = places(selection, scene)
    if len(found) == 1:
        return position(*found[0][1])
    return say("{count} places", count=len(found))


def when(scene: Scene, lead: int) -> str:
    """Return the day of a chart in words: valid time and lead, or the day of an analysis alone."""
    assert scene.primary is not None
    day = day_label(scene.primary.valid_time(lead), is_sample(scene.primary.attrs))
    return day if scene.primary.kind == "analysis" else listed((day, say("lead {lead} d", lead=lead)))


def drawn_readers(scene: Scene) -> list[FieldReader]:
    """Return the stores whose curves belong into one plot: what the map shows, then what stands beside it."""
    drawn = [reader for reader in (scene.primary, scene.comparison, scene.whole) if reader is not None]
    return list({reader.identifier: reader for reader in drawn}.values())


def curve_name(reader: FieldReader, taken: dict[str, Any]) -> str:
    """Return the name of a store's curve, with its first day where the name is taken."""
    label = store_label(reader.kind, reader.attrs)
    if label not in taken:
        return label
    return listed((label, say("from {day}", day=date_label(reader.init_time, is_sample(reader.attrs)))))


def at_place(
    services: Services, scene: Scene, reader: FieldReader, variable: str, place: Position, leads: list[int]
) -> xr.DataArray | None:
    """Return a variable (lead, depth) of a store at a place on those of `leads`, counted by what the map shows, that it has.

    None where the store and the whole it is a part of lack the variable.
    """
    assert scene.primary is not None
    offset = day_offset(scene.primary, reader)
    held = whole(services, reader, variable)
    if held is None:
        return None
    there = set(held.leads)
    common = [lead for lead in leads if lead + offset in there]
    values = point_values(services, held, variable, *place, [lead + offset for lead in common])
    return values.assign_coords(lead=common)


def whole(services: Services, reader: FieldReader, variable: str) -> FieldReader | None:
    """Return the reader if it has what a variable is made of, else the store it is a part of if that has; else None."""
    needs = set(DISPLAY_VARIABLES[variable].needs)
    if needs <= set(reader.variables):
        return reader
    try:
        store = services.readers.open(reader.identifier.partition("/")[0])
    except InputError:
        return None
    return store if needs <= set(store.variables) else None


def variable_with_depth(selection: Selection, scene: Scene) -> str:
    """Return the variable of a chart over depth: the shown one, or temperature where that has no levels or needs neighbours."""
    shown = shown_variable(selection, scene)
    return shown if len(scene.depths) > 1 and not DISPLAY_VARIABLES[shown].of_neighbours else "thetao"


def _same(one: Position, other: Position) -> bool:
    return abs(one[0] - other[0]) < 1e-3 and abs(one[1] - other[1]) < 1e-3


def nearest_lead(wanted: int, leads: list[int]) -> int | None:
    """Return the finished lead nearest to `wanted`, or None where there is none."""
    return min(leads, key=lambda lead: abs(lead - wanted), default=None)
