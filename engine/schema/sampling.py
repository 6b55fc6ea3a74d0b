"""What a day of a store stands for: the mean of the day, or a snapshot. A difference or score of the two says so."""

from collections.abc import Mapping
from typing import Any

SAMPLING = "sampling"
"""Attribute of stores: `daily mean`, or `snapshot` with its hour where it is known."""


def samplings_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether of two stores with these attributes one holds daily means and the other snapshots, as far as they say."""
    kinds = {_kind(str(attributes.get(SAMPLING, ""))) for attributes in (one, other)}
    return kinds == {"mean", "snapshot"}


def _kind(sampling: str) -> str:
    return "mean" if "mean" in sampling else "snapshot" if "snapshot" in sampling else ""
