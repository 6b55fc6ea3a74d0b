"""The choice of what stands beside the forecast, how the two share the page, and the run of an earlier forecast."""

from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui

from app.jobs.queue import Job
from app.services.job_queues import FORECAST_DAYS
from app.services.services import Services
from app.state.comparison import comparison_choices
from app.state.scene import Scene
from app.state.selection import LAYOUTS, Selection
from app.text.i18n import say, say_progress
from app.text.labels import date_label, told_apart
from app.views.widgets.bound import chooser, offer, update


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
            # For example a reference in an address whose source has none: the map gives the reason, the list the choice.
            choices = {**choices, wanted: wanted}
        offer(self.comparison, told_apart(choices), wanted)
        self.poll()

    def poll(self) -> None:
        """Show how far the run of the earlier forecast is, and report where it failed."""
        scene = self._scene
        wanted = "" if scene is None else scene.needs_earlier
        job = None
        if wanted:
            job = self.services.queues.forecasts.find(self.services.queues.request(*self._asked(wanted)))
        under_way = job is not None and job.waiting
        label = say("Run the forecast from {day}", day=self._day(wanted))
        if job is not None and under_way:
            label = say("Running: {doing}", doing=say_progress(job.doing))
        refused = bool(self.services.permissions.why_not("run"))
        update(self.run, visible=bool(wanted), disabled=under_way or refused, label=label)
        if self._job is not None and not self._job.waiting:
            if self._job.state == "failed":
                self.notify("error", self._job.error)
            self._job = None

    def _asked(self, start: str) -> tuple[str, str, str, str, int, str]:
        """Return the forecast from an earlier start as the queues are asked for it."""
        chosen = self.selection
        return "forecast", chosen.source, start, chosen.model, FORECAST_DAYS, chosen.forcing_store

    def _day(self, start: str) -> str:
        return date_label(np.datetime64(start), self.selection.source == "sample") if start else ""

    def _run(self, _: Any) -> None:
        scene = self._scene
        if scene is not None and scene.needs_earlier:
            self._job = self.services.queues.submit(*self._asked(scene.needs_earlier))
            self.poll()
