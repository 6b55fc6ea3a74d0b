"""From uploaded files to a job of the child process that makes sources of them."""

import threading
from collections.abc import Sequence

from app.jobs.queue import Job, Jobs, Request
from app.uploads.uploads import Upload, Uploads


def take_in(queue: Jobs, uploads: Uploads, files: Sequence[Upload], grid_factor: int) -> Job:
    """Start the job; the files are removed when it has ended, also where it failed or the page is closed.

    Altimetry is taken onto the grid of 1/4 degree times `grid_factor`. Raises InputError where the queue takes no files.
    """
    paths = tuple(str(file.path) for file in files)
    job = queue.submit(Request("files", "", "", "", 0, (("files", paths), ("grid_factor", grid_factor))))

    def clear() -> None:
        job.finished.wait()
        uploads.discard(files)

    threading.Thread(target=clear, daemon=True).start()
    return job
