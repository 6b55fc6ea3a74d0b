"""What the tour can show now: its scenes with their stores and days, or what it is waiting for."""

from dataclasses import asdict
from typing import Any

from app.services.job_queues import FORECAST_DAYS
from app.services.readers import revision
from app.services.services import Services
from app.show.scenes import TOUR, TourScene
from app.state.scene import quantity_label
from app.style.palettes import colours
from app.text.i18n import listed, say
from app.text.labels import date_label, forcing_label, is_sample, notice, store_label
from engine.diagnostics import DISPLAY_VARIABLES
from engine.runtime.errors import InputError
from engine.stores import Store

SOURCE, MODEL = "sample", "small"

FEWEST_DAYS = 7
"""Days of a store under way that are worth a loop."""

_FLOW = ("uo", "vo")


def programme(services: Services) -> dict[str, Any]:
    """Return `scenes` that can be shown, whether they are `complete`, and what is `waiting` where there are none.

    The first start of which something is ready is shown. Its forecast comes first; its reference stands in for what the
    forecast does not have yet.
    """
    try:
        starts = services.stores.starts(SOURCE)
    except InputError as error:
        return {"scenes": [], "complete": False, "waiting": _sign(say("There is no ocean to show"), str(error))}
    start, ready = next(((start, ready) for start in starts if (ready := _ready(services, start))), (starts[0], []))
    found = [_shown(scene, ready, services) for scene in TOUR]
    scenes = [scene for scene in found if scene is not None]
    complete = bool(ready) and ready[0].kind == "forecast" and ready[0].complete
    return {"scenes": scenes, "complete": complete, "waiting": None if scenes else _waiting(services, start)}


def _ready(services: Services, start: str) -> list[Store]:
    """Return the forecast and the reference of a start, as far as they have days enough."""
    found = (services.stores.find("forecast", SOURCE, start, MODEL), services.stores.find("reference", SOURCE, start))
    return [store for store in found if store is not None and (store.complete or len(store.leads) > FEWEST_DAYS)]


def _shown(scene: TourScene, stores: list[Store], services: Services) -> dict[str, Any] | None:
    """Return a scene with the first store that has its field, as the browser needs it; None where none has."""
    shown = DISPLAY_VARIABLES[scene.variable]
    for store in stores:
        reader = services.parts.part_with(store, shown.needs)
        if not set(shown.needs) <= set(reader.variables):
            continue
        sample = is_sample(reader.attrs)
        leads = list(reader.leads)
        return {
            **asdict(scene),
            "title": say(scene.title),
            "caption": [say(sentence) for sentence in scene.caption],
            "places": [{**asdict(place), "name": say(place.name)} for place in scene.places],
            "colours": colours(scene.palette),
            "quantity": quantity_label(scene.variable, "value", 0.0 if reader.depths(shown.needs[0]) else None),
            "units": shown.units,
            "store": reader.identifier,
            "revision": revision(reader),
            "leads": leads,
            "times": [date_label(reader.valid_time(lead), sample) for lead in leads],
            "source": listed((store_label(reader.kind, reader.attrs), forcing_label(reader.kind, reader.attrs))),
            "notice": notice(reader.attrs),
            "flow": {"store": store.identifier, "revision": revision(store)} if set(_FLOW) <= set(store.variables) else None,
        }
    return None


def _waiting(services: Services, start: str) -> dict[str, Any]:
    """Return what a visitor waits for: the forecast under way, or somebody who starts one."""
    job = services.queues.forecasts.find(services.queues.request("forecast", SOURCE, start, MODEL))
    forecast = services.stores.find("forecast", SOURCE, start, MODEL)
    day = max(forecast.leads) if forecast is not None and forecast.leads else 0
    if job is not None and job.waiting:
        detail = say("Day {day} of {days}. The show begins by itself in a moment.", day=day, days=FORECAST_DAYS)
        return _sign(say("The first forecast is being made"), detail, day / FORECAST_DAYS)
    if job is not None and job.state == "failed":
        return _sign(say("The first forecast could not be made"), job.error)
    detail = say("Run a {days}-day forecast in GOMS Explorer; the show begins by itself.", days=FORECAST_DAYS)
    return _sign(say("There is no forecast yet"), detail)


def _sign(title: str, detail: str, fraction: float | None = None) -> dict[str, Any]:
    return {"title": title, "detail": detail, "fraction": fraction}
