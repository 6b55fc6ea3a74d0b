"""What the values of a store stand for: daily means or snapshots, with tides or without; and what two stores do not share."""

from collections.abc import Mapping
from typing import Any

SAMPLING, TIDES = "sampling", "tides"
CARRIED_OVER = (SAMPLING, TIDES)
"""Attributes of an analysis that a forecast from it keeps: `sampling` is `daily mean`, or `snapshot` with its hour where it is
known; `tides` is yes, no or unknown. Temperature is converted when files are read, and the zero of sea level when two stores are
compared; these two cannot be."""

_MOVED_BY_TIDES = {"uo", "vo", "zos"}


def mixed_conventions(first: Mapping[str, Any], second: Mapping[str, Any], needs: set[str]) -> tuple[str, ...]:
    """Return in words what the values of two stores with these attributes do not share; `needs` are the fields compared.

    Nothing is said of what a store does not state.
    """
    found = []
    if {_kind(str(attributes.get(SAMPLING, ""))) for attributes in (first, second)} == {"mean", "snapshot"}:
        found.append("daily means beside snapshots")
    if needs & _MOVED_BY_TIDES and TIDES in first and TIDES in second and first[TIDES] != second[TIDES]:
        found.append("one may have tides" if "unknown" in (first[TIDES], second[TIDES]) else "one has tides")
    return tuple(found)


def _kind(sampling: str) -> str:
    return "mean" if "mean" in sampling else "snapshot" if "snapshot" in sampling else ""
