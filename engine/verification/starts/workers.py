"""Many starts, one after another or shared among processes."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Protocol

from engine.runtime.progress import Progress, no_progress


class Scoring(Protocol):
    """What is done with each start; it is sent to the processes, which load its models themselves."""

    def missing(self, day: int, again: bool) -> list[str]:
        """Return whose results of the start on a sample day are not kept yet; with `again` those of every model, too."""
        ...

    def score(self, day: int, again: bool, progress: Progress = no_progress) -> None:
        """Score what is missing of a start."""
        ...


def score_all(contest: Scoring, days: Sequence[int], again: bool, workers: int, progress: Progress) -> None:
    """Let `contest.score` work through those of `days` that miss something, here or in processes that share the cores."""
    days = [day for day in days if contest.missing(day, again)]
    workers = min(workers, len(days))
    if workers <= 1:
        for number, day in enumerate(days):

            def report(share: float, doing: str, number: int = number, day: int = day) -> None:
                progress((number + share) / len(days), f"start {number + 1} of {len(days)} (sample day {day}): {doing}")

            contest.score(day, again, report)
    else:
        with ProcessPoolExecutor(workers, get_context("spawn"), _take_contest, (contest, workers)) as pool:
            waiting = {pool.submit(_score_day, day, again): day for day in days}
            for number, done in enumerate(as_completed(waiting), start=1):
                done.result()
                progress(number / len(days), f"sample day {waiting[done]} scored, {number} of {len(days)}")
    progress(1.0, f"{len(days)} starts scored")


_contest: Scoring | None = None
"""What a worker process works on, set once when it starts, so that its models are loaded once."""


def _take_contest(contest: Scoring, workers: int) -> None:
    import torch

    global _contest
    _contest = contest
    threads = max(1, (os.cpu_count() or 1) // workers)
    torch.set_num_threads(threads)
    os.environ["NUMBA_NUM_THREADS"] = str(threads)


def _score_day(day: int, again: bool) -> None:
    if _contest is not None:
        _contest.score(day, again)
