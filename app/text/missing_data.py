"""What a store or a source says about cells that were taken as missing or look damaged, in sentences for a visitor."""

from collections.abc import Mapping
from typing import Any

from app.text.i18n import say
from engine.stores import missing_days


def sentences(report: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each field that lost cells, and one for missing days, by attributes that `engine.ingest` writes."""
    found = []
    for name, outside in report.get("out_of_range", {}).items():
        low, high = f"{outside['lowest']:.4g}", f"{outside['highest']:.4g}"
        found.append(
            say("{name}: {count} values ({low} to {high}) are out of range and count as missing.",
                name=name, count=outside["cells"], low=low, high=high)
        )  # fmt: skip
    for name, cells in report.get("flagged", {}).items():
        found.append(say("{name}: {count} values under a bad quality flag count as missing.", name=name, count=cells))
    for name, rows in report.get("constant_rows", {}).items():
        found.append(say("{name}: {count} rows hold one number amid water that varies and look damaged.", name=name, count=rows))
    if cells := report.get("zero_land", 0):
        found.append(say("{count} cells with 0 in every field count as land.", count=cells))
    if days := missing_days(report):
        first, missing = next(iter(days.items()))
        found.append(say("{count} days are missing; {day}: {reason}.", count=len(days), day=first, reason=missing.reason))
    return found
