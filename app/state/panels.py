"""The maps of a scene: one of each store, and the difference or the spread beside two."""

from dataclasses import replace

from app.data.lagged_reader import LaggedReader, count_words
from app.data.matching import day_offset, level_at
from app.data.readers import FieldReader, field_name
from app.services.readers import revision
from app.state.earlier_starts import LAGGED, earlier_words
from app.state.panel_spec import PanelSpec
from app.state.scene import Scene, quantity_label, shown_depth, shown_variable
from app.state.selection import Selection
from app.state.view_modes import VIEWS
from app.style.palettes import style_of
from app.text.i18n import listed, say
from app.text.labels import first_fields_label, forcing_label, notice, store_label
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES, DisplayVariable
from engine.diagnostics.douglas_scale import DOUGLAS


def has_variable(reader: FieldReader, shown: DisplayVariable) -> bool:
    """Return whether a store has what a variable is made of; a surface alone has no columns."""
    if not set(shown.needs) <= set(reader.variables):
        return False
    return len(reader.depths(shown.needs[0])) > 1 or not (shown.of_column or shown.name == "stability")


def field_panel(key: str, reader: FieldReader, selection: Selection, scene: Scene, waits: str = "") -> PanelSpec:
    """Return the map of a store; one that `waits`, in words, stays empty."""
    variable = shown_variable(selection, scene)
    shown = DISPLAY_VARIABLES[variable]
    missing = not has_variable(reader, shown)
    depths = () if missing else shown.depths(reader.depths(shown.needs[0]))
    # Two maps are comparable at the same depth only.
    _, metres = shown_depth(selection, scene.depths)
    index = level_at(depths, metres) if depths else 0
    no_mean = selection.quantity == "anomaly" and not shown.has_climatology
    leads = [] if missing or waits or no_mean or index is None else list(reader.leads)
    if selection.quantity == "change":
        leads = [lead for lead in leads if lead - 1 in leads]
    offset = 0 if scene.primary is None else day_offset(scene.primary, reader)
    unit = unit_of(variable, selection.units, selection.quantity)
    classes = [[round(unit.of(state.low), 2), say(state.name)] for state in DOUGLAS]
    remarks = notice(reader.attrs), say(VIEWS[selection.view].remark), first_fields_label(reader.attrs)
    return PanelSpec(
        key=key,
        title=_title(scene, reader, offset),
        empty=_empty(say(shown.label), metres if index is None else None, missing, waits, no_mean),
        store=reader.identifier,
        variable=field_name(variable, selection.quantity),
        depth_index=index or 0,
        leads=leads,
        lead_offset=offset,
        revision=revision(reader),
        lead_shift=offset if _counts_its_own(scene, reader) else 0,
        has_lead=scene.primary is None or scene.primary.kind != "analysis",
        quantity=quantity_label(variable, selection.quantity, metres if scene.depths else None),
        units=shown.units,
        shown=unit.as_list,
        speed=unit_of("speed", selection.units).as_list,
        forcing=forcing_label(reader.kind, reader.attrs),
        notice=say("; ").join(filter(None, remarks)),
        classes=classes if (variable, selection.quantity) == ("swh", "value") else [],
    )


def comparison_panels(selection: Selection, scene: Scene, empty: str, waits: str) -> list[PanelSpec]:
    """Return the map beside the first, and that of their difference or of the spread of several starts."""
    first = scene.panels[0]
    if scene.comparison is None:
        beside = replace(first, key="reference", store="", leads=[], title=say("Reference"), empty=empty)
    else:
        beside = field_panel("reference", scene.comparison, selection, scene, waits)
        title = listed((beside.title, say("zero moved"))) if scene.aligned else beside.title
        beside = replace(beside, empty=empty or beside.empty, title=title)
    if selection.comparison == LAGGED:
        return _mean_and_spread(selection, scene, beside, empty, waits)
    variable = shown_variable(selection, scene)
    difference = PanelSpec(
        key="difference",
        kind="difference",
        of=["forecast", "reference"],
        title=say("{first} minus {second}", first=first.title, second=beside.title),
        quantity=first.quantity,
        units=DISPLAY_VARIABLES[variable].units,
        shown=unit_of(variable, selection.units).of_differences.as_list,
        palette=style_of("difference").palette,
        has_lead=first.has_lead,
        notice=say("; ").join(difference_remarks(scene)),
        empty=empty,
    )
    return [beside, difference]


def difference_remarks(scene: Scene) -> list[str]:
    """Return what a reader of a difference must know: what was removed, and what the two do not share."""
    removed = [say("means over the common water removed")] if scene.aligned else []
    return removed + [say(remark) for remark in scene.mixed]


def _mean_and_spread(selection: Selection, scene: Scene, mean: PanelSpec, empty: str, waits: str) -> list[PanelSpec]:
    """Return the map of a mean and that of the standard deviation about it; both say how many starts there are by lead."""
    if not isinstance(scene.comparison, LaggedReader):
        return [mean, replace(mean, key="spread", title=say("Spread of starts"), empty=empty)]
    spread = field_panel("spread", LaggedReader(scene.comparison.members, "spread"), selection, scene, waits)
    counted = count_words(scene.comparison)
    unit = unit_of(shown_variable(selection, scene), selection.units).of_differences
    return [
        replace(mean, notice=say("; ").join((counted, mean.notice))),
        replace(
            spread,
            notice=say("; ").join((counted, spread.notice)),
            quantity=listed((spread.quantity, say("standard deviation"))),
            shown=unit.as_list,
            own_range=True,
            palette="amp",
        ),
    ]


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
