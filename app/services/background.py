"""Work in the background, in a few threads for all sessions."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from engine.runtime.errors import InputError

LOGGER = logging.getLogger(__name__)


class Background:
    """A pool of threads whose work may become superfluous before its turn comes."""

    def __init__(self) -> None:
        self._pool: Executor = ThreadPoolExecutor(2, thread_name_prefix="goms")
        self._closed = False

    def run(self, work: Callable[[], Any], then: Callable[[Any], None], needed: Callable[[], bool] = lambda: True) -> None:
        """Do `work` in a thread of the pool and hand its result, or the error it raised, to `then` there.

        Work that is no longer `needed` when its turn comes is left out.
        """

        def do() -> None:
            if not needed():
                return
            try:
                result = work()
            except InputError as error:
                result = error
            except Exception as error:
                if self._closed:
                    return
                LOGGER.exception("work in the background failed")
                result = error
            then(result)

        self._pool.submit(do)

    def close(self) -> None:
        """Begin nothing more, and report no failure of what is under way."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
