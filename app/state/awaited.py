"""What maps wait for and nobody asked for, the reference and the climatology: in words, also where it failed."""

from app.data.readers import FieldReader
from app.jobs.queue import Request
from app.services.services import Services
from app.text.i18n import say


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
