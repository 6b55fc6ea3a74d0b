"""Where the layers over a map come from: the currents, the wind and the ice that belong to the store it shows."""

from typing import Any

from app.data.derived_readers import AlignedReader
from app.data.matching import level_at
from app.data.readers import FieldReader
from app.services.readers import revision
from app.services.services import Services
from engine.sources.run_conditions import knows_ice, knows_wind
from engine.stores import Store

FLOW = frozenset({"uo", "vo"})


def layer_fields(services: Services, store: str, depth: float) -> dict[str, Any]:
    """Return where the layers over the map of a store come from: the `currents` at `depth` metres, `wind` and `ice`, else None.

    Each is as the map component asks for it. `eddies` is the name of the store whose eddies belong to the map, empty where there
    is none.
    """
    reader = services.readers.open(store)
    flow = services.parts.store_with(reader, FLOW)
    level = None if flow is None else level_at(flow.depths("uo") or (0.0,), depth)
    currents = None
    if flow is not None and level is not None:
        currents = {"store": flow.identifier, "depth_index": level, "revision": revision(flow), "leads": list(flow.leads)}
    days = {"depth_index": 0, "revision": revision(reader), "leads": list(reader.leads)}
    return {
        "currents": currents,
        "wind": {**days, "store": f"wind@{reader.identifier}"} if knows_wind(reader.attrs) else None,
        "ice": {**days, "store": f"ice@{reader.identifier}"} if knows_ice(reader.attrs) else None,
        "eddies": _store_of_eddies(services, reader),
    }


def _store_of_eddies(services: Services, reader: FieldReader) -> str:
    """Return the store that a map has its eddies from: itself, or the one around it; a baseline has none of its own."""
    stored = reader.base if isinstance(reader, AlignedReader) else reader
    found = services.parts.store_with(stored, {"zos"})
    return found.identifier if isinstance(found, Store) else ""
