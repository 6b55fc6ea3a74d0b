"""The choice of the times in a set of files that are the days of an analysis, and the errors where they do not match."""

from collections.abc import Mapping

import numpy as np

from engine.readers.netcdf import GriddedFile
from engine.runtime.errors import DayMissing, InputError
from engine.schema.constants import DAY

Where = Mapping[str, Mapping[np.datetime64, tuple[GriddedFile, int]]]
"""Field -> time -> file and number in it."""

MONTH = np.timedelta64(27, "D")
"""Steps this long or longer are those of monthly fields."""


def choose_times(where: Where, snapshots: bool) -> np.ndarray:
    """Return the times (n,) datetime64[s] of the days, one or more days apart, at which every field is there.

    Of several times a day it takes the one at 12 UTC. Snapshots of one field may be more frequent than those of another; means
    may not, since an hourly mean is no daily mean. Single days may be absent. Raises InputError that names the field, the day and
    its file: DayMissing where a day lacks a field.
    """
    days = np.unique(np.concatenate([_days(times) for times in where.values()]))
    result = np.array([_time_of(where, day, snapshots) for day in days], dtype="datetime64[s]")
    steps = np.diff(result)
    uneven = np.flatnonzero(steps % DAY != np.timedelta64(0, "s"))
    if uneven.size or (steps.size and np.all(steps >= MONTH)) or (steps.size > 1 and np.all(steps > DAY)):
        raise _not_daily(where, result, int(uneven[0]) if uneven.size else 0)
    return result


def _time_of(where: Where, day: np.datetime64, snapshots: bool) -> np.datetime64:
    """Return the time of a day that every field has."""
    same = {field: [time for time in times if time.astype("datetime64[D]") == day] for field, times in where.items()}
    lacking = next((field for field, times in same.items() if not times), None)
    if lacking is not None:
        there = next(field for field, times in same.items() if times)
        file = where[there][same[there][0]][0]
        raise DayMissing(
            f"{file.path}: {day} is there, but its {lacking} is in no file; expected every field on every day: download "
            f"{lacking} of {day} too or leave {there} of that day out",
            [field for field, times in same.items() if not times],
        )
    most, fewest = (choose(same, key=lambda field: len(same[field])) for choose in (max, min))
    if not snapshots and len(same[most]) > len(same[fewest]):
        raise InputError(
            f"{where[most][same[most][0]][0].path}: {most} has {len(same[most])} times on {day}, {fewest} of "
            f"{where[fewest][same[fewest][0]][0].path} {_count(len(same[fewest]))}; expected the same: make daily means of "
            f"{most} first (cdo daymean IN OUT) or ingest it on its own"
        )
    common = sorted(set.intersection(*(set(times) for times in same.values())))
    if not common:
        first, other = _apart(same)
        raise InputError(
            f"{where[other][same[other][0]][0].path}: {other} of {day} is at {_clock(same[other][0])}, {first} of "
            f"{where[first][same[first][0]][0].path} at {_clock(same[first][0])}; expected one time of day: ingest each on its "
            "own"
        )
    noon = day + np.timedelta64(12, "h")
    if noon in common:
        return noon.astype("datetime64[s]")
    if len(common) > 1:
        file = where[fewest][common[0]][0]
        raise InputError(
            f"{file.path} has {len(common)} times on {day}, none at 12 UTC; expected one a day or one at 12 UTC: keep one of them"
        )
    return common[0]


def _not_daily(where: Where, times: np.ndarray, number: int) -> InputError:
    before, after = times[number], times[number + 1]
    any_field = next(iter(where.values()))
    first, second = any_field[before][0], any_field[after][0]
    if np.all(np.diff(times) >= MONTH):
        return InputError(
            f"{first.path}: after {before} comes {after}, as of monthly fields; expected daily ones: download the daily product"
        )
    if (after - before) % DAY != np.timedelta64(0, "s"):
        return InputError(
            f"{second.path} has {after.astype('datetime64[D]')} at {_clock(after)}, {first.path} has "
            f"{before.astype('datetime64[D]')} at {_clock(before)}; expected one time of day: ingest each on its own"
        )
    return InputError(
        f"{second.path}: after {before} comes {after}, and no two days follow each other; expected daily fields, of which some "
        "may be missing: download the daily product"
    )


def _days(times: Mapping[np.datetime64, object]) -> np.ndarray:
    return np.array(list(times), dtype="datetime64[s]").astype("datetime64[D]")


def _apart(same: Mapping[str, list[np.datetime64]]) -> tuple[str, str]:
    """Return two fields without a time in common."""
    fields = list(same)
    return next((a, b) for a in fields for b in fields if not set(same[a]) & set(same[b]))


def _count(number: int) -> str:
    return "one" if number == 1 else str(number)


def _clock(time: np.datetime64) -> str:
    return f"{str(time)[11:16]} UTC"
