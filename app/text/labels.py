"""Labels: how stores, dates and kinds of forcing are called on screen, in the language of the visit."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.text.i18n import listed, say
from app.text.plain_text import plain
from engine.oceanbench.layout import PROVIDER
from engine.schema.sample_calendar import sample_day

NOT_FOR_NAVIGATION = "not for navigation"
SAMPLE_NOTICE = "sample ocean - simulation, not for navigation"

LEAD_AXIS = "lead (days)"

MODEL_LABELS = {
    "small": "GOMS small",
    "base": "GOMS base",
    "base-published": "AI-GOMS",
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

_FORCING_UNTIL = {
    "reanalysis": "hindcast, winds known to day {day}",
    "forecast": "forecast winds to day {day}, then climatology",
}


def is_sample(attrs: dict[str, Any]) -> bool:
    """Return whether a store holds the sample ocean."""
    return bool(attrs.get("sample", attrs.get("source") == "sample"))


def date_label(time: np.datetime64, sample: bool) -> str:
    """Return a valid date as it is shown: the calendar date, or the sample day and the date that it is like."""
    day = time.astype("datetime64[D]")
    if not sample:
        return str(day)
    return say("sample day {number} (like {date.day} {date:%b})", number=sample_day(day), date=day.item())


def day_label(time: np.datetime64, sample: bool) -> str:
    """Return a valid date in short, where what a sample day is like stands above the map."""
    day = time.astype("datetime64[D]")
    return say("sample day {number}", number=sample_day(day)) if sample else str(day)


def store_label(kind: str, attrs: dict[str, Any]) -> str:
    """Return the name of a store as the title of a map."""
    if kind in ("analysis", "forcing"):
        return say(plain(attrs.get("label", attrs.get("source", "Analysis"))))
    if kind == "reference":
        label = say("Reference (sample run)" if is_sample(attrs) else "Reference")
    else:
        model = str(attrs.get("model", ""))
        own = plain(attrs.get("label", model or "Forecast"))
        # A forecast of another provider may be called as a model of this program is.
        label = own if PROVIDER in attrs else say(MODEL_LABELS.get(model, own))
    return listed((label, say("Kuroshio 1/12°") if attrs.get("part") == "kuroshio" else ""))


def without_brackets(label: str) -> str:
    """Return a name without what it says in brackets at its end."""
    return re.split(r" \(|（", label)[0]


_FIRST_FIELDS = {"wind": "first day from the wind", "climatology": "first day from climatology"}


def first_fields_label(attrs: dict[str, Any]) -> str:
    """Return what the first fields of a head are made of, where the source had none; empty for other stores."""
    made = attrs.get("initial_fields")
    return say(_FIRST_FIELDS.get(made, "")) if isinstance(made, str) else ""


def forcing_label(kind: str, attrs: dict[str, Any]) -> str:
    """Return how the atmosphere of a run was known, or what a field of a reference stands for."""
    if kind != "forecast":
        return say(plain(attrs.get("sampling", "")) or ("simulation" if is_sample(attrs) else kind))
    if attrs.get("model") in ("persistence", "climatology", "damped-persistence"):
        return say("baseline, no forcing")
    forcing, until = str(attrs.get("forcing_kind", "")), attrs.get("forcing_until")
    if until is None or until >= attrs.get("days", until):
        words = say(_FORCING.get(forcing, "forcing not stated"))
    else:
        words = say(_FORCING_UNTIL.get(forcing, "forcing not stated"), day=until)
    if gaps := attrs.get("forcing_gaps"):
        words = say("{winds} (climatology on day {days})", winds=words, days=listed(map(str, gaps)))
    sampling = say(plain(attrs.get("sampling", ""))) if PROVIDER in attrs else ""
    return listed((sampling, words))


def notice(attrs: dict[str, Any]) -> str:
    """Return the line of caution that belongs to every map of a store."""
    said = say(SAMPLE_NOTICE if is_sample(attrs) else NOT_FOR_NAVIGATION)
    if filled := filled_words(attrs):
        said = say("; ").join((said, filled))
    statistical = attrs.get("detail") == "statistical"
    return say("{notice}; what is finer than 1/4° is statistical", notice=said) if statistical else said


def filled_words(attrs: dict[str, Any]) -> str:
    """Return which fields of a forecast's first state climatology stands in for; empty where its source had all of them."""
    filled = listed(attrs.get("filled_from_climatology", ()))
    return say("initial {fields} from climatology", fields=filled) if filled else ""


def choice_label(kind: str, attrs: dict[str, Any], init_time: np.datetime64) -> str:
    """Return the name of a store in a list of choices, with its source and first day."""
    day = date_label(init_time, is_sample(attrs))
    if kind in ("analysis", "forcing"):
        return listed((store_label(kind, attrs), day))
    # Kept altimetry has a fingerprint in its name.
    source = say("sample ocean" if is_sample(attrs) else plain(attrs.get("source", "")).partition("-")[0])
    return listed((store_label(kind, attrs), source, day))


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return {label: name} of {name: label}; a label that several names have says the name, too."""
    common = [label for label, count in Counter(labels.values()).items() if count > 1]
    return {f"{label} ({name.removeprefix('store:')})" if label in common else label: name for name, label in labels.items()}


def altimetry_labels(names: Iterable[str]) -> dict[str, str]:
    """Return {name: label} of kept altimetry: its first day, and its fingerprint where a day comes twice."""
    parts = {name: (*map(plain, name.split("-", 2)[1:]), "")[:2] for name in names}
    days = [day for day, _ in parts.values()]
    return {
        name: say("Altimetry {day}", day=f"{day[:4]}-{day[4:6]}-{day[6:]}") + (f" ({fingerprint})" if days.count(day) > 1 else "")
        for name, (day, fingerprint) in parts.items()
    }


def duration(seconds: float | None) -> str:
    """Return a remaining time in words; nothing while it is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return say("{seconds} s left", seconds=max(1, round(seconds)))
    return say("{minutes} min left", minutes=max(1, round(seconds / 60)))
