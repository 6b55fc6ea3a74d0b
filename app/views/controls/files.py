"""Files that a visitor brings: sent in pieces, made into sources by the child process, and shown."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import panel as pn

from app.components.file_drop.component import SCRIPT, FileDrop
from app.jobs.queue import Job
from app.services.services import Services
from app.state.scene import STORE
from app.state.selection import Selection
from app.text.i18n import say, say_progress, words_in
from app.text.labels import choice_label
from app.text.missing_data import sentences
from app.uploads.intake import take_in
from app.uploads.uploads import ENDINGS, Upload
from engine.runtime.errors import InputError


class FileControls:
    """A button and a drop target; `notify(kind, message)` shows the result."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services, self.notify = selection, services, notify
        self.component = FileDrop(
            self._heard, endings=list(ENDINGS), words=words_in(SCRIPT), sizing_mode="stretch_width", margin=(0, 10)
        )
        self.layout = [self.component] if services.uploads.limit else []
        self._uploads: list[Upload] = []
        self._job: Job | None = None
        if pn.state.curdoc is not None:
            pn.state.curdoc.on_session_destroyed(lambda _: self._drop_unsent())

    def poll(self) -> None:
        """Show how far the files are; cheap enough to be called twice a second."""
        job = self._job
        if job is None:
            return
        if job.waiting:
            self._show(working=True, fraction=job.fraction, doing=say_progress(job.doing))
            return
        self._job = None
        if job.state == "done":
            self._show(working=False, doing="")
            self._look_at(Path(job.folder).name)
        elif job.state == "cancelled":
            self._show(working=False, doing=say("Nothing was kept."))
        else:
            self._show(working=False, doing=job.error, failed=True)

    def _look_at(self, name: str) -> None:
        self.services.stores.refresh()
        altimetry, store = self.services.stores.altimetry(), self.services.stores.get(name)
        if store is not None and store.kind == "forcing":
            label = choice_label(store.kind, store.attrs, store.init_time)
            self._tell(say("{label} is an atmosphere of forecasts now: choose it beside a source.", label=label), store.attrs)
        elif store is not None:
            self.selection.param.update(source=STORE + name, start="")
            label = choice_label(store.kind, store.attrs, store.init_time)
            self._tell(say("{label} is a source now, and shown.", label=label), store.attrs)
        elif name in altimetry:
            self.selection.param.update(source=name, start="")
            told = say("{label} is a source now: run a forecast from it.", label=altimetry[name])
            self._tell(told, self.services.stores.altimetry_report(name))

    def _tell(self, message: str, report: Mapping[str, Any]) -> None:
        missing = sentences(report)
        self.notify("warning" if missing else "success", " ".join([message, *missing]))

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("kind") == "begin":
            self._begin(message)
        elif message.get("kind") == "sent":
            self._take_in()
        elif message.get("kind") == "cancel":
            self._cancel()

    def _begin(self, message: dict[str, Any]) -> None:
        self._drop_unsent()
        answer: dict[str, Any] = {"asked": message.get("asked")}
        try:
            if self._job is not None:
                raise InputError(say("the files before these are still being taken in; wait for them or cancel them"))
            self._uploads = self.services.uploads.begin([(str(name), int(size)) for name, size in message["files"]])
            answer["secrets"] = [upload.secret for upload in self._uploads]
        except InputError as error:
            answer["error"] = str(error)
        self.component.answer = answer

    def _take_in(self) -> None:
        uploads, self._uploads = self._uploads, []
        if not uploads or not all(upload.is_whole for upload in uploads):
            self.services.uploads.discard(uploads)
            self._show(working=False, doing=say("Not every byte arrived; bring the files again."), failed=True)
            return
        self._job = take_in(self.services.queues.chores, self.services.uploads, uploads, self.services.options.grid_factor)
        self._show(working=True, fraction=0.0, doing=say_progress(self._job.doing), failed=False)

    def _cancel(self) -> None:
        self._drop_unsent()
        if self._job is not None:
            self.services.queues.chores.cancel(self._job)

    def _drop_unsent(self) -> None:
        self.services.uploads.discard(self._uploads)
        self._uploads = []

    def _show(self, **values: Any) -> None:
        self.component.param.update(**{"failed": False, **values})
