"""Forecasts of one day from several starts: how a forecast changed since an earlier one, and how far they lie apart."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from app.data.readers import FieldReader, OverBase, common_leads, day_offset
from app.frames.limits import MOST_MEMBERS
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import MODEL_LABELS
from engine.schema.constants import DAY
from engine.stores.reader import Store

if TYPE_CHECKING:
    from app.services.services import Services

EARLIER = "earlier:"
"""Prefix of a comparison that is the forecast of the same model from so many days before."""

LAGGED = "lagged"
"""The comparison with the mean and spread of forecasts from several starts."""

STATISTICS = {"mean": "Mean of {count} starts", "spread": "Spread of {count} starts"}
"""What is made of forecasts valid on the same day -> how it is called."""

OFFERED = (1, 5, 10)
"""Days before the start from which a run is offered where none is on the disk."""


class LaggedReader(OverBase):
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
        # In double precision, so that members that say the same have no spread at all.
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


def earlier_start(start: str, comparison: str) -> str:
    """Return the initial date that a comparison such as `earlier:5` means; empty for another comparison or a bad number."""
    days = comparison.removeprefix(EARLIER)
    if not start or not comparison.startswith(EARLIER) or not days.isascii() or not days.isdigit() or not 0 < int(days) < 1000:
        return ""
    return str(np.datetime64(start, "D") - int(days) * DAY)


def earlier_words(days: int) -> str:
    """Return how a forecast from an earlier start is called beside another: `5 days earlier`."""
    return say("1 day earlier") if days == 1 else say("{days} days earlier", days=days)


def earlier_forecasts(services: "Services", source: str, start: str, model: str) -> dict[int, Store]:
    """Return the forecasts of a source and model from earlier starts that reach `start`, by days before, nearest first."""
    found: dict[int, Store] = {}
    for store in services.stores():
        days = int((np.datetime64(start, "D") - store.init_time.astype("datetime64[D]")) / DAY)
        same = store.kind == "forecast" and services.source_of(store) == source and store.attrs.get("model") == model
        if same and 0 < days <= max(store.all_leads) and store.leads and store.grid.shape == services.grid_shape:
            found[days] = store
    return dict(sorted(found.items()))


def members(services: "Services", first: FieldReader, source: str, needs: Iterable[str]) -> list[FieldReader]:
    """Return a forecast and the whole ones of its source and model from earlier starts that have the fields `needs`."""
    if first.kind != "forecast" or not isinstance(first, Store):
        return []
    start = str(first.init_time.astype("datetime64[D]"))
    earlier = earlier_forecasts(services, source, start, str(first.attrs.get("model"))).values()
    part = services.detail if services.detail(first) is first else lambda store: services.holder(store, needs)
    held = [part(store) for store in earlier if store.complete]
    same = [reader for reader in held if reader and set(needs) <= set(reader.variables) and reader.grid.same_as(first.grid)]
    return [first, *same][:MOST_MEMBERS]


def lagged_choices(services: "Services", source: str, start: str, model: str, chosen: str) -> dict[str, str]:
    """Return {comparison: label} of earlier forecasts, on the disk or to be run, and of their spread."""
    stored = earlier_forecasts(services, source, start, model)
    own = services.find("forecast", source, start, model)
    starts = set(services.starts(source))
    asked = [days for days in range(1, 1000) if f"{EARLIER}{days}" == chosen]
    offered = [days for days in (*OFFERED, *asked) if earlier_start(start, f"{EARLIER}{days}") in starts]
    label = say(MODEL_LABELS.get(model, model))
    choices = {
        f"{EARLIER}{days}": listed((label, earlier_words(days))) + ("" if days in stored else say(" (to be run)"))
        for days in sorted({*stored, *offered})
    }
    whole = [store for store in stored.values() if store.complete]
    if own is not None and own.leads and whole:
        choices[LAGGED] = say(STATISTICS["spread"], count=min(1 + len(whole), MOST_MEMBERS))
    elif chosen == LAGGED:
        choices[LAGGED] = say("Spread of starts")
    return choices


def earlier_missing(selection: Selection, services: "Services", start: str) -> str:
    """Return the earlier start that the comparison asks for while its forecast is not whole, where one can be run."""
    earlier = earlier_start(start, selection.comparison)
    if not earlier or earlier not in services.starts(selection.source):
        return ""
    store = services.find("forecast", selection.source, earlier, selection.model)
    return "" if store is not None and store.complete else earlier


def lagged_comparison(
    selection: Selection, services: "Services", primary: FieldReader, start: str, needs: Iterable[str]
) -> tuple[FieldReader | None, str]:
    """Return the earlier forecast, or the mean of forecasts from several starts, or None and why there is none."""
    if selection.comparison == LAGGED:
        found = members(services, primary, selection.source, needs)
        if len(found) > 1:
            return LaggedReader(found, "mean"), ""
        return None, say("One start has no spread: run a forecast from an earlier start that reaches these days")
    earlier = earlier_start(start, selection.comparison)
    store = services.find("forecast", selection.source, earlier, selection.model) if earlier else None
    if store is None or not store.leads:
        can_run = bool(earlier_missing(selection, services, start))
        return None, say(
            "This earlier forecast is not there yet: run it" if can_run else "There is no start so many days earlier"
        )
    held = services.holder(store, needs)
    return held, "" if common_leads(primary, held) else say("The two have no day in common")
