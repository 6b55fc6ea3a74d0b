"""Where the layers over a map come from: the currents, the wind and the ice that belong to the store it shows."""

from typing import Any

from app.readers import FieldReader, level_at
from app.services import Services, revision
from engine.surroundings import knows_ice, knows_wind

FLOW = frozenset({"uo", "vo"})


def layer_fields(services: Services, panel: dict[str, Any], depth: float) -> dict[str, Any]:
    """Return the `currents` at `depth` metres, `wind` and `ice` of a map, each as the map component asks for it, else None."""
    reader = services.reader(panel["store"])
    flow = _with_currents(services, reader)
    level = None if flow is None else level_at(flow.depths("uo") or (0.0,), depth)
    currents = None
    if flow is not None and level is not None:
        currents = {"store": flow.identifier, "depth_index": level, "revision": revision(flow), "leads": list(flow.leads)}
    days = {"depth_index": 0, "revision": revision(reader), "leads": list(reader.leads)}
    return {
        "currents": currents,
        "wind": {**days, "store": f"wind@{reader.identifier}"} if knows_wind(reader.attrs) else None,
        "ice": {**days, "store": f"ice@{reader.identifier}"} if knows_ice(reader.attrs) else None,
    }


def _with_currents(services: Services, reader: FieldReader) -> FieldReader | None:
    """Return the store itself, or that around a part such as waves, where it has currents."""
    if set(reader.variables) >= FLOW:
        return reader
    whole, _, part = reader.identifier.partition("/")
    around = services.reader(whole) if part else None
    return around if around is not None and set(around.variables) >= FLOW else None
