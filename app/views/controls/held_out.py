"""Scores of a model on held-out starts: the button, the expected time, the progress and the cancellation of the one job."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.analysis import held_out
from app.jobs.queue import Job
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.state.selection import Selection
from app.text.i18n import listed, say, say_progress
from app.text.labels import MODEL_LABELS, duration
from app.text.plain_text import heading
from app.views.widgets.bound import offer, update
from app.views.widgets.chart_box import quiet_words
from app.views.widgets.lists import Select

BASELINES = "Baselines are scored beside every model: choose a model to score."


class HeldOutControls:
    """Scores the chosen model; `notify(kind, message)` shows how it ended."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services, self.notify = selection, services, notify
        self._started: Job | None = None
        self._watched: dict[int, Job] = {}
        self._room = (0, "")
        self.starts: Any = Select(
            label=say("Held-out starts"), options={say("1 start"): 1}, value=1, size="small", width=140, margin=(4, 8, 4, 0)
        )
        self.run = pmui.Button(label=say("Score"), icon="play_arrow", variant="outlined", size="small", margin=(8, 8, 4, 0))
        self.cancel = pmui.Button(label=say("Cancel scoring"), icon="stop", variant="text", size="small", visible=False)
        self.bar = pmui.LinearProgress(
            value=0, variant="determinate", visible=False, sizing_mode="stretch_width", margin=(6, 0, 2, 0)
        )
        self.words = quiet_words("", "small", (2, 0))
        self.run.on_click(self._start)
        self.cancel.on_click(self._cancel)
        self.starts.param.watch(lambda _: self.poll(), "value")
        self.layout = pn.Column(
            heading(say("Score a model here"), (10, 0, 0, 0)),
            pn.FlexBox(self.starts, self.run, self.cancel, align_items="center"),
            self.bar, self.words, sizing_mode="stretch_width", margin=0,
        )  # fmt: skip

    def show(self) -> None:
        """Offer as many starts as there is room for."""
        self._room = held_out.room()
        counts = held_out.offered(self._room[0])
        starts = {say("1 start") if count == 1 else say("{count} starts", count=count): count for count in counts}
        offer(self.starts, starts, self.starts.value)
        self.poll()

    def poll(self) -> None:
        """Show the progress of the job, which any visitor may have started, and report its end; called twice a second."""
        job = held_out.under_way(self.services)
        model = say(MODEL_LABELS.get(self.selection.model, self.selection.model))
        is_model = self.selection.model not in VIRTUAL
        allowed = not self.services.permissions.why_not("score")
        can_run = job is None and is_model and self._room[0] > 0 and allowed
        update(self.run, label=say("Score {model}", model=model) if is_model else say("Score"), disabled=not can_run)
        update(self.starts, disabled=not can_run)
        update(self.cancel, visible=job is not None and allowed, disabled=bool(job and job.cancelling))
        update(self.bar, visible=job is not None, value=round(100 * job.fraction) if job is not None else 0)
        update(self.words, object=self._said(job, is_model))
        if job is not None:
            self._watched[job.number] = job
        for number, watched in list(self._watched.items()):
            if not watched.waiting:
                del self._watched[number]
                self._report(watched)

    def _said(self, job: Job | None, is_model: bool) -> str:
        if reason := self.services.permissions.why_not("score"):
            return reason
        if job is not None:
            scored = say(MODEL_LABELS.get(job.request.model, job.request.model))
            words = say("Scoring {model}: {doing}", model=scored, doing=say_progress(job.doing))
            return listed((words, duration(job.seconds_left)))
        if not is_model:
            return say(BASELINES)
        most, more = self._room
        return " ".join(filter(None, (held_out.estimate(self.starts.value) if most else "", more)))

    def _start(self, _: Any) -> None:
        self._started = held_out.start(self.services, self.selection.model, self.starts.value)
        self._watched[self._started.number] = self._started
        self.poll()

    def _cancel(self, _: Any) -> None:
        job = held_out.under_way(self.services)
        if job is not None:
            self.services.queues.scoring.cancel(job)
            self.poll()

    def _report(self, job: Job) -> None:
        model = say(MODEL_LABELS.get(job.request.model, job.request.model))
        if job.state == "failed":
            self.notify("error", job.error)
        elif job.state == "cancelled":
            self.notify("info", say("Scoring {model} was stopped; the starts that were finished are kept.", model=model))
        else:
            self.notify("success", say("{model} is scored on held-out starts.", model=model))
            if job is self._started:
                self.selection.skill = f"own:{Path(job.folder).stem}"
