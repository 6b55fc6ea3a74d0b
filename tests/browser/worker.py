"""The worker as browser tests run it: it takes its share of a busy processor, and a forecast can be held on its way.

The worker of the application takes only what others leave of the processor, which beside a loaded test run is next to nothing.
"""

import sys
import time
from typing import Any

from app.jobs import worker
from engine.runtime.paths import home

HOLD = "hold"
"""File of the home that keeps a forecast from going on beyond a tenth of its days."""


class HeldWorker(worker.Worker):
    """A worker whose forecasts wait while the file is there."""

    def _serve(self, request: dict[str, Any]) -> None:
        self._holds = request["kind"] == "forecast"
        super()._serve(request)

    def _say(self, **report: Any) -> None:
        super()._say(**report)
        while self._holds and report.get("fraction", 0) >= 0.1 and (home() / HOLD).exists():
            time.sleep(0.02)


if __name__ == "__main__":
    worker.REPORT_INTERVAL = 0.0
    HeldWorker(sys.stdin, worker.protocol_output()).run()
