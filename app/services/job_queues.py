"""The queues of jobs of a server, and the requests that they are asked with."""

import numpy as np

from app.data.climatology_cache import is_prepared
from app.data.readers import FieldReader
from app.jobs.queue import Job, Jobs, Request
from app.services.options import Options
from app.services.sources import Sources
from engine.schema.constants import DAY
from engine.weights.loading import usable_models

FORECAST_DAYS = 30
"""Length of a forecast that the page asks for."""


class JobQueues:
    """Four queues, each with a child process of its own; all are `queue` where one is given."""

    def __init__(self, sources: Sources, options: Options, queue: Jobs | None = None) -> None:
        self._sources, self._options = sources, options
        self.forecasts = queue or Jobs()
        # A second child process runs what needs no device, so that a reference does not wait for a forecast.
        self.chores = queue or Jobs()
        # A third one scores, which takes many minutes.
        self.scoring = queue or Jobs()
        # A fourth one gets days of providers, which takes hours of waiting.
        self.fetching = queue or Jobs()
        for each in self._all:
            each.check = options.permissions.check_job

    @property
    def ended(self) -> int:
        """Return the number of jobs that have ended."""
        return sum(each.ended for each in self._all)

    @property
    def _all(self) -> tuple[Jobs, ...]:
        return self.forecasts, self.chores, self.scoring, self.fetching

    def models(self) -> tuple[str, ...]:
        """Return the names of the models that can run here."""
        return usable_models()

    def request(
        self, kind: str, source: str, start: str, model: str = "", days: int = FORECAST_DAYS, forcing: str = ""
    ) -> Request:
        """Return the request that a job is started with; `forcing` is the store of a forecast's air, empty for climatology."""
        options = self._sources.options_of(source) | ({"forcing": forcing} if forcing else {})
        return Request(kind, source, start, model, days, tuple(sorted(options.items())))

    def submit(self, kind: str, source: str, start: str, model: str = "", days: int = FORECAST_DAYS, forcing: str = "") -> Job:
        """Start a forecast or reference, or join the one that another visitor started."""
        request = self.request(kind, source, start, model, days, forcing)
        return (self.forecasts if kind == "forecast" else self.chores).submit(request)

    def climatology_request(self, reader: FieldReader) -> Request:
        """Return the request that the climatology of the days of a store is prepared with."""
        days = _days(reader)
        span = int((days[-1] - days[0]) / DAY)
        factor = (("grid_factor", self._options.grid_factor),)
        return Request("climatology", "", str(days[0].astype("datetime64[D]")), "", span, factor)

    def climatology_is_ready(self, reader: FieldReader) -> bool:
        """Return whether anomalies of a store can be had at once; if not, begin to prepare them in the background.

        On the grid of a regional store they cost so little that they are made when asked for.
        """
        if reader.grid.shape != self._options.grid_shape:
            return True
        if is_prepared(reader.grid, _days(reader)):
            return True
        self.chores.need(self.climatology_request(reader))
        return False

    def close(self) -> None:
        """End the child processes."""
        for queue in self._all:
            queue.close()


def _days(reader: FieldReader) -> np.ndarray:
    return np.array([reader.valid_time(lead) for lead in reader.all_leads])
