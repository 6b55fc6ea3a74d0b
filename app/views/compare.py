"""Side by side: the choice of what stands beside the forecast, and the error of this forecast by lead for the area in view."""

from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
import xarray as xr

from app.analysis.errors import error_by_lead as compute_errors
from app.charts.elements import error_by_lead
from app.data.readers import common_leads, field_name, level_at
from app.jobs.queue import Job
from app.services.services import Services
from app.state.scene import Scene, comparison_choices, shown_depth, shown_variable, time_axis
from app.state.selection import LAYOUTS, Selection
from app.text.i18n import listed, say, say_progress
from app.text.labels import date_label, told_apart
from app.text.units import Unit, unit_of
from app.views.background import ChartBox, Latest
from app.views.bound import chooser, offer
from app.views.run import update
from engine.diagnostics import DISPLAY_VARIABLES

NOTHING_BESIDE = "Choose what to compare with: the error by lead needs a second map."


class CompareControls:
    """What stands beside the map and how the two share the page; and a button that runs the earlier forecast it asks for."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection = selection
        self.services = services
        self.notify = notify
        self.comparison = chooser(selection, "comparison", say("Compare with"), {say("Nothing"): "none"})
        self.run = pmui.Button(
            label="", icon="play_arrow", variant="outlined", size="small", visible=False, sizing_mode="stretch_width"
        )
        self.run.on_click(self._run)
        self.sharing = chooser(selection, "layout", say("Layout"), {say(label): name for name, label in LAYOUTS.items()})
        self.sharing.visible = selection.comparison != "none"
        self.layout = pn.Column(self.comparison, self.run, self.sharing, sizing_mode="stretch_width")
        self._scene: Scene | None = None
        self._job: Job | None = None

    def show(self, scene: Scene) -> None:
        """Offer what can stand beside the map shown, and to run the earlier forecast that is not there yet."""
        self._scene = scene
        choices = comparison_choices(self.selection, self.services, scene)
        wanted = self.selection.comparison
        self.sharing.visible = wanted != "none"
        if wanted not in choices:
            # Such as a reference in an address whose source has none: the map says why, the list says what was asked.
            choices = {**choices, wanted: wanted}
        offer(self.comparison, told_apart(choices), wanted)
        self.poll()

    def poll(self) -> None:
        """Show how far the run of the earlier forecast is, and report where it failed."""
        scene = self._scene
        wanted = "" if scene is None else scene.needs_earlier
        job = None
        if wanted:
            job = self.services.jobs.find(self.services.request("forecast", self.selection.source, wanted, self.selection.model))
        under_way = job is not None and job.waiting
        label = say("Run the forecast from {day}", day=self._day(wanted))
        if job is not None and under_way:
            label = say("Running: {doing}", doing=say_progress(job.doing))
        refused = bool(self.services.why_not("run"))
        update(self.run, visible=bool(wanted), disabled=under_way or refused, label=label)
        if self._job is not None and not self._job.waiting:
            if self._job.state == "failed":
                self.notify("error", self._job.error)
            self._job = None

    def _day(self, start: str) -> str:
        return date_label(np.datetime64(start), self.selection.source == "sample") if start else ""

    def _run(self, _: Any) -> None:
        scene = self._scene
        if scene is not None and scene.needs_earlier:
            self._job = self.services.submit("forecast", self.selection.source, scene.needs_earlier, self.selection.model)
            self.poll()


class ErrorView:
    """RMSE and ACC of the forecast by lead, for the region in view."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self.box = ChartBox(2)
        self._latest = Latest(services, self.box.fail)
        self.layout = self.box.layout

    def show(self, scene: Scene) -> str:
        """Compute and draw the errors of a scene in the area in view, and return the title of the charts."""
        first, second, extent = scene.primary, scene.comparison, scene.extent
        if first is None or second is None:
            self._say(say(NOTHING_BESIDE))
            return ""
        selection = self.selection
        variable = shown_variable(selection, scene)
        needed = DISPLAY_VARIABLES[variable].needs
        pairs = common_leads(first, second)
        if not pairs or set(needed) - set(second.variables):
            self._say(say("No day and variable in common yet."))
            return ""
        depths = first.depths(needed[0])
        own, metres = shown_depth(selection, depths) if depths else (0, None)
        other = 0 if metres is None else level_at(second.depths(needed[0]), metres)
        if other is None:
            self._say(say("The two have no such depth in common."))
            return ""
        where = say("the globe" if extent[3] - extent[2] >= 359 else "the area in view")
        note = say("zeros aligned") if scene.aligned else ""
        name = field_name(variable, selection.quantity)
        with_acc = self.services.climatology_is_ready(first)
        if not with_acc and second.identifier.startswith("climatology"):
            self._say(say("The climatology of these days is being prepared."))
            return ""
        theme, axis, unit = selection.theme, time_axis(scene), unit_of(variable, selection.units).of_differences

        def work() -> tuple[Any, Any]:
            errors = compute_errors(self.services, first, second, name, (own, other), extent, with_acc)
            return charts(errors, unit, theme, axis)

        self._latest.run(
            (first.identifier, second.identifier, name, own, extent, tuple(pairs), theme, unit, with_acc), work, self._draw
        )
        is_error = first.kind == "forecast" and second.kind in ("reference", "analysis")
        title = say("Error of this forecast over {area}" if is_error else "Difference of the two over {area}", area=where)
        return listed((title, note))

    def _say(self, words: str) -> None:
        self._latest.forget()
        self.box.put([], words)

    def _draw(self, drawn: tuple[Any, Any]) -> None:
        self.box.put([chart for chart in drawn if chart is not None])


def charts(errors: xr.Dataset, unit: Unit, theme: str, axis: str) -> tuple[Any, Any]:
    """Return the chart of RMSE, and that of ACC or None where it has no meaning."""
    rmse = error_by_lead(unit.of(errors.rmse), "RMSE", unit.symbol, theme, time_axis=axis)
    if not errors.acc.notnull().any():
        return rmse, None
    return rmse, error_by_lead(errors.acc, "ACC", say("correlation"), theme, at_least_zero=False, time_axis=axis)
