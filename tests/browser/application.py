"""The application as browser tests serve it: all but the command of its worker is as visitors get it."""

import sys
from functools import partial

from app.__main__ import main
from app.jobs.queue import Jobs
from app.services import job_queues

if __name__ == "__main__":
    job_queues.Jobs = partial(Jobs, [sys.executable, "-m", "tests.browser.worker"])  # type: ignore[misc,assignment]
    sys.exit(main())
