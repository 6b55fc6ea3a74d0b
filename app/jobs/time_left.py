"""The remaining time of a job (`min left` on the page) from the pace of its latest steps, without the preparations."""

from dataclasses import dataclass, field

RECENT = 5
"""Steps whose mean pace counts, as many as the days of a forecast between two restart states, which take time, too."""


@dataclass
class Pace:
    """Reports of the finished fraction of a piece of work and when they came, in seconds of any clock."""

    _reports: list[tuple[float, float]] = field(default_factory=list)
    """(fraction, time): the time at which the fraction was last reported, so that the first is the end of the preparations."""
    _steps: int = 0

    def add(self, fraction: float, now: float) -> None:
        """Take a report; one of less than before is that of work which began anew."""
        if self._reports and fraction < self._reports[-1][0]:
            self._reports.clear()
            self._steps = 0
        if len(self._reports) == 1 and fraction == self._reports[0][0]:
            self._reports.clear()
        if not self._reports or fraction > self._reports[-1][0]:
            self._steps += bool(self._reports)
            self._reports.append((fraction, now))
            # The first of several steps is the slowest: libraries choose their routines and allocate memory.
            if self._steps == 2 or len(self._reports) > RECENT + 1:
                del self._reports[0]

    def seconds_left(self, now: float) -> float | None:
        """Return the seconds from `now` to the end, None before there is a pace.

        A step that already takes longer than those before is the new pace.
        """
        if len(self._reports) < 2:
            return None
        (first, began), (last, came) = self._reports[0], self._reports[-1]
        step = last - self._reports[-2][0]
        seconds = (came - began) / (last - first) * step
        waited = max(now - came, 0.0)
        return max(seconds, waited) * (1 - last) / step - min(waited, seconds)
