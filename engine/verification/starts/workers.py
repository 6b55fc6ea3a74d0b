"""Many starts, one after the other or shared by processes."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Protocol

import numpy as np

from engine.runtime.progress import Progress, no_progress
from engine.sources import HeldOut, day_name


class Scoring(Protocol):
    """The work on each start; it is sent to the processes, which load its models themselves."""

    held_out: HeldOut

    def missing(self, time: np.datetime64, again: bool) -> list[str]:
        """Return the names without results of a start; with `again` every model is among them."""
        ...

    def score(self, time: np.datetime64, again: bool, progress: Progress = no_progress) -> None:
        """Score what is missing of a start."""
        ...


def score_all(scoring: Scoring, times: Sequence[np.datetime64], again: bool, workers: int, progress: Progress) -> None:
    """Call `scoring.score` for those of `times` with missing results, here or in processes that share the cores."""
    times = [time for time in times if scoring.missing(time, again)]
    names = {time: day_name(scoring.held_out.source, time) for time in times}
    workers = min(workers, len(times))
    if workers <= 1:
        for number, time in enumerate(times):

            def report(share: float, doing: str, number: int = number, name: str = names[time]) -> None:
                progress((number + share) / len(times), f"start {number + 1} of {len(times)} ({name}): {doing}")

            scoring.score(time, again, report)
    else:
        with ProcessPoolExecutor(workers, get_context("spawn"), _take_scoring, (scoring, workers)) as pool:
            waiting = {pool.submit(_score, time, again): time for time in times}
            for number, done in enumerate(as_completed(waiting), start=1):
                done.result()
                progress(number / len(times), f"{names[waiting[done]]} scored, {number} of {len(times)}")
    progress(1.0, f"{len(times)} starts scored")


_scoring: Scoring | None = None
"""The scoring of a worker process, set once at its start, so that its models are loaded once."""


def _take_scoring(scoring: Scoring, workers: int) -> None:
    import torch

    global _scoring
    _scoring = scoring
    threads = max(1, (os.cpu_count() or 1) // workers)
    torch.set_num_threads(threads)
    os.environ["NUMBA_NUM_THREADS"] = str(threads)


def _score(time: np.datetime64, again: bool) -> None:
    if _scoring is not None:
        _scoring.score(time, again)
