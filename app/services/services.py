"""The object that holds what all sessions of one server share: sources, stores, readers, jobs, background work."""

import logging

from app.data.caches import ArrayCache
from app.data.climatology_cache import Climatology
from app.data.store_cache import OpenStores
from app.eddies.finder import EddyFinder
from app.jobs.queue import Jobs
from app.services.background import Background
from app.services.job_queues import JobQueues
from app.services.options import Options
from app.services.readers import Readers
from app.services.sources import Sources
from app.services.store_catalogue import StoreCatalogue
from app.services.store_parts import StoreParts
from app.uploads.uploads import Uploads
from engine.runtime.errors import InputError

LOGGER = logging.getLogger(__name__)

LIMIT = 256 << 20
"""Bytes of arrays that are kept once computed, for all sessions together."""


DEFAULT = Options()


class Services:
    """Holds the parts; each is safe between threads, and everything large is bounded in bytes."""

    def __init__(self, options: Options = DEFAULT, queue: Jobs | None = None) -> None:
        opened = OpenStores()
        self.options, self.permissions = options, options.permissions
        self.background = Background()
        self.arrays = ArrayCache(LIMIT)
        self.climatology = Climatology(self.arrays)
        self.sources = Sources(options)
        self.queues = JobQueues(self.sources, options, queue)
        self.stores = StoreCatalogue(opened, self.sources, options, self.queues.chores.forget_failures)
        self.readers = Readers(self.stores, opened, self.arrays, self.climatology)
        self.parts = StoreParts(self.stores, opened, self.readers)
        self.eddies = EddyFinder(self.readers.open)
        self.uploads = Uploads(options.upload_limit)

    @property
    def changes(self) -> int:
        """Return a number that grows whenever a job ends or something is deleted here."""
        return self.queues.ended + self.stores.deletions

    def warm(self) -> None:
        """Open the sample ocean, and begin the first forecast where there is none, so that there is something to look at."""
        try:
            start = self.stores.starts("sample")[0]
        except InputError as error:
            LOGGER.warning("the sample ocean cannot be opened: %s", error)
            return
        if not self.options.first_run:
            return
        if "small" in self.queues.models() and self.stores.find("forecast", "sample", start, "small") is None:
            self.queues.submit("forecast", "sample", start, "small")
        if self.stores.find("reference", "sample", start) is None:
            self.queues.submit("reference", "sample", start)

    def close(self) -> None:
        """End jobs and threads."""
        self.background.close()
        self.queues.close()
        self.eddies.close()
        self.uploads.close()
