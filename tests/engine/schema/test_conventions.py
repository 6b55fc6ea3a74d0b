"""What the values of two stores do not share is said, and nothing is said of what they do not state."""

import pytest

from engine.schema.conventions import mixed_conventions

SNAPSHOT, MEAN = {"sampling": "snapshot", "tides": "no"}, {"sampling": "daily mean", "tides": "no"}


@pytest.mark.parametrize(
    ("first", "second", "needs", "expected"),
    [
        (SNAPSHOT, MEAN, {"thetao"}, ("daily means beside snapshots",)),
        (SNAPSHOT, SNAPSHOT, {"zos"}, ()),
        (SNAPSHOT, {"sampling": "snapshot", "tides": "yes"}, {"zos"}, ("one has tides",)),
        (SNAPSHOT, {"sampling": "snapshot", "tides": "unknown"}, {"uo"}, ("one may have tides",)),
        (SNAPSHOT, {"sampling": "snapshot", "tides": "yes"}, {"thetao"}, ()),
        ({}, MEAN, {"zos"}, ()),
    ],
)
def test_two_stores_are_told_apart_by_what_they_state(
    first: dict[str, str], second: dict[str, str], needs: set[str], expected: tuple[str, ...]
) -> None:
    assert mixed_conventions(first, second, needs) == expected
    assert mixed_conventions(second, first, needs) == expected
