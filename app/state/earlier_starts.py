"""Forecasts of the same days from earlier starts: which there are, and the comparison with one of them or with all."""

from collections.abc import Iterable

import numpy as np

from app.access.limits import MOST_MEMBERS
from app.data.lagged_reader import STATISTICS, LaggedReader
from app.data.matching import common_leads
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import MODEL_LABELS
from engine.schema.constants import DAY
from engine.stores.reader import Store

EARLIER = "earlier:"
"""Prefix of a comparison that is the forecast of the same model from so many days before."""

LAGGED = "lagged"
"""The comparison with the mean and spread of forecasts from several starts."""

OFFERED = (1, 5, 10)
"""Days before the start from which a run is offered where none is on the disk."""


def earlier_start(start: str, comparison: str) -> str:
    """Return the initial date that a comparison such as `earlier:5` means; empty for another comparison or a bad number."""
    days = comparison.removeprefix(EARLIER)
    if not start or not comparison.startswith(EARLIER) or not days.isascii() or not days.isdigit() or not 0 < int(days) < 1000:
        return ""
    return str(np.datetime64(start, "D") - int(days) * DAY)


def earlier_words(days: int) -> str:
    """Return how a forecast from an earlier start is called beside another: `5 days earlier`."""
    return say("1 day earlier") if days == 1 else say("{days} days earlier", days=days)


def earlier_forecasts(services: Services, source: str, start: str, model: str, forcing: str) -> dict[int, Store]:
    """Return the forecasts of a source, model and forcing store from earlier starts that reach `start`, by days before, nearest
    first."""
    found: dict[int, Store] = {}
    for store in services.stores.all():
        days = int((np.datetime64(start, "D") - store.init_time.astype("datetime64[D]")) / DAY)
        same = store.kind == "forecast" and services.sources.name_of(store) == source and store.attrs.get("model") == model
        same &= str(store.attrs.get("forcing_source", "")) == forcing
        if same and 0 < days <= max(store.all_leads) and store.leads and store.grid.shape == services.options.grid_shape:
            found[days] = store
    return dict(sorted(found.items()))


def members(services: Services, first: FieldReader, source: str, needs: Iterable[str]) -> list[FieldReader]:
    """Return a forecast and the whole ones of its source and model from earlier starts that have the fields `needs`."""
    if first.kind != "forecast" or not isinstance(first, Store):
        return []
    start = str(first.init_time.astype("datetime64[D]"))
    model, forcing = (str(first.attrs.get(name, "")) for name in ("model", "forcing_source"))
    earlier = earlier_forecasts(services, source, start, model, forcing).values()
    part = (
        services.parts.detail if services.parts.detail(first) is first else lambda store: services.parts.part_with(store, needs)
    )
    held = [part(store) for store in earlier if store.complete]
    same = [reader for reader in held if reader and set(needs) <= set(reader.variables) and reader.grid.same_as(first.grid)]
    return [first, *same][:MOST_MEMBERS]


def lagged_choices(services: Services, source: str, start: str, model: str, forcing: str, chosen: str) -> dict[str, str]:
    """Return {comparison: label} of earlier forecasts, on the disk or to be run, and of their spread."""
    stored = earlier_forecasts(services, source, start, model, forcing)
    own = services.stores.find("forecast", source, start, model, forcing)
    starts = set(services.stores.starts(source))
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


def _of_selection(selection: Selection, services: Services, start: str) -> Store | None:
    """Return the chosen forecast from another start."""
    return services.stores.find("forecast", selection.source, start, selection.model, selection.forcing_store)


def earlier_missing(selection: Selection, services: Services, start: str) -> str:
    """Return the earlier start that the comparison asks for while its forecast is not whole, where one can be run."""
    earlier = earlier_start(start, selection.comparison)
    if not earlier or earlier not in services.stores.starts(selection.source):
        return ""
    store = _of_selection(selection, services, earlier)
    return "" if store is not None and store.complete else earlier


def lagged_comparison(
    selection: Selection, services: Services, primary: FieldReader, start: str, needs: Iterable[str]
) -> tuple[FieldReader | None, str]:
    """Return the earlier forecast, or the mean of forecasts from several starts, or None and why there is none."""
    if selection.comparison == LAGGED:
        found = members(services, primary, selection.source, needs)
        if len(found) > 1:
            return LaggedReader(found, "mean"), ""
        return None, say("One start has no spread: run a forecast from an earlier start that reaches these days")
    earlier = earlier_start(start, selection.comparison)
    store = (
        services.stores.find("forecast", selection.source, earlier, selection.model, selection.forcing_store) if earlier else None
    )
    if store is None or not store.leads:
        can_run = bool(earlier_missing(selection, services, start))
        return None, say(
            "This earlier forecast is not there yet: run it" if can_run else "There is no start so many days earlier"
        )
    held = services.parts.part_with(store, needs)
    return held, "" if common_leads(primary, held) else say("The two have no day in common")
