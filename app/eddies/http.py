"""The address of eddies: `eddies/<store>/<lead>?south&north&west&east&least&revision` answers those of a day in a view.

`least` is an amplitude in metres. While the search is not so far, the answer says how many days of how many are found.
"""

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tornado.web import authenticated

from app.access.limits import check_identifier
from app.data.caches import BodyCache
from app.eddies.body import Area, eddies_of_day, packed
from app.eddies.finder import EddyFinder
from app.frames.http import number
from app.page.panel_workarounds import AuthRequestHandler


class EddyService:
    """Bodies of eddies for one server process, those of whole searches kept up to `capacity` bytes."""

    def __init__(self, finder: EddyFinder, capacity: int = 32 << 20) -> None:
        self._finder = finder
        self._cache = BodyCache(capacity)
        self.pool = ThreadPoolExecutor(2, "eddies-bodies")

    def answer(self, store: str, lead: int, area: Area) -> tuple[bytes, bool]:
        """Return the compressed body, and whether it is final; raises InputError where the store has no eddies of the lead."""
        search = self._finder.ask(store)
        found, expected = len(search.tables), search.expected
        key = (search.folder, found, lead, area)
        body = self._cache.get(key)
        if body is None:
            body = gzip.compress(packed(eddies_of_day(search, lead, area)), 4)
            self._cache.put(key, body)
        return body, found == expected


class EddiesHandler(AuthRequestHandler):
    """Answers the eddies of a day to a visitor who is logged in."""

    answers_json = True

    def initialize(self, service: EddyService) -> None:
        """Keep the process-wide service."""
        self.service = service

    @authenticated
    async def get(self, store: str, lead: str) -> None:
        """Answer the body, 400 for a bad address, or 404 with one plain sentence where there is none."""
        area = Area(*(number(self, name) for name in ("south", "north", "west", "east", "least")))
        check_identifier(store)
        try:
            loop = asyncio.get_running_loop()
            body, final = await loop.run_in_executor(self.service.pool, self.service.answer, store, int(lead), area)
        except (ValueError, FileNotFoundError) as error:
            self.set_header("Cache-Control", "no-store")
            self.set_status(404)
            self.finish({"error": str(error)})
            return
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Encoding", "gzip")
        self.set_header("Cache-Control", "private, max-age=600" if final else "no-store")
        self.finish(body)


def patterns(finder: EddyFinder) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page."""
    return [(r"/eddies/([^/]+)/(\d{1,6})", EddiesHandler, {"service": EddyService(finder)})]
