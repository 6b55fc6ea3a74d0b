"""Scoring a model on held-out starts from the page: how many there is room for, how long it takes, the job of all visitors."""

from app.jobs.queue import Job, Request
from app.services.services import Services
from app.text.i18n import say
from engine.runtime.errors import InputError
from engine.sources import provider
from engine.verification.report.store_report import LEADS

KIND = "held-out"
"""Of the requests of such jobs, whose `days` are the number of starts."""

OFFERED = (1, 2, 3, 5, 10)
"""Numbers of starts to choose from."""

SECONDS_A_START = 120.0
"""At 1/4 degree on two quiet cores, with the floor, the baselines and the scores of all: one start took 108 s from the page."""


def room() -> tuple[int, str]:
    """Return how many starts the held-out run at hand has room for, and what would give more, or why there is none."""
    try:
        found = provider("sample").held_out().starts(OFFERED[-1], max(LEADS))
    except InputError as error:
        return 0, str(error)
    if len(found) == OFFERED[-1]:
        return len(found), ""
    longer = say(
        "The run here has room for {count}; `goms sample build --days 600 --seed 1` makes a longer one.", count=len(found)
    )
    return len(found), longer


def offered(most: int) -> list[int]:
    """Return the numbers of starts that can be chosen where there is room for `most`."""
    return [count for count in OFFERED if count <= most] or [OFFERED[0]]


def request(services: Services, model: str, starts: int) -> Request:
    """Return the request that scores a model on so many held-out starts in the background."""
    return Request(KIND, "sample", "", model, starts, (("grid_factor", services.options.grid_factor),))


def under_way(services: Services) -> Job | None:
    """Return the job of this kind that runs or is next, of any visitor: there is one at a time."""
    return next((job for job in services.queues.scoring.waiting() if job.request.kind == KIND), None)


def start(services: Services, model: str, starts: int) -> Job:
    """Start to score a model, or return the job that must end first."""
    return under_way(services) or services.queues.scoring.submit(request(services, model, starts))


def estimate(starts: int) -> str:
    """Return how long so many starts take, in words, before there is a pace to tell from."""
    minutes = starts * SECONDS_A_START / 60
    return say(
        "About {minutes:.0f} min on two cores, less with a GPU; what was scored once is not scored again.", minutes=minutes
    )
