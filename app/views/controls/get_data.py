"""Get data: days of a provider, planned before anything is got, then a job with its progress."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.jobs.queue import Job
from app.services.fetching import Asked, provider_facts, provider_labels
from app.services.services import Services
from app.state.scene import STORE
from app.state.selection import Selection
from app.text.i18n import say, say_progress
from app.text.labels import choice_label
from app.text.plain_text import Markup, Text, plain
from app.views.controls.stores_dialog import megabytes
from app.views.widgets.bound import update
from app.views.widgets.lists import Select
from engine.runtime.errors import InputError

LINES = Markup("{}<br>{}<br>{}<br>{}<br>{}")


class GetDataDialog:
    """A button that opens a dialog, where the server takes data; `notify(kind, message)` shows what ended."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services, self.notify = selection, services, notify
        self._job: Job | None = None
        self.button = pmui.Button(label=say("Get data"), icon="download", variant="text", size="small", margin=(0, 5))
        labels = provider_labels()
        self.provider: Any = Select(label=say("Provider"), options=labels, value=next(iter(labels.values())))
        self.start = pmui.TextInput(label=say("First day"), value=provider_facts(self.provider.value)[0])
        self.end = pmui.TextInput(label=say("Last day"), value="")
        self.region = pmui.TextInput(label=say("Box: south, north, west, east; empty: the globe"), value="")
        self.fields = pmui.TextInput(label=say("Fields, empty: all"), value="")
        self.plan = Text("", sizing_mode="stretch_width", margin=(8, 10))
        self.get = pmui.Button(label=say("Get these days"), variant="contained", color="primary", size="small")
        self.cancel = pmui.Button(label=say("Cancel"), icon="stop", variant="outlined", size="small", visible=False)
        self.bar = pmui.LinearProgress(value=0, variant="determinate", visible=False, sizing_mode="stretch_width")
        self.status = Text("", "caption", sizing_mode="stretch_width", margin=(2, 10))
        self._inputs = (self.provider, self.start, self.end, self.region, self.fields)
        for each in self._inputs:
            each.param.update(size="small", sizing_mode="stretch_width")
        contents = (*self._inputs, self.plan, pn.Row(self.get, self.cancel), self.bar, self.status)
        self.dialog = pmui.Dialog(
            pn.Column(*contents, sizing_mode="stretch_width", margin=(8, 0, 0, 0)),
            title=say("Get data"), width_option="sm", show_close_button=True, close_on_click=True,
        )  # fmt: skip
        self.provider.param.watch(self._another, "value")
        for each in self._inputs[1:]:
            each.param.watch(self._planned, "value")
        self.button.on_click(self._open)
        self.get.on_click(self._begin)
        self.cancel.on_click(self._stop)
        allowed = services.uploads.limit and not services.permissions.why_not("upload")
        self.layout = pn.Column(*((self.button,) if allowed else ()), sizing_mode="stretch_width")

    def poll(self) -> None:
        """Show how far the days are; cheap enough to be called twice a second."""
        job = self._job
        if job is None:
            return
        if job.waiting:
            update(self.bar, visible=True, value=round(100 * job.fraction))
            update(self.status, object=plain(say_progress(job.doing), 300))
            return
        self._job = None
        update(self.bar, visible=False)
        update(self.cancel, visible=False)
        update(self.get, disabled=False)
        if job.state == "done":
            self._look_at(Path(job.folder).name)
        else:
            words = say("The days that were finished are kept.") if job.state == "cancelled" else plain(job.error, 600)
            update(self.status, object=words)

    def _asked(self) -> Asked:
        return Asked(self.provider.value, *(str(each.value).strip() for each in self._inputs[1:]))

    def _open(self, _: Any = None) -> None:
        self._planned()
        self.dialog.open = True
        if self.dialog not in self.layout:
            self.layout.append(self.dialog)

    def _another(self, _: Any = None) -> None:
        self.start.value = provider_facts(self.provider.value)[0]
        self.end.value = ""
        self._planned()

    def _planned(self, _: Any = None) -> None:
        try:
            found = self._asked().plan()
        except InputError as error:
            self.plan.object = plain(str(error), 600)
            self.get.disabled = True
            return
        self.get.disabled = self._job is not None
        hours = float(found["hours"])
        time = say("{hours:.2g} hours", hours=hours) if hours >= 1 else say("{minutes:.2g} minutes", minutes=60 * hours)
        kind = say("measured") if found["rate_is"] == "measured" else say("assumed")
        self.plan.object = LINES.format(
            say("days: {days}, of them here: {there}", days=found["days"], there=found["there"]),
            say("{size} to get, about {time} at {rate} a second ({kind})", size=megabytes(found["bytes"]), time=time,
                rate=megabytes(int(found["rate"])), kind=kind),
            say("up to {size} on the disk, {free} free", size=megabytes(found["disk_bytes"]), free=megabytes(found["disk_free"])),
            say("licence: {licence}", licence=plain(found["licence"])),
            say("account: {account}", account=say("none") if found["account"] == "none needed" else plain(found["account"])),
        )  # fmt: skip

    def _begin(self, _: Any) -> None:
        self._job = self.services.queues.fetching.submit(self._asked().job(self.services.options))
        self.get.disabled = self.cancel.visible = True
        self.poll()

    def _stop(self, _: Any) -> None:
        if self._job is not None:
            self.services.queues.fetching.cancel(self._job)

    def _look_at(self, name: str) -> None:
        self.services.stores.refresh()
        store = self.services.stores.get(name)
        if store is None:
            self.selection.param.update(source=name, start="")
            told = say("The days are here: sources of forecasts under their dates.")
        elif store.kind == "forcing":
            told = say("{label} is an atmosphere of forecasts now: choose it beside a source.", label=plain(name))
        else:
            self.selection.param.update(source=STORE + name, start="")
            told = say("{label} is a source now, and shown.", label=choice_label(store.kind, store.attrs, store.init_time))
        update(self.status, object=told)
        self.notify("success", told)
