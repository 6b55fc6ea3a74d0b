"""How stores, dates and kinds of forcing are called on screen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

SAMPLE_EPOCH = np.datetime64("2019-02-23", "D")
"""The calendar day whose altimetry is day 0 of the sample ocean."""

NOT_FOR_NAVIGATION = "not for navigation"
SAMPLE_NOTICE = f"sample ocean - simulation, {NOT_FOR_NAVIGATION}"

LEAD_AXIS = "lead (days)"

MODEL_LABELS = {
    "small": "GOMS small",
    "base": "GOMS base",
    "base-evolution": "GOMS base, with evolution",
    "aigoms-small": "AI-GOMS projection, small",
    "fourcastnet": "FourCastNet, small",
    "fourcastnet-published": "FourCastNet",
    "persistence": "Persistence",
    "damped-persistence": "Damped persistence",
    "climatology": "Climatology",
}

_FORCING = {
    "synthetic": "hindcast, winds known",
    "reanalysis": "hindcast, winds known",
    "forecast": "forecast winds",
    "climatology": "climatological winds",
}


def is_sample(attrs: dict[str, Any]) -> bool:
    """Return whether a store holds the sample ocean."""
    return bool(attrs.get("sample", attrs.get("source") == "sample"))


def date_label(time: np.datetime64, sample: bool) -> str:
    """Return a valid date as it is shown: the calendar date, or the sample day and the date that it is like."""
    day = time.astype("datetime64[D]")
    if not sample:
        return str(day)
    number = int((day - SAMPLE_EPOCH) / np.timedelta64(1, "D"))
    return f"sample day {number} (like {day.item():%-d %b})"


def store_label(kind: str, attrs: dict[str, Any]) -> str:
    """Return the name of a store as the title of a map."""
    finer = ", Kuroshio 1/12°" if attrs.get("part") == "kuroshio" else ""
    if kind == "reference":
        return "Reference" + (" (sample run)" if is_sample(attrs) else "") + finer
    if kind == "analysis":
        return str(attrs.get("label", attrs.get("source", "Analysis")))
    model = str(attrs.get("model", ""))
    return MODEL_LABELS.get(model, str(attrs.get("label", model or "Forecast"))) + finer


def forcing_label(kind: str, attrs: dict[str, Any]) -> str:
    """Return how the atmosphere of a run was known, or what a field of a reference stands for."""
    if kind != "forecast":
        return str(attrs.get("sampling", "")) or ("simulation" if is_sample(attrs) else kind)
    if attrs.get("model") in ("persistence", "climatology", "damped-persistence"):
        return "baseline, no forcing"
    return _FORCING.get(str(attrs.get("forcing_kind", "")), "forcing not stated")


def notice(attrs: dict[str, Any]) -> str:
    """Return the line of caution that belongs to every map of a store."""
    said = SAMPLE_NOTICE if is_sample(attrs) else NOT_FOR_NAVIGATION
    return f"{said}; what is finer than 1/4° is statistical" if attrs.get("detail") == "statistical" else said


def choice_label(kind: str, attrs: dict[str, Any], init_time: np.datetime64) -> str:
    """Return the name of a store in a list of choices, with its source and first day."""
    day = date_label(init_time, is_sample(attrs))
    if kind == "analysis":
        return f"{store_label(kind, attrs)}, {day}"
    # Kept altimetry has a fingerprint in its name.
    source = "sample ocean" if is_sample(attrs) else str(attrs.get("source", "")).partition("-")[0]
    return f"{store_label(kind, attrs)}, {source}, {day}"


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return {label: name} of {name: label}; a label that several names have says the name, too."""
    common = [label for label, count in Counter(labels.values()).items() if count > 1]
    return {f"{label} ({name.removeprefix('store:')})" if label in common else label: name for name, label in labels.items()}


def altimetry_labels(names: Iterable[str]) -> dict[str, str]:
    """Return {name: label} of kept altimetry: its first day, and its fingerprint where a day comes twice."""
    parts = {name: name.split("-")[1:] for name in names}
    days = [day for day, *_ in parts.values()]
    return {
        name: f"Altimetry {day[:4]}-{day[4:6]}-{day[6:]}" + (f" ({fingerprint})" if days.count(day) > 1 else "")
        for name, (day, fingerprint) in parts.items()
    }


def duration(seconds: float | None) -> str:
    """Return a remaining time in words; nothing while it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} s left"
    return f"{round(seconds / 60)} min left" if seconds >= 90 else "1 min left"
