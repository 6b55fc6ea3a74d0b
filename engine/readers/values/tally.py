"""Counts of values that are treated as missing, and of rows that look damaged, by field, day and level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.variables import VARIABLES

LARGEST_SHARE = 0.01
"""A field is refused where more than this share of its values in a day is out of range; set by hand.

Bad patches of real files are smaller (48 of a million cells of a day of altimetry, a river mouth); a wrong unit or an undeclared
land mask is far larger: the land of a box with any coast is several per cent.
"""

LARGEST_DECLARED_SHARE = 0.5
"""The file's own valid range may exclude more, such as land beyond it; where it excludes most it is outdated or mistyped; set by
hand."""

NEARLY_FRESH = 0.01
"""Salinity this far below 0 is rounding: GLORYS packs fresh water as -0.0015."""


@dataclass
class Outside:
    """Values out of range in one read: how many of how many, and their extremes."""

    values: int = 0
    cells: int = 0
    lowest: float = np.inf
    highest: float = -np.inf
    declared: int = 0
    """Of these, cells that the file's own valid range excludes."""

    @property
    def undeclared(self) -> int:
        """Return how many the file itself calls valid."""
        return self.cells - self.declared

    def add(self, other: "Outside") -> None:
        """Add the counts of another read."""
        self.values += other.values
        self.cells += other.cells
        self.declared += other.declared
        self.lowest, self.highest = min(self.lowest, other.lowest), max(self.highest, other.highest)


@dataclass
class Tally:
    """Counts of one file; a field, day and level that is read twice is counted once."""

    _outside: dict[str, dict[int, dict[int | None, Outside]]] = field(default_factory=dict)
    _flagged: dict[str, dict[tuple[int, int | None], int]] = field(default_factory=dict)
    _constant: dict[str, dict[tuple[int, int | None], int]] = field(default_factory=dict)

    def out_of_range(self, name: str, time: int, level: int | None, found: Outside) -> Outside:
        """Record the counts of one read, and return the sum over the levels of that day read so far."""
        levels = self._outside.setdefault(name, {}).setdefault(time, {})
        levels[level] = found
        total = Outside()
        for each in levels.values():
            total.add(each)
        return total

    def flagged(self, name: str, time: int, level: int | None, cells: int) -> None:
        """Record the number of values of one read under a bad flag."""
        self._flagged.setdefault(name, {})[time, level] = cells

    def constant(self, name: str, time: int, level: int | None, rows: int) -> None:
        """Record the number of constant rows in varying water of one read; their values stay."""
        self._constant.setdefault(name, {})[time, level] = rows

    def report(self, time: int | None = None) -> dict[str, Any]:
        """Return `out_of_range` (field -> cells, lowest, highest), `flagged` (field -> cells), `constant_rows` (field -> rows).

        Each is there where it counts anything; of one time alone where it is given.
        """
        outside: dict[str, dict[str, Any]] = {}
        for name, days in self._outside.items():
            total = Outside()
            for number, levels in days.items():
                for each in levels.values() if time in (None, number) else ():
                    total.add(each)
            if total.cells:
                outside[name] = {"cells": total.cells, "lowest": _plain(total.lowest), "highest": _plain(total.highest)}
        return _where_any(outside, _sums(self._flagged, time), _sums(self._constant, time))


def take_out(values: np.ndarray, name: str, valid: tuple[float, float]) -> Outside:
    """Set cells of `values` outside the range of the field `name` or outside `valid` to NaN, and return their counts."""
    low, high = physical_range(name)
    # The extremes skip NaN, so that most fields need one pass alone.
    lowest, highest = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    there = int(np.count_nonzero(~np.isnan(values)))
    if np.isnan(lowest) or (max(low, valid[0]) <= lowest and highest <= min(high, valid[1])):
        return Outside(there)
    declared = (values < valid[0]) | (values > valid[1])
    bad = declared | (values < low) | (values > high)
    found = values[bad]
    values[bad] = np.nan
    return Outside(there, found.size, float(found.min()), float(found.max()), int(np.count_nonzero(declared)))


