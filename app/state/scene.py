"""From choices to what is on the maps: which stores, which leads, what they are called, and what is missing. No widgets."""

from dataclasses import dataclass, field
from typing import Any

from app.data.lagged_reader import LaggedReader, count_words
from app.data.readers import FieldReader, common_leads, day_offset, field_name, level_at
from app.jobs.queue import Request
from app.services.readers import VIRTUAL, revision
from app.services.services import Services
from app.services.store_parts import DETAIL
from app.state.awaited import until_prepared, until_written
from app.state.earlier_starts import (
    EARLIER,
    LAGGED,
    earlier_forecasts,
    earlier_missing,
    earlier_words,
    lagged_choices,
    lagged_comparison,
)
from app.state.layer_fields import layer_fields
from app.state.selection import Selection
from app.state.view_modes import VIEWS
from app.style.palettes import style_of
from app.text.i18n import listed, say
from app.text.labels import (
    LEAD_AXIS,
    MODEL_LABELS,
    choice_label,
    date_label,
    forcing_label,
    is_sample,
    notice,
    store_label,
)
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES, DisplayVariable
from engine.diagnostics.douglas_scale import DOUGLAS
from engine.runtime.errors import InputError
from engine.schema.variables import DEPTHS

STORE = "store:"
"""Prefix of a source or comparison that is a store by its identifier."""


@dataclass
class Scene:
    """Everything a page needs to draw one selection."""

    primary: FieldReader | None
    comparison: FieldReader | None
    panels: list[dict[str, Any]]
    whole: FieldReader | None = None
    """The store that the finer part on the map belongs to, where a view shows both."""
    leads: list[int] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    start: str = ""
    needs_forecast: bool = False
    """The chosen forecast is not on the disk: Run makes it."""
    needs_reference: bool = False
    """The reference of this start is wanted and not whole."""
    needs_earlier: str = ""
    """The earlier start whose forecast is wanted beside and not whole."""
    lacks: list[Request] = field(default_factory=list)
    """What is written or prepared for the maps, which nobody asks for."""
    aligned: bool = False
    """SSH of two products: the means over the common mask were removed."""
    message: str = ""
    layout: str = "side"
    """How compared maps share the page: `side`, `swipe` or `difference`."""
    depths: tuple[float, ...] = ()
    variables: tuple[str, ...] = tuple(DISPLAY_VARIABLES)
    extent: tuple[float, float, float, float] = (-90.0, 90.0, 0.0, 360.0)
    """What is in view: south, north, west, east in degrees."""


def chosen_start(selection: Selection, services: Services) -> str:
    """Return the initial date in force: the chosen one, else the first of the source; empty where there is none."""
    if selection.source.startswith(STORE):
        return ""
    starts = services.stores.starts(selection.source)
    return selection.start if selection.start in starts else (starts[0] if starts else "")


