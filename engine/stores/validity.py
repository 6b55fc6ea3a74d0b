"""The validity list of an analysis: which days of which variables are missing, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.schema.constants import DAY

MISSING = "missing_days"
"""Attribute of the list: entries of `first` and `last` day, `variables` and `reason`, by day."""


@dataclass(frozen=True)
class Missing:
    """Why a day is missing, and the variables that it lacks; it is missing for all of them, since a day is whole or not there."""

    reason: str
    variables: tuple[str, ...]


def missing_days(attributes: Mapping[str, Any]) -> dict[np.datetime64, Missing]:
    """Return the missing days among the attributes of a store by date, datetime64[D] ascending."""
    found: dict[np.datetime64, Missing] = {}
    for entry in attributes.get(MISSING, ()):
        first, last = (np.datetime64(entry[name], "D") for name in ("first", "last"))
        missing = Missing(str(entry["reason"]), tuple(entry["variables"]))
        found |= dict.fromkeys(np.arange(first, last + DAY), missing)
    return dict(sorted(found.items()))


def with_missing(attributes: Mapping[str, Any], days: Mapping[np.datetime64, Missing]) -> dict[str, Any]:
    """Return attributes that say `days` are missing, and no others; days in a row with one reason are one entry."""
    entries: list[dict[str, Any]] = []
    before: tuple[np.datetime64, Missing] | None = None
    for day, missing in sorted(days.items()):
        if before == (day - DAY, missing):
            entries[-1]["last"] = str(day)
        else:
            entries.append({"first": str(day), "last": str(day), "variables": list(missing.variables), "reason": missing.reason})
        before = day, missing
    rest = {name: value for name, value in attributes.items() if name != MISSING}
    return {**rest, MISSING: entries} if entries else rest


def without_day(attributes: Mapping[str, Any], day: np.datetime64) -> dict[str, Any]:
    """Return attributes that no longer say that `day` is missing."""
    days = missing_days(attributes)
    return dict(attributes) if days.pop(day.astype("datetime64[D]"), None) is None else with_missing(attributes, days)


MOST_SENTENCES = 5


def described(attributes: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each of the first entries, such as "2014-03-07 to 2014-03-09 are missing: no file was given"."""
    found = list(_sentences(attributes.get(MISSING, ())))
    more = len(found) - MOST_SENTENCES
    return found if more <= 0 else [*found[:MOST_SENTENCES], f"and {more} more gaps: {MISSING} of `goms stores --json` lists all"]


def _sentences(entries: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for entry in entries:
        one = entry["first"] == entry["last"]
        days = f"{entry['first']} is" if one else f"{entry['first']} to {entry['last']} are"
        lacking = f" ({', '.join(entry['variables'])})" if entry["variables"] else ""
        yield f"{days} missing{lacking}: {entry['reason']}"
