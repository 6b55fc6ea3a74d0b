"""The calendar of the sample ocean: its days are numbered, and each has the season of one date."""

import numpy as np

from engine.schema.constants import DAY

SAMPLE_EPOCH = np.datetime64("2019-02-23", "D")
"""The date whose season sample day 0 has: that of the altimetry from which the sample ocean starts."""


def sample_date(day: int) -> np.datetime64:
    """Return the date whose season sample day `day` has."""
    return SAMPLE_EPOCH + int(day) * DAY


def sample_day(time: np.datetime64) -> int:
    """Return the number of the sample day of a date."""
    return int((time.astype("datetime64[D]") - SAMPLE_EPOCH) / DAY)