def build_scene(selection: Selection, services: Services) -> Scene:
    """Return what is shown for a selection; raises InputError where its source, store or date does not exist."""
    start = chosen_start(selection, services)
    primary = _primary(selection, services, start)
    has_reference = selection.source == "sample"
    needs_forecast = not selection.source.startswith(STORE) and _forecast_missing(selection, services, start)
    # A baseline is computed from the first state of any store; where there is none and none will come, a run writes it.
    needs_forecast = needs_forecast or (selection.model in VIRTUAL and primary is None and not has_reference)
    shows_reference = primary is None or primary.kind == "reference" or selection.comparison == "reference"
    wants_reference = has_reference and shows_reference
    reference = services.stores.find("reference", selection.source, start) if has_reference else None
    needs_reference = wants_reference and (reference is None or not reference.complete)
    scene = Scene(primary, None, [], start=start, needs_forecast=needs_forecast, needs_reference=needs_reference)
    if needs_reference:
        scene.lacks.append(services.queues.request("reference", selection.source, start))
    if primary is None:
        scene.message = services.permissions.why_not("run") or _nothing_yet(selection, services, start)
        scene.panels = [{"key": "forecast", "kind": "field", "leads": [], "empty": scene.message, "title": ""}]
        return scene
    sample = is_sample(primary.attrs)
    scene.leads = list(primary.all_leads)
    scene.times = [date_label(primary.valid_time(lead), sample) for lead in scene.leads]
    view = VIEWS[selection.view]
    scene.variables = view.variables or _variables(primary, services)
    variable = shown_variable(selection, scene)
    shown = DISPLAY_VARIABLES[variable]
    whole = services.parts.part_with(primary, shown.needs)
    detail = services.parts.detail(primary) if view.beside_whole else None
    scene.primary = primary = detail or whole
    has_field = _tells(primary, shown)
    scene.depths = shown.depths(primary.depths(shown.needs[0])) if has_field else ()
    has_mean = shown.has_climatology
    wants_mean = has_mean and (selection.quantity == "anomaly" or primary.identifier.startswith("climatology"))
    waits = until_prepared(services, primary, scene.lacks) if wants_mean or shown.of_usual else ""
    scene.panels = [panel("forecast", primary, selection, scene, waits)]
    if view.part and (detail is None if view.beside_whole else not has_field):
        scene.panels[0] |= {"leads": [], "empty": say(view.without)}
    if view.beside_whole:
        scene.whole = whole if detail is None else services.readers.open(detail.identifier.removesuffix(DETAIL))
        scene.panels.append(panel("whole", scene.whole, selection, scene, waits))
    nothing_beside = view.beside_whole and selection.comparison == "reference" and not has_reference
    if selection.comparison != "none" and not nothing_beside:
        other, empty = _comparison(selection, services, primary, start, shown)
        scene.needs_earlier = earlier_missing(selection, services, start)
        if other is not None and view.beside_whole:
            other = services.parts.detail(other) or other
        both = other is not None and "zos" in {*other.variables} & {*primary.variables}
        if (
            other is not None
            and both
            and variable == "zos"
            and services.sources.name_of(primary) != services.sources.name_of(other)
        ):
            scene.aligned = True
            other = services.readers.open(f"aligned@{other.identifier}|{primary.identifier}")
        scene.comparison = other
        if not waits and has_mean and selection.comparison == "climatology":
            waits = until_prepared(services, primary, scene.lacks)
        beside, difference = _comparison_panels(selection, scene, primary, empty, waits)
        if view.beside_whole:
            # Of three places two are taken: the spread says more than the mean.
            scene.panels.append(difference if selection.comparison == LAGGED else beside)
        else:
            scene.panels += [beside, difference]
            scene.layout = "side" if selection.comparison == LAGGED else selection.layout
    depth = shown_depth(selection, scene.depths)[1]
    for each in scene.panels:
        if each.get("store"):
            each |= layer_fields(services, each, depth)
    return scene


def _variables(reader: FieldReader, services: Services) -> tuple[str, ...]:
    """Return the names of what can be shown of a store and its parts."""
    return tuple(
        name for name, shown in DISPLAY_VARIABLES.items() if _tells(services.parts.part_with(reader, shown.needs), shown)
    )


def _tells(reader: FieldReader, shown: DisplayVariable) -> bool:
    """Return whether a store has what a variable is made of; a surface alone has no columns."""
    if not set(shown.needs) <= set(reader.variables):
        return False
    return len(reader.depths(shown.needs[0])) > 1 or not (shown.of_column or shown.name == "stability")


def shown_variable(selection: Selection, scene: Scene) -> str:
    """Return the variable in force: the chosen one, or the first that the store has."""
    return selection.variable if selection.variable in scene.variables else scene.variables[0]


def shown_depth(selection: Selection, depths: tuple[float, ...]) -> tuple[int, float]:
    """Return (index, metres) of the level nearest to the chosen depth; the first where the field has no levels."""
    if not depths:
        return 0, 0.0
    index = min(range(len(depths)), key=lambda number: abs(depths[number] - selection.depth))
    return index, depths[index]


