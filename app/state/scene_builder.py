"""From choices to what is on the maps: which stores, which leads, what they are called, and what is missing. No widgets."""

from dataclasses import replace

from app.data.readers import FieldReader
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.services.store_parts import DETAIL
from app.state.comparison import comparison_reader
from app.state.earlier_starts import LAGGED, earlier_missing
from app.state.layer_fields import layer_fields
from app.state.panel_spec import PanelSpec
from app.state.panels import comparison_panels, field_panel, has_variable
from app.state.primary import chosen_start, forecast_missing, nothing_yet, primary_reader, until_prepared
from app.state.scene import STORE, Scene, shown_depth, shown_variable
from app.state.selection import Selection
from app.state.view_modes import VIEWS, View
from app.text.i18n import say
from app.text.labels import date_label, is_sample
from engine.diagnostics import DISPLAY_VARIABLES, DisplayVariable
from engine.schema.conventions import mixed_conventions


def build_scene(selection: Selection, services: Services) -> Scene:
    """Return what is shown for a selection; raises InputError where its source, store or date does not exist."""
    start = chosen_start(selection, services)
    primary = primary_reader(selection, services, start)
    scene = Scene(primary, None, [], start=start)
    _note_what_is_missing(scene, selection, services)
    if primary is None:
        scene.message = services.permissions.why_not("run") or nothing_yet(selection, services, start)
        scene.panels = [PanelSpec("forecast", empty=scene.message)]
        return scene
    scene.leads = list(primary.all_leads)
    scene.times = [date_label(primary.valid_time(lead), is_sample(primary.attrs)) for lead in scene.leads]
    view = VIEWS[selection.view]
    scene.variables = view.variables or _variables(primary, services)
    shown = DISPLAY_VARIABLES[shown_variable(selection, scene)]
    whole = services.parts.part_with(primary, shown.needs)
    detail = services.parts.detail(primary) if view.beside_whole else None
    scene.primary = primary = detail or whole
    has_field = has_variable(primary, shown)
    scene.depths = shown.depths(primary.depths(shown.needs[0])) if has_field else ()
    waits = _waits(scene, selection, services, primary, shown)
    first = field_panel("forecast", primary, selection, scene, waits)
    if view.part and (detail is None if view.beside_whole else not has_field):
        first = replace(first, leads=[], empty=say(view.without))
    scene.panels = [first]
    if view.beside_whole:
        scene.whole = whole if detail is None else services.readers.open(detail.identifier.removesuffix(DETAIL))
        scene.panels.append(field_panel("whole", scene.whole, selection, scene, waits))
    nothing_beside = view.beside_whole and selection.comparison == "reference" and selection.source != "sample"
    if selection.comparison != "none" and not nothing_beside:
        _compare(scene, selection, services, primary, shown, view, waits)
    depth = shown_depth(selection, scene.depths)[1]
    scene.panels = [replace(each, **layer_fields(services, each.store, depth)) if each.store else each for each in scene.panels]
    return scene


def _note_what_is_missing(scene: Scene, selection: Selection, services: Services) -> None:
    """Say of a scene whether a run or the reference is wanted."""
    primary, has_reference = scene.primary, selection.source == "sample"
    missing = not selection.source.startswith(STORE) and forecast_missing(selection, services, scene.start)
    # A baseline is computed from the first state of any store; where there is none, a run must write it.
    scene.needs_forecast = missing or (selection.model in VIRTUAL and primary is None and not has_reference)
    shows_reference = primary is None or primary.kind == "reference" or selection.comparison == "reference"
    if has_reference and shows_reference:
        reference = services.stores.find("reference", selection.source, scene.start)
        scene.needs_reference = reference is None or not reference.complete
    if scene.needs_reference:
        scene.lacks.append(services.queues.request("reference", selection.source, scene.start))


def _waits(scene: Scene, selection: Selection, services: Services, primary: FieldReader, shown: DisplayVariable) -> str:
    """Return why the first map waits for the climatology, in words; empty where it needs none or has it."""
    wants_mean = selection.quantity == "anomaly" or primary.identifier.startswith("climatology")
    if (shown.has_climatology and wants_mean) or shown.of_anomalies:
        return until_prepared(services, primary, scene.lacks)
    return ""


def _compare(
    scene: Scene,
    selection: Selection,
    services: Services,
    primary: FieldReader,
    shown: DisplayVariable,
    view: View,
    waits: str,
) -> None:
    """Put what is chosen to stand beside the first map into a scene, with its maps."""
    other, empty = comparison_reader(selection, services, primary, scene.start, shown)
    scene.needs_earlier = earlier_missing(selection, services, scene.start)
    if other is not None and view.beside_whole:
        other = services.parts.detail(other) or other
    if other is not None and shown.name == "zos" and "zos" in {*other.variables} & {*primary.variables}:
        scene.aligned = services.sources.zero_of(primary) != services.sources.zero_of(other)
        if scene.aligned:
            other = services.readers.open(f"aligned@{other.identifier}|{primary.identifier}")
    scene.comparison = other
    if other is not None:
        scene.mixed = mixed_conventions(primary.attrs, other.attrs, set(shown.needs))
    if not waits and shown.has_climatology and selection.comparison == "climatology":
        waits = until_prepared(services, primary, scene.lacks)
    beside, difference = comparison_panels(selection, scene, empty, waits)
    if view.beside_whole:
        # Only one of three maps is left, and the spread is more useful than the mean.
        scene.panels.append(difference if selection.comparison == LAGGED else beside)
    else:
        scene.panels += [beside, difference]
        scene.layout = "side" if selection.comparison == LAGGED else selection.layout


def _variables(reader: FieldReader, services: Services) -> tuple[str, ...]:
    """Return the names of what can be shown of a store and its parts."""
    part_with = services.parts.part_with
    return tuple(name for name, shown in DISPLAY_VARIABLES.items() if has_variable(part_with(reader, shown.needs), shown))
