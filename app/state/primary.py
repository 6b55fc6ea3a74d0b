"""The store on the first map: the chosen forecast, or what is shown until it exists, and what is awaited."""

from app.data.readers import FieldReader
from app.jobs.queue import Request
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.state.scene import STORE
from app.state.selection import Selection
from app.text.i18n import say
from app.text.labels import MODEL_LABELS
from engine.runtime.errors import InputError


def chosen_start(selection: Selection, services: Services) -> str:
    """Return the initial date in force: the chosen one, else the first of the source; empty where there is none."""
    if selection.source.startswith(STORE):
        return ""
    starts = services.stores.starts(selection.source)
    return selection.start if selection.start in starts else (starts[0] if starts else "")


def primary_reader(selection: Selection, services: Services, start: str) -> FieldReader | None:
    """Return the store that a selection shows, or None where there is none yet; raises InputError for one that is deleted."""
    if selection.source.startswith(STORE):
        return _with_ocean(services.readers.open(selection.source.removeprefix(STORE)))
    if selection.model in VIRTUAL:
        base = _with_first_state(selection, services, start)
        return None if base is None else services.readers.open(f"{selection.model}@{base.identifier}")
    store = services.stores.find("forecast", selection.source, start, selection.model, selection.forcing_store)
    if store is not None and store.leads:
        return store
    return _with_first_state(selection, services, start)


def _with_ocean(reader: FieldReader) -> FieldReader:
    """Return a store; raises InputError for one that holds the air of forecasts."""
    if reader.kind == "forcing":
        raise InputError(
            f"store {reader.identifier} holds air; expected one of the ocean: choose it as the atmosphere of forecasts"
        )
    return reader


def _with_first_state(selection: Selection, services: Services, start: str) -> FieldReader | None:
    """Return the reference of a start, else any forecast from it: a store that holds the initial state."""
    reference = services.stores.find("reference", selection.source, start)
    if reference is not None and reference.leads:
        return reference
    for model in MODEL_LABELS:
        store = services.stores.find("forecast", selection.source, start, model)
        if store is not None and store.leads:
            return store
    return None


def forecast_missing(selection: Selection, services: Services, start: str) -> bool:
    """Return whether the chosen forecast is not whole on the disk, so that a run makes or continues it."""
    if selection.model in VIRTUAL:
        return False
    store = services.stores.find("forecast", selection.source, start, selection.model, selection.forcing_store)
    return store is None or not store.complete


def nothing_yet(selection: Selection, services: Services, start: str) -> str:
    """Return why there is nothing to show of a start, in words."""
    if selection.source != "sample":
        return say("No forecast from this start yet: press Run forecast")
    return until_written(services, selection.source, start, say("The first day of this start is on its way"))


def until_written(services: Services, source: str, start: str, words: str) -> str:
    """Return `words` while the reference of a start is to come, or that it failed."""
    failed = services.queues.chores.failed(services.queues.request("reference", source, start))
    return say("The reference of this start could not be written") if failed else words


def until_prepared(services: Services, reader: FieldReader, lacks: list[Request]) -> str:
    """Return why maps wait for the climatology of the days of a store, which then is one of `lacks`; empty where it is there."""
    if services.queues.climatology_is_ready(reader):
        return ""
    lacks.append(request := services.queues.climatology_request(reader))
    if services.queues.chores.failed(request):
        return say("The climatology of these days could not be prepared")
    return say("The climatology of these days is being prepared")