def panel(key: str, reader: FieldReader, selection: Selection, scene: Scene, waits: str = "") -> dict[str, Any]:
    """Return the fields of one map of the loop map component; one that `waits`, in words, stays empty."""
    variable = shown_variable(selection, scene)
    shown = DISPLAY_VARIABLES[variable]
    missing = not _tells(reader, shown)
    depths = () if missing else shown.depths(reader.depths(shown.needs[0]))
    # Beside another map only the same depth means anything.
    _, metres = shown_depth(selection, scene.depths)
    index = level_at(depths, metres) if depths else 0
    no_mean = selection.quantity == "anomaly" and not shown.has_climatology
    leads = [] if missing or waits or no_mean or index is None else list(reader.leads)
    if selection.quantity == "change":
        leads = [lead for lead in leads if lead - 1 in leads]
    offset = 0 if scene.primary is None else day_offset(scene.primary, reader)
    unit = unit_of(variable, selection.units, selection.quantity)
    classes = [[round(unit.of(state.low), 2), say(state.name)] for state in DOUGLAS]
    return {
        "key": key,
        "kind": "field",
        "store": reader.identifier,
        "variable": field_name(variable, selection.quantity),
        "depth_index": index or 0,
        "leads": leads,
        "lead_offset": offset,
        "revision": revision(reader),
        "title": _title(scene, reader, offset),
        "lead_shift": offset if _counts_its_own(scene, reader) else 0,
        "has_lead": scene.primary is None or scene.primary.kind != "analysis",
        "quantity": quantity_label(variable, selection.quantity, metres if scene.depths else None),
        "units": shown.units,
        "shown": unit.as_list,
        "speed": unit_of("speed", selection.units).as_list,
        "forcing": forcing_label(reader.kind, reader.attrs),
        "notice": say("; ").join(filter(None, (notice(reader.attrs), say(VIEWS[selection.view].remark)))),
        "classes": classes if (variable, selection.quantity) == ("swh", "value") else [],
        "empty": _empty(say(shown.label), metres if index is None else None, missing, waits, no_mean),
    }


def _counts_its_own(scene: Scene, reader: FieldReader) -> bool:
    """Return whether a map has leads of its own: those of a forecast, beside anything but the days of an analysis."""
    return reader.kind == "forecast" and scene.primary is not None and scene.primary.kind != "analysis"


def _title(scene: Scene, reader: FieldReader, offset: int) -> str:
    label = store_label(reader.kind, reader.attrs)
    if offset <= 0 or not _counts_its_own(scene, reader):
        return label
    return listed((label, earlier_words(offset)))


def _empty(label: str, depth: float | None, missing: bool, waits: str, no_mean: bool) -> str:
    field = label.lower()
    if no_mean:
        return say("There is no climatology of {field}: choose its value or its change", field=field)
    if depth is not None:
        return say("There is no {field} at {metres:g} m in this store", field=field, metres=depth)
    if missing:
        return say("There is no {field} in this store", field=field)
    return waits or say("The first day is on its way")


def quantity_label(variable: str, quantity: str, metres: float | None) -> str:
    """Return what a map shows, such as `Temperature at 100 m, anomaly from climatology`."""
    label = say(DISPLAY_VARIABLES[variable].label)
    if metres is not None:
        label = say("{field} at {metres:g} m" if metres else "{field} at the surface", field=label, metres=metres)
    return listed((label, "" if quantity == "value" else say(QUANTITIES[quantity]).lower()))


def comparison_choices(selection: Selection, services: Services, scene: Scene) -> dict[str, str]:
    """Return {value: label} of what can stand beside the map now."""
    choices = {"none": say("Nothing")}
    if selection.source == "sample":
        choices["reference"] = say("Reference (sample run)")
    shown = "" if scene.primary is None else scene.primary.identifier
    # A part of the store shown, such as its waves, stands on the map already; its Kuroshio has the ocean's fields anew.
    own = "" if shown.endswith(DETAIL) else shown.partition("/")[0]
    whole = "" if scene.whole is None else scene.whole.identifier
    choices |= {name: say(MODEL_LABELS[name]) for name in VIRTUAL if not own.startswith(name)}
    earlier: list[FieldReader] = []
    if scene.start and selection.model not in VIRTUAL:
        which = selection.source, scene.start, selection.model
        choices |= lagged_choices(services, *which, selection.comparison)
        earlier = list(earlier_forecasts(services, *which).values())
    for store in services.parts.with_details():
        if store.identifier in (own, shown, whole) or scene.primary is None or not _overlap(scene.primary, store):
            continue
        if store in earlier:
            continue
        same_source = services.sources.name_of(store) == selection.source
        if store.kind == "reference" and same_source and store.init_time == scene.primary.init_time:
            continue
        choices[STORE + store.identifier] = choice_label(store.kind, store.attrs, store.init_time)
    return choices


def _primary(selection: Selection, services: Services, start: str) -> FieldReader | None:
    if selection.source.startswith(STORE):
        return services.readers.open(selection.source.removeprefix(STORE))
    if selection.model in VIRTUAL:
        base = _with_first_state(selection, services, start)
        return None if base is None else services.readers.open(f"{selection.model}@{base.identifier}")
    store = services.stores.find("forecast", selection.source, start, selection.model)
    if store is not None and store.leads:
        return store
    return _with_first_state(selection, services, start)


