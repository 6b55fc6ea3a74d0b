"""The button Run: starts the forecast of the chosen start and model, shows how far it is, and stops it."""

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.jobs.queue import Job
from app.services.job_queues import FORECAST_DAYS
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.i18n import listed, say, say_progress
from app.text.labels import MODEL_LABELS, duration
from app.text.plain_text import Text
from app.views.widgets.bound import update


class RunControls:
    """A button, a bar and a line of words; `notify(kind, message)` shows what ended."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection = selection
        self.services = services
        self.notify = notify
        self._scene: Scene | None = None
        self._watched: dict[int, Job] = {}
        self.run = pmui.Button(label=self._button(None, False), icon="play_arrow", color="primary", variant="contained",
                               sizing_mode="stretch_width", size="medium")  # fmt: skip
        self.cancel = pmui.Button(label=say("Cancel"), icon="stop", variant="outlined", size="small", visible=False)
        self.bar = pmui.LinearProgress(value=0, variant="determinate", visible=False, sizing_mode="stretch_width")
        self.status = Text("", "caption", sizing_mode="stretch_width", margin=(2, 10))
        self.again = pmui.Button(label=say("Try again"), icon="refresh", variant="outlined", size="small", visible=False)
        self.run.on_click(self._start)
        self.again.on_click(self._try_again)
        self.cancel.on_click(self._stop)
        self.layout = pn.Column(self.run, self.bar, self.status, self.cancel, self.again, sizing_mode="stretch_width")

    def show(self, scene: Scene) -> None:
        """Show the state of the forecast of this scene."""
        self._scene = scene
        self.poll()

    def poll(self) -> None:
        """Show the progress of jobs now, and report those that ended; cheap enough to be called twice a second."""
        job = self._job()
        under_way = job is not None and job.waiting
        scene = self._scene
        allowed = not self.services.permissions.why_not("run")
        can_run = scene is not None and scene.needs_forecast and not under_way and allowed
        update(self.run, disabled=not can_run, label=self._button(scene, under_way))
        update(self.bar, visible=under_way, value=round(100 * job.fraction) if job is not None else 0)
        update(self.cancel, visible=under_way and allowed, disabled=bool(job and job.cancelling))
        failed = self._failed()
        update(self.again, visible=failed is not None)
        update(self.status, object=self._words(job, failed))
        if job is not None and job.waiting:
            self._watched[job.number] = job
        for number, watched in list(self._watched.items()):
            if not watched.waiting:
                del self._watched[number]
                self._report(watched)

    def _job(self) -> Job | None:
        scene = self._scene
        if scene is None or not scene.start:
            return None
        return self.services.queues.forecasts.find(self.services.queues.request(*self._asked(scene)))

    def _asked(self, scene: Scene) -> tuple[str, str, str, str, int, str]:
        """Return the forecast of a scene as the queues are asked for it."""
        chosen = self.selection
        return "forecast", chosen.source, scene.start, chosen.model, FORECAST_DAYS, chosen.forcing_store

    def _button(self, scene: Scene | None, under_way: bool) -> str:
        if under_way:
            return say("Running")
        if scene is None or scene.needs_forecast:
            begun = self._has_begun(scene)
            return say("Continue the forecast") if begun else say("Run {days}-day forecast", days=FORECAST_DAYS)
        return say("Forecast is ready" if scene.start else "Nothing to run")

    def _has_begun(self, scene: Scene | None) -> bool:
        """Return whether what is shown is the chosen model's own forecast, not another's that stands in for it."""
        primary = None if scene is None else scene.primary
        if primary is None or primary.kind != "forecast" or primary.attrs.get("model") != self.selection.model:
            return False
        return str(primary.attrs.get("forcing_source", "")) == self.selection.forcing_store

    def _failed(self) -> Job | None:
        """Return the job of something that the scene lacks, where it failed."""
        lacks = [] if self._scene is None else self._scene.lacks
        return next(filter(None, map(self.services.queues.chores.failed, lacks)), None)

    def _words(self, job: Job | None, failed: Job | None) -> str:
        if reason := self.services.permissions.why_not("run"):
            return reason
        if job is not None and job.waiting:
            return listed((say_progress(job.doing), duration(job.seconds_left)))
        if failed is not None:
            return say(
                "The reference of this start could not be written: {error}"
                if failed.request.kind == "reference"
                else "The climatology of these days could not be prepared: {error}",
                error=failed.error,
            )
        others = self.services.queues.forecasts.waiting() + self.services.queues.chores.waiting()
        if others:
            running = next((other for other in others if other.state == "running"), others[0])
            return say("In the background: {doing}", doing=say_progress(running.doing))
        return ""

    def _start(self, _: Any) -> None:
        scene = self._scene
        if scene is None or not scene.start:
            return
        self.services.queues.submit(*self._asked(scene))
        self.poll()

    def _try_again(self, _: Any) -> None:
        failed = self._failed()
        if failed is not None:
            self.services.queues.chores.submit(failed.request)
            self.poll()

    def _stop(self, _: Any) -> None:
        job = self._job()
        if job is not None:
            self.services.queues.forecasts.cancel(job)
            self.poll()

    def _report(self, job: Job) -> None:
        ended = {"model": say(MODEL_LABELS.get(job.request.model, job.request.model)), "day": job.request.init_time}
        if job.state == "failed":
            self.notify("error", job.error)
        elif job.state == "cancelled":
            self.notify("info", say("{model} from {day} was stopped; its finished days stay and can be continued.", **ended))
        else:
            self.notify("success", say("{model} from {day} is ready.", **ended))
