"""What stands beside the first map: what can be chosen, and the store of a choice or why there is none."""

from app.data.matching import common_leads, day_offset
from app.data.readers import FieldReader
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.services.store_parts import DETAIL
from app.state.earlier_starts import EARLIER, LAGGED, earlier_forecasts, lagged_choices, lagged_comparison
from app.state.primary import until_written
from app.state.scene import STORE, Scene
from app.state.selection import Selection
from app.text.i18n import say
from app.text.labels import MODEL_LABELS, choice_label
from engine.diagnostics import DisplayVariable
from engine.runtime.errors import InputError


def comparison_choices(selection: Selection, services: Services, scene: Scene) -> dict[str, str]:
    """Return {value: label} of what can stand beside the map now."""
    choices = {"none": say("Nothing")}
    if selection.source == "sample":
        choices["reference"] = say("Reference (sample run)")
    shown = "" if scene.primary is None else scene.primary.identifier
    # A part of the store shown, such as its waves, is on the map already; its Kuroshio has the same fields on a finer grid.
    own = "" if shown.endswith(DETAIL) else shown.partition("/")[0]
    whole = "" if scene.whole is None else scene.whole.identifier
    choices |= {name: say(MODEL_LABELS[name]) for name in VIRTUAL if not own.startswith(name)}
    earlier: list[FieldReader] = []
    if scene.start and selection.model not in VIRTUAL:
        which = selection.source, scene.start, selection.model, selection.forcing_store
        choices |= lagged_choices(services, *which, selection.comparison)
        earlier = list(earlier_forecasts(services, *which).values())
    for store in services.parts.with_details():
        if store.identifier in (own, shown, whole) or scene.primary is None or not _overlap(scene.primary, store):
            continue
        if store in earlier or store.kind == "forcing":
            continue
        same_source = services.sources.name_of(store) == selection.source
        if store.kind == "reference" and same_source and store.init_time == scene.primary.init_time:
            continue
        choices[STORE + store.identifier] = choice_label(store.kind, store.attrs, store.init_time)
    return choices


def comparison_reader(
    selection: Selection, services: Services, primary: FieldReader, start: str, shown: DisplayVariable
) -> tuple[FieldReader | None, str]:
    """Return the store, or the part of one, beside the map, or None and why there is none."""
    wanted = selection.comparison
    if wanted == "reference":
        if selection.source != "sample":
            return None, say("There is no reference for this source")
        store = services.stores.find("reference", selection.source, start)
        held = None if store is None else services.parts.part_with(store, shown.needs)
        return held, "" if store is not None and store.complete else until_written(
            services, selection.source, start, say("The reference of this start is being written")
        )
    if wanted == "climatology" and not shown.has_climatology:
        return None, say("There is no climatology of {field}", field=say(shown.label).lower())
    if wanted == LAGGED or wanted.startswith(EARLIER):
        return lagged_comparison(selection, services, primary, start, shown.needs)
    if wanted in VIRTUAL:
        return services.readers.open(f"{wanted}@{primary.identifier}"), ""
    if wanted.startswith(STORE):
        other = services.parts.part_with(services.readers.open(wanted.removeprefix(STORE)), shown.needs)
        return other, "" if common_leads(primary, other) else say("The two have no day in common")
    raise InputError(f"comparison {wanted!r} is unknown; choose one from the list")


def _overlap(first: FieldReader, second: FieldReader) -> bool:
    """Return whether two stores share a day and some of the globe."""
    offset = day_offset(first, second)
    days = {lead + offset for lead in first.all_leads} & set(second.all_leads)
    a, b = first.grid, second.grid
    rows = a.lat[0] <= b.lat[-1] and b.lat[0] <= a.lat[-1]
    columns = a.is_periodic or b.is_periodic or (a.lon[0] <= b.lon[-1] and b.lon[0] <= a.lon[-1])
    return bool(days) and rows and columns
