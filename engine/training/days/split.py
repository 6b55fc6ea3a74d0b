"""The split of days by date into training, validation and test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.training.days.runs import Run, within

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, order=True)
class Period:
    """Days from `first` to `last`, datetime64[D], both included."""

    first: np.datetime64
    last: np.datetime64

    @staticmethod
    def parse(text: str) -> "Period":
        """Return the period that a text such as `2000-01-01:2010-12-31` names; raises InputError for any other."""
        try:
            first, last = (np.datetime64(part.strip(), "D") for part in text.split(":"))
        except ValueError:
            raise InputError(f"period is {text!r}; expected two dates, such as 2000-01-01:2010-12-31") from None
        if not first <= last:
            raise InputError(f"period {text} ends before it begins; expected its first day, then its last")
        return Period(first, last)

    def __str__(self) -> str:
        return f"{self.first}:{self.last}"

    def apart(self, other: "Period") -> int:
        """Return the days between two periods, negative where they overlap."""
        return int((max(self.first, other.first) - min(self.last, other.last)) / DAY) - 1


@dataclass(frozen=True)
class Split:
    """Periods for training, for validation, and for tests, whose days no part of a training reads."""

    train: tuple[Period, ...]
    validation: tuple[Period, ...] = ()
    test: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        if not self.train:
            raise InputError("the split has no period for training; expected one such as --train 2000-01-01:2010-12-31")
        named = [(part, period) for part in PARTS for period in getattr(self, part)]
        for number, (part, period) in enumerate(named):
            for other, theirs in named[number + 1 :]:
                if period.apart(theirs) < 0:
                    raise InputError(
                        f"{part} {period} and {other} {theirs} share days; expected periods apart from each other: end one "
                        "before the other begins"
                    )

    @staticmethod
    def parse(train: Sequence[str], validation: Sequence[str], test: Sequence[str]) -> "Split | None":
        """Return the split that texts of periods name, None where there are none at all; raises InputError."""
        if not (train or validation or test):
            return None
        return Split(*(tuple(Period.parse(text) for text in texts) for texts in (train, validation, test)))

    def with_gaps(self, days: int) -> "Split":
        """Return a split with at least `days` days between periods of different parts.

        Days are left out of training beside validation and test, and out of validation beside test. Raises InputError where
        nothing is left of a period.
        """
        train = tuple(_shortened(period, (*self.validation, *self.test), days) for period in self.train)
        return Split(train, tuple(_shortened(period, self.test, days) for period in self.validation), self.test)

    def to_dict(self) -> dict[str, list[str]]:
        """Return texts of the periods by part, for a card."""
        return {part: [str(period) for period in getattr(self, part)] for part in PARTS}

    @staticmethod
    def from_dict(card: Mapping[str, Iterable[str]]) -> "Split":
        """Return the split that `to_dict` wrote."""
        return Split(*(tuple(map(Period.parse, card[part])) for part in PARTS))


def _shortened(period: Period, others: Iterable[Period], days: int) -> Period:
    first, last = period.first, period.last
    for other in others:
        if other.first > period.last:
            last = min(last, other.first - (days + 1) * DAY)
        else:
            first = max(first, other.last + (days + 1) * DAY)
    if first > last:
        raise InputError(
            f"period {period} has no day that is {days} days, the longest rollout, from other parts; expected a longer one"
        )
    return Period(first, last)


def in_periods(runs: Sequence[Run], periods: Iterable[Period]) -> tuple[Run, ...]:
    """Return the parts of runs that lie in one of the periods each."""
    return tuple(part for period in periods for part in within(runs, period.first, period.last))
