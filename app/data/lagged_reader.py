"""Mean and spread of forecasts that are valid on the same day and began on several."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app.data.derived_readers import DerivedReader
from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.text.i18n import listed, say

STATISTICS = {"mean": "Mean of {count} starts", "spread": "Spread of {count} starts"}
"""What is made of forecasts valid on the same day -> how it is called."""


class LaggedReader(DerivedReader):
    """Mean, or standard deviation (of a sample, n - 1), of forecasts valid on the same day, by the leads of the first.

    `members` are readers on one grid, the last start first; where one of them has no value, the result has none. A lead is there
    as soon as two members have its day.
    """

    def __init__(self, members: Sequence[FieldReader], statistic: str) -> None:
        super().__init__(members[0])
        self.members = list(members)
        self.name = statistic
        self._offsets = [day_offset(members[0], member) for member in members]

    @property
    def identifier(self) -> str:
        """Return the name under which the services make this reader again."""
        return f"{self.name}@{'|'.join(member.identifier for member in self.members)}"

    @property
    def attrs(self) -> dict[str, Any]:
        """Return the attributes of the first member under the name of what is made of them."""
        return {**super().attrs, "label": say(STATISTICS[self.name], count=len(self.members))}

    @property
    def leads(self) -> list[int]:
        """Return the leads in days at which at least two members have a finished day."""
        return [lead for lead, count in self.counts().items() if count > 1]

    def counts(self) -> dict[int, int]:
        """Return how many members have the day of each lead."""
        there = [set(member.leads) for member in self.members]
        return {
            lead: sum(lead + offset in leads for offset, leads in zip(self._offsets, there, strict=True))
            for lead in self.all_leads
        }

    def combined(self, lead: int, read: Callable[[FieldReader, int], np.ndarray]) -> np.ndarray:
        """Return mean or spread of `read(member, its own lead)` over the members that have the day of `lead`."""
        own = [(member, lead + offset) for member, offset in zip(self.members, self._offsets, strict=True)]
        values = np.stack([read(member, at) for member, at in own if at in member.leads])
        if self.name == "mean":
            return values.mean(axis=0, dtype=np.float64).astype(np.float32)
        if len(values) < 2:
            return np.full_like(values[0], np.nan)
        # In double precision, so that equal members have a spread of exactly zero.
        return values.std(axis=0, ddof=1, dtype=np.float64).astype(np.float32)

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        """Return mean or spread (h, w) of a stored field."""
        return self.combined(lead, lambda member, own: member.read(variable, own, depth_index))

    def points(self, variable: str, rows: np.ndarray, columns: np.ndarray, leads: list[int]) -> np.ndarray:
        """Return (n, z, m) mean or spread at cells of the grid."""
        at = [self.combined(lead, lambda member, own: member.points(variable, rows, columns, [own])[0]) for lead in leads]
        return np.stack(at)


def count_words(reader: LaggedReader) -> str:
    """Return how many starts there are by lead, such as `3 starts to day 20, 2 to day 25`."""
    last: dict[int, int] = {}
    for lead, count in reader.counts().items():
        if count > 1:
            last[count] = lead
    words = ("{count} starts to day {lead}", *["{count} to day {lead}"] * (len(last) - 1))
    return listed(say(each, count=count, lead=lead) for each, (count, lead) in zip(words, last.items(), strict=False))


def members_words(reader: LaggedReader) -> str:
    """Return how many starts there are over all leads, such as `2 to 3 starts`."""
    counts = sorted({count for count in reader.counts().values() if count > 1})
    if len(counts) > 1:
        return say("{first} to {last} starts", first=counts[0], last=counts[-1])
    return say("{count} starts", count=len(reader.members))
