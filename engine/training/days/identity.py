"""The identity of training days: a fingerprint of the content of each, by which a training knows its data again.

A day's fingerprint covers what is read of it alone. Appending days to a store, or renaming it, changes none of those that are
there.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.schema.grid import Grid
from engine.sources import Identified, Source
from engine.sources.analysis import FILLED
from engine.training.days.packing import OFFSET, SCALE, pack
from engine.training.days.runs import Run


def day_contents(source: Source, days: Iterable[np.datetime64], grid: Grid) -> tuple[str, ...]:
    """Return a fingerprint of what training reads of each day: content of state and air, grid, packing."""
    frame = hashlib.sha256()
    for array in (grid.lat, grid.lon, grid.depth, grid.wet, grid.deptho, SCALE, OFFSET):
        frame.update(np.ascontiguousarray(array).tobytes())
    return tuple(_hash(f"{frame.hexdigest()} {day} {_content(source, day)}") for day in days)


def _content(source: Source, day: np.datetime64) -> str:
    if isinstance(source, Identified):
        return source.content(day)
    # A source that says nothing of its content is known by its values.
    return hashlib.sha256(pack(source.state(day), source.forcing(day)).tobytes()).hexdigest()


def require_complete(source: Source) -> None:
    """Raise InputError for a source that has whole fields from climatology alone."""
    if lacking := source.provenance.get(FILLED):
        raise InputError(
            f"{source.label} has {', '.join(lacking)} from climatology alone; a network learns from complete states: choose "
            "another source"
        )


def identity_of(runs: Sequence[Run]) -> list[list[Any]]:
    """Return name of the source, first day and fingerprints of the days of each run, for the state of a training."""
    return [[run.reader.name, str(run.first), list(run.contents)] for run in runs]


def found_again(saved: Sequence[Sequence[Any]], pool: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs that `identity_of` described, among all runs that are there; further days of these are left out.

    Raises InputError, with both fingerprints, where a day has another content, and where it is not there.
    """
    return tuple(_again(name, np.datetime64(first, "D"), tuple(contents), pool) for name, first, contents in saved)


def _again(name: str, first: np.datetime64, contents: tuple[str, ...], pool: Sequence[Run]) -> Run:
    days = first + np.arange(len(contents)) * DAY
    held: dict[np.datetime64, str] = {}
    for run in pool:
        begin = int((first - run.first) / DAY)
        if begin >= 0 and run.contents[begin : begin + len(contents)] == contents:
            return run.part(begin, begin + len(contents))
        if run.reader.name == name:
            held |= dict(zip(run.days, run.contents, strict=True))
    day, expected = next(
        (pair for pair in zip(days, contents, strict=True) if held.get(pair[0]) != pair[1]), (first, contents[0])
    )
    received = f"the fingerprint {held[day]}" if day in held else "no such day"
    raise InputError(
        f"data set {name} has {received} on {day}; expected {expected}, with which the training began: give the same data with "
        "--data, or start without --resume"
    )


def card_of(runs: Sequence[Run], simulated: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return name, number and periods of the days of each source, their fingerprint, and whether it is one of the `simulated`."""
    sources: dict[str, list[Run]] = {}
    for run in runs:
        sources.setdefault(run.reader.name, []).append(run)
    return [
        {
            "name": name,
            "simulated": name in simulated,
            "days": sum(map(len, own)),
            "periods": _periods(own),
            "fingerprint": _hash(json.dumps([[str(run.first), run.contents] for run in own])),
        }
        for name, own in sources.items()
    ]


def _periods(runs: Iterable[Run]) -> list[list[str]]:
    periods: list[list[np.datetime64]] = []
    for run in sorted(runs, key=lambda run: run.first):
        if periods and run.first <= periods[-1][1] + DAY:
            periods[-1][1] = max(periods[-1][1], run.days[-1])
        else:
            periods.append([run.first, run.days[-1]])
    return [[str(first), str(last)] for first, last in periods]


def said_of_days(training: Mapping[str, Any], source: str, simulated: bool, first: np.datetime64, last: np.datetime64) -> str:
    """Return a sentence where days of `source` from `first` to `last` are among the training days of a card; else an empty text.

    Days of the same date are days of the same ocean in every analysis; those of a simulation are its own alone.
    """
    for each in training.get("data_sets", ()):
        if each["name"] != source and (simulated or each["simulated"]):
            continue
        for begin, end in each["periods"]:
            if first <= np.datetime64(end) and last >= np.datetime64(begin):
                return (
                    f"days from {first} to {last} are among the training days of the weights, {begin} to {end} of {each['name']}"
                )
    return ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
