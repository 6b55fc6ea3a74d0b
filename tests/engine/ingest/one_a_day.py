"""Days of a small box, one file each, as a provider gives them; what it gives can be bad or missing."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.runtime.errors import DayMissing
from engine.stores import Store
from tests.engine.readers import layouts

FIRST = np.datetime64("2014-03-05", "D")


def days(count: int, first: int = 0) -> np.ndarray:
    """Return consecutive dates, the first so many days after FIRST."""
    return FIRST + first + np.arange(count)


def write(path: Path, day: np.datetime64, columns: int = layouts.LON.size, without: str = "", shift: float = 0.0) -> Path:
    """Write a day of GLORYS whose values tell the date, water in the first `columns` alone."""
    number = float((day - FIRST) / np.timedelta64(1, "D"))
    fields = {name: np.array(values, dtype=float) for name, values in layouts.glorys_fields(1).items() if name != without}
    fields["thetao"] += 0.1 * (number % 100)
    for values in fields.values():
        values[..., columns:] = np.nan
    return layouts.write_glorys(path, fields, layouts.LAT + shift, layouts.LON, day.astype("datetime64[h]")[None])


@dataclass(frozen=True)
class Provider:
    """Gives files of any day but those `missing`, each with its reason; `odd` are arguments of `write` for some days."""

    missing: Mapping[np.datetime64, str] = field(default_factory=dict)
    odd: Mapping[np.datetime64, Mapping[str, object]] = field(default_factory=dict)
    stale: frozenset[np.datetime64] = frozenset()
    """Days for which the file of FIRST comes."""
    kills: Path | None = None
    """A file; where it is not there yet, the process that is asked for the third day makes it and dies."""

    def __call__(self, day: np.datetime64, folder: Path) -> list[Path]:
        """Return the file of a day, written into `folder`."""
        if self.kills is not None and day == FIRST + 2 and not self.kills.exists():
            self.kills.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if day in self.missing:
            raise DayMissing(self.missing[day])
        return [write(folder / "day.nc", FIRST if day in self.stale else day, **self.odd.get(day, {}))]  # type: ignore[arg-type]


def numbers(store: Store) -> dict[str, np.ndarray]:
    """Return everything that a store holds: fields of each finished day, times, mask and sea floor."""
    found = {name: np.stack([store.batch(lead)[name] for lead in store.leads]) for name in store.variables}
    times = np.array([store.valid_time(lead) for lead in store.all_leads])
    return {**found, "leads": np.array(store.leads), "times": times, "wet": store.grid.wet, "floor": store.grid.deptho}


def assert_equal(one: Store, other: Store) -> None:
    """Fail where two stores differ in any number."""
    ours, theirs = numbers(one), numbers(other)
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)