def _with_first_state(selection: Selection, services: Services, start: str) -> FieldReader | None:
    """Return the reference of a start, else any forecast from it: a store that holds the initial state."""
    reference = services.stores.find("reference", selection.source, start)
    if reference is not None and reference.leads:
        return reference
    for model in MODEL_LABELS:
        store = services.stores.find("forecast", selection.source, start, model)
        if store is not None and store.leads:
            return store
    return None


def _forecast_missing(selection: Selection, services: Services, start: str) -> bool:
    if selection.model in VIRTUAL:
        return False
    store = services.stores.find("forecast", selection.source, start, selection.model)
    return store is None or not store.complete


def _comparison(
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


def _comparison_panels(selection: Selection, scene: Scene, primary: FieldReader, empty: str, waits: str) -> list[dict[str, Any]]:
    if scene.comparison is None:
        beside = {**scene.panels[0], "key": "reference", "store": "", "leads": [], "title": say("Reference"), "empty": empty}
    else:
        beside = panel("reference", scene.comparison, selection, scene, waits)
        beside["empty"] = empty or beside["empty"]
        if scene.aligned:
            beside["title"] = listed((beside["title"], say("zero moved")))
    if selection.comparison == LAGGED:
        return [beside, _spread_panel(selection, scene, beside, empty, waits)]
    variable = shown_variable(selection, scene)
    difference = {
        "key": "difference",
        "kind": "difference",
        "of": ["forecast", "reference"],
        "title": say("{first} minus {second}", first=scene.panels[0]["title"], second=beside["title"]),
        "quantity": scene.panels[0]["quantity"],
        "units": DISPLAY_VARIABLES[variable].units,
        "shown": unit_of(variable, selection.units).of_differences.as_list,
        "palette": style_of("difference").palette,
        "has_lead": scene.panels[0]["has_lead"],
        "notice": say("means over the common water removed") if scene.aligned else "",
        "empty": empty,
    }
    return [beside, difference]


def _spread_panel(selection: Selection, scene: Scene, mean: dict[str, Any], empty: str, waits: str) -> dict[str, Any]:
    """Return the map of the standard deviation of what `mean` is the mean of; both say how many starts there are by lead."""
    if not isinstance(scene.comparison, LaggedReader):
        return {**mean, "key": "spread", "title": say("Spread of starts"), "empty": empty}
    found = panel("spread", LaggedReader(scene.comparison.members, "spread"), selection, scene, waits)
    counted = count_words(scene.comparison)
    mean["notice"], found["notice"] = (say("; ").join((counted, each["notice"])) for each in (mean, found))
    unit = unit_of(shown_variable(selection, scene), selection.units).of_differences
    words = listed((found["quantity"], say("standard deviation")))
    return found | {"quantity": words, "shown": unit.as_list, "own_range": True, "palette": "amp"}


def _overlap(first: FieldReader, second: FieldReader) -> bool:
    """Return whether two stores share a day and some of the globe."""
    offset = day_offset(first, second)
    days = {lead + offset for lead in first.all_leads} & set(second.all_leads)
    a, b = first.grid, second.grid
    rows = a.lat[0] <= b.lat[-1] and b.lat[0] <= a.lat[-1]
    columns = a.is_periodic or b.is_periodic or (a.lon[0] <= b.lon[-1] and b.lon[0] <= a.lon[-1])
    return bool(days) and rows and columns


def _nothing_yet(selection: Selection, services: Services, start: str) -> str:
    if selection.source != "sample":
        return say("No forecast from this start yet: press Run forecast")
    return until_written(services, selection.source, start, say("The first day of this start is on its way"))


def time_axis(scene: Scene) -> str:
    """Return what the time axis of a chart counts: leads of a forecast, days of an analysis."""
    if scene.primary is not None and scene.primary.kind == "analysis":
        first = date_label(scene.primary.valid_time(scene.leads[0]), is_sample(scene.primary.attrs))
        return say("days since {day}", day=first)
    return say(LEAD_AXIS)


def depth_choices(scene: Scene) -> tuple[float, ...]:
    """Return the depths to choose from in metres; all of the model's while nothing is shown."""
    return scene.depths or DEPTHS
