"""The nearest valid variable, depth, region and lead for an address that asks for others; saved files refuse such an address."""

from collections.abc import Collection
from typing import Any

from app.services.services import Services
from app.state.chart_kinds import CHARTS, chart_in_force
from app.state.colour_choice import log_fits
from app.state.scene import STORE, Scene, shown_depth, shown_variable
from app.state.selection import ADDRESS, Selection
from engine.runtime.errors import InputError

SAME_DEPTH = 0.5
"""Metres."""


def shown_instead(selection: Selection, services: Services, scene: Scene) -> dict[str, tuple[Any, str]]:
    """Return {parameter: (value shown, what there is)} of the choices that a scene could not follow."""
    found: dict[str, tuple[Any, str]] = {}
    if not selection.source.startswith(STORE):
        if selection.start and selection.start != scene.start:
            starts = services.stores.starts(selection.source)
            found["start"] = scene.start, f"a start of {selection.source}, {_ends(starts)}"
        if selection.model not in (models := services.queues.models()):
            found["model"] = selection.param.model.default, f"one of {', '.join(models)}"
    if scene.primary is None:
        return found
    variable = shown_variable(selection, scene)
    if variable != selection.variable:
        found["variable"] = variable, f"one that is there, {', '.join(scene.variables)}"
    depth = shown_depth(selection, scene.depths)[1]
    if scene.depths and abs(depth - selection.depth) > SAME_DEPTH:
        found["depth"] = depth, f"a level that is there, {', '.join(f'{each:g}' for each in scene.depths)}"
    if selection.lead not in scene.leads:
        found["lead"] = scene.leads[0], f"a day that is there, {_ends(scene.leads)}"
    if selection.range_mode == "fixed" and selection.limits is None:
        found["range_mode"] = "auto", f"low below high, and they are {selection.low} and {selection.high}"
    elif selection.range_mode == "log" and not log_fits(selection, variable):
        found["range_mode"] = "auto", f"auto, fixed or symmetric for {variable}"
    if selection.chart and selection.chart != (chart := chart_in_force(selection)):
        found["chart"] = chart, f"one that this view has now, such as {chart}; there are {', '.join(CHARTS)}"
    return found


def refuse_instead(given: Collection[str], selection: Selection, services: Services, scene: Scene) -> None:
    """Raise InputError for the first of the keys `given` in an address that `scene` does not follow."""
    for name, (_, expected) in shown_instead(selection, services, scene).items():
        if (key := ADDRESS[name]) in given:
            raise InputError(f"{key} is {str(getattr(selection, name))[:40]!r}; expected {expected}: choose another {key}")


def _ends(values: Any) -> str:
    if not values:
        return "of which there is none"
    return f"{values[0]} to {values[-1]}" if len(values) > 1 else f"which is {values[0]} alone"
