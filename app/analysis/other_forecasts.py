"""Other forecasts of the same days, which are scored beside the one shown: those of other models, and persistence."""

from app.data.matching import common_leads, level_at
from app.data.readers import FieldReader
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.text.i18n import say
from app.text.labels import MODEL_LABELS, store_label, told_apart
from engine.schema.constants import DAY

MOST = 3
"""Forecasts beside the one shown, set by hand: more curves are not told apart."""


def other_forecasts(
    services: Services, shown: FieldReader, target: FieldReader, needs: tuple[str, ...], metres: float | None
) -> dict[str, tuple[FieldReader, int]]:
    """Return {label: (forecast, its level)} of what is scored against `target` beside `shown`: persistence, then others.

    Others start at most a day apart from `shown` (a provider may count the day of its analysis as the first) and have the fields
    `needs` at the depth `metres`, on a finished day of `target`.
    """
    found: dict[str, FieldReader] = {}
    name = shown.identifier.partition("/")[0]
    if 0 in shown.leads and not shown.identifier.startswith(VIRTUAL):
        found["persistence"] = services.readers.open(f"persistence@{shown.identifier}")
    others = sorted(services.stores.all(), key=lambda store: store.identifier)
    for store in others:
        apart = abs(store.init_time.astype("datetime64[D]") - shown.init_time.astype("datetime64[D]"))
        if store.kind == "forecast" and store.identifier != name and apart <= DAY and len(found) <= MOST:
            found[store.identifier] = services.parts.part_with(store, needs)
    levels = {key: _level(reader, needs, metres) for key, reader in found.items()}
    usable = {key: found[key] for key, level in levels.items() if level is not None and common_leads(found[key], target)}
    labels = {key: say(MODEL_LABELS.get(key, "")) or store_label(each.kind, each.attrs) for key, each in usable.items()}
    return {label: (usable[key], levels[key] or 0) for label, key in told_apart(labels).items()}


def against(services: Services, forecast: FieldReader, target: FieldReader) -> FieldReader:
    """Return `target` with its zero of sea level moved to that of `forecast`, where they have different ones."""
    base = services.readers.open(target.identifier.partition("@")[2].partition("|")[0]) if "@" in target.identifier else target
    if services.sources.zero_of(forecast) == services.sources.zero_of(base):
        return base
    return services.readers.open(f"aligned@{base.identifier}|{forecast.identifier}")


def _level(reader: FieldReader, needs: tuple[str, ...], metres: float | None) -> int | None:
    """Return the index of the level at a depth, 0 of fields without levels, None where the fields or the depth are not there."""
    if set(needs) - set(reader.variables):
        return None
    return 0 if metres is None else level_at(reader.depths(needs[0]), metres)