def physical_range(name: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a field may have."""
    low, high = VARIABLES[name].valid_range
    return (low - NEARLY_FRESH if name == "so" else low), high


def refusal(subject: str, name: str, provider: str, total: Outside, declaring: str) -> InputError:
    """Return the error for a field with too many values out of range; `declaring` is the command that declares its lowest value
    missing."""
    low, high = VARIABLES[name].valid_range
    units = VARIABLES[name].units
    if total.undeclared <= LARGEST_SHARE * total.values:
        return InputError(
            f"{subject}: valid_min, valid_max or valid_range exclude {100 * total.declared / total.values:.0f} % of its values, "
            f"which are {total.lowest:g} to {total.highest:g} {units}; expected most of them inside: correct or delete these "
            f"attributes (ncatted -a valid_max,{provider},d,, FILE)"
        )
    share = f"{100 * total.undeclared / total.values:.1f} % of its values"
    if total.lowest == total.highest:
        return InputError(
            f"{subject}: {share} are {total.lowest:g} {units}; expected {low:g} to {high:g}: if that stands for land, declare it "
            f"({declaring})"
        )
    of = "air" if VARIABLES[name].role == "forcing" else "ocean"
    return InputError(
        f"{subject}: {share} lie outside the range of the {of}, from {total.lowest:g} to {total.highest:g} {units}; expected "
        f"{low:g} to {high:g}: check its units, scale_factor and add_offset"
    )


def merged(reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the reports of several files or days as one, cells added up; of `zero_land` the largest."""
    outside: dict[str, dict[str, Any]] = {}
    flagged: dict[str, int] = {}
    constant: dict[str, int] = {}
    zero_land = 0
    for report in reports:
        zero_land = max(zero_land, report.get("zero_land", 0))
        for name, found in report.get("out_of_range", {}).items():
            known = outside.setdefault(name, {"cells": 0, "lowest": found["lowest"], "highest": found["highest"]})
            known["cells"] += found["cells"]
            known["lowest"] = min(known["lowest"], found["lowest"])
            known["highest"] = max(known["highest"], found["highest"])
        for name, cells in report.get("flagged", {}).items():
            flagged[name] = flagged.get(name, 0) + cells
        for name, rows in report.get("constant_rows", {}).items():
            constant[name] = constant.get(name, 0) + rows
    return _where_any(outside, flagged, constant) | ({"zero_land": zero_land} if zero_land else {})


def _sums(reads: Mapping[str, Mapping[tuple[int, int | None], int]], time: int | None) -> dict[str, int]:
    totals = {name: sum(count for (day, _), count in each.items() if time in (None, day)) for name, each in reads.items()}
    return {name: total for name, total in totals.items() if total}


def _where_any(outside: dict[str, dict[str, Any]], flagged: dict[str, int], constant: dict[str, int]) -> dict[str, Any]:
    parts = {"out_of_range": outside, "flagged": flagged, "constant_rows": constant}
    return {name: part for name, part in parts.items() if part}


def report_in(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report among the attributes of a store."""
    return {key: attributes[key] for key in ("out_of_range", "flagged", "constant_rows", "zero_land") if attributes.get(key)}


def described(report: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each field of a report, such as "zos: 48 cells of 9999 m are missing, out of range"."""
    sentences = []
    for name, found in report.get("out_of_range", {}).items():
        low, high = found["lowest"], found["highest"]
        span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        sentences.append(
            f"{name}: {found['cells']} values of {span} {VARIABLES[name].units} are out of range and taken as missing"
        )
    for name, cells in report.get("flagged", {}).items():
        sentences.append(f"{name}: {cells} values under a bad quality flag are taken as missing")
    for name, rows in report.get("constant_rows", {}).items():
        sentences.append(
            f"{name}: {rows} rows hold one number amid water that varies, as damage to a file without checksums looks; they are "
            "kept: compare them with the provider's or download the file again"
        )
    if cells := report.get("zero_land", 0):
        sentences.append(f"{cells} cells with 0 in every field are taken as land")
    return sentences


def _plain(value: float) -> float:
    """Return a finite number, since JSON has no other."""
    return float(np.clip(value, np.finfo(np.float32).min, np.finfo(np.float32).max))
