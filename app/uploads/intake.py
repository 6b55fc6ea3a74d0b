"""From uploaded files to a job of the child process that makes sources of them."""

import threading
from collections.abc import Sequence

from app.jobs.queue import Job, Request
from app.services.services import Services
from app.uploads.uploads import Upload


def take_in(services: Services, uploads: Sequence[Upload]) -> Job:
    """Start the job; the uploads are removed when it has ended, however it did and whoever still looks."""
    files = tuple(str(upload.path) for upload in uploads)
    job = services.chores.submit(
        Request("files", "", "", "", 0, (("files", files), ("grid_factor", services.options.grid_factor)))
    )

    def clear() -> None:
        job.finished.wait()
        services.uploads.discard(uploads)

    threading.Thread(target=clear, daemon=True).start()
    return job
