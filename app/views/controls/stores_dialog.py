"""Every store and every kept file of altimetry with its size and state, to look at or to delete."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.services.services import Services
from app.services.store_catalogue import StoreSummary
from app.state.scene import STORE
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import altimetry_labels, choice_label, filled_words
from app.text.plain_text import Markup, Text, plain
from engine.runtime.errors import InputError, ModelError

FORECASTS = ("forecast", "reference")
ROW = Markup("<b>{}</b><br>{}<br>{}")


class StoresDialog:
    """A button that opens a dialog; nothing is deleted without a second question."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services, self.notify = selection, services, notify
        self.button = pmui.Button(label=say("Stores on disk"), icon="storage", variant="outlined", size="small")
        self.rows = pn.Column(sizing_mode="stretch_width")
        self.dialog = pmui.Dialog(
            self.rows, title=say("Stores on disk"), width_option="md", show_close_button=True, close_on_click=True
        )
        self.button.on_click(self._open)
        self.layout = pn.Column(self.button, sizing_mode="stretch_width")

    def _open(self, _: Any = None) -> None:
        self._list()
        self.dialog.open = True
        # Added when it is first opened, because most pages never need it.
        if self.dialog not in self.layout:
            self.layout.append(self.dialog)

    def _list(self) -> None:
        found = self.services.stores.summaries()
        total = sum(summary.size_bytes for summary in found)
        words = say("{count} stores, {size} in all", count=len(found), size=megabytes(total))
        words = words if found else say("Nothing is stored yet: run a forecast.")
        words = " ".join(filter(None, (words, self.services.permissions.why_not("delete"))))
        kept = self.services.stores.altimetry_files()
        labels = altimetry_labels(sorted(kept))
        files = Text(say("Altimetry, each file a source of forecasts"), margin=(12, 0, 6, 0))
        self.rows.objects = [
            Text(words, margin=(0, 0, 6, 0)),
            *(self._store_row(summary) for summary in found),
            *([files] if kept else []),
            *(self._altimetry_row(name, labels[name], file) for name, file in sorted(kept.items())),
        ]

    def _store_row(self, summary: StoreSummary) -> pn.Row:
        if summary.damage:
            label = say("Damaged: {identifier}", identifier=plain(summary.identifier))
            facts = listed((megabytes(summary.size_bytes), plain(summary.damage, 300)))
            return self._row(summary.identifier, label, facts, summary.size_bytes)
        store = self.services.stores.get(summary.identifier)
        label = plain(summary.identifier) if store is None else choice_label(summary.kind, store.attrs, store.init_time)
        facts = say("; ").join((listed((state_of(summary), megabytes(summary.size_bytes))), made_of(summary)))
        return self._row(summary.identifier, label, facts, summary.size_bytes, lambda _: self._show(summary))

    def _altimetry_row(self, name: str, label: str, file: Path) -> pn.Row:
        def choose(_: Any) -> None:
            self.selection.source = name
            self.dialog.open = False

        size = file.stat().st_size
        return self._row(name, label, listed((plain(file.name), megabytes(size))), size, choose)

    def _row(self, identifier: str, label: str, facts: str, size: int, choose: Callable[[Any], None] | None = None) -> pn.Row:
        """Return a row that can be deleted and, unless it is damaged, shown by `choose`."""
        words = Text(ROW.format(label, facts, plain(identifier)), sizing_mode="stretch_width", margin=(4, 0))
        show = pmui.Button(label=say("Show"), variant="text", size="small", description=say("Show {label}", label=label))
        delete = pmui.Button(
            label=say("Delete"), variant="text", color="error", size="small", description=say("Delete {label}", label=label),
            disabled=bool(self.services.permissions.why_not("delete")),
        )  # fmt: skip
        row = pn.Row(words, *((show,) if choose else ()), delete, sizing_mode="stretch_width")
        if choose is not None:
            show.on_click(choose)
        delete.on_click(lambda _: self._ask(row, identifier, label, size))
        return row

    def _show(self, summary: StoreSummary) -> None:
        store = self.services.stores.get(summary.identifier)
        if store is None:
            self.notify("error", say("{label} is no longer there.", label=plain(summary.identifier)))
        elif summary.kind == "forcing":
            self.selection.forcing = summary.identifier
        elif summary.kind not in FORECASTS or self.services.stores.stands_alone(store):
            self.selection.source = STORE + summary.identifier
        else:
            start = str(store.init_time.astype("datetime64[D]"))
            changes: dict[str, Any] = {"source": self.services.sources.name_of(store), "start": start}
            beside = {"comparison": "reference"} if summary.kind == "reference" else {"model": str(store.attrs["model"])}
            self.selection.param.update(**changes, **beside)
        self.dialog.open = False

    def _ask(self, row: pn.Row, identifier: str, label: str, size: int) -> None:
        question = Text(say("Delete {label} for good?", label=label), sizing_mode="stretch_width", margin=(8, 0))
        keep = pmui.Button(label=say("Keep"), variant="outlined", size="small")
        delete = pmui.Button(label=say("Delete for good"), variant="contained", color="error", size="small")
        keep.on_click(lambda _: self._list())
        delete.on_click(partial(self._delete, identifier, label, size))
        row.objects = [question, keep, delete]

    def _delete(self, identifier: str, label: str, size: int, _: Any) -> None:
        try:
            self.services.stores.delete(identifier)
        except (InputError, ModelError) as error:
            self.notify("error", str(error))
        else:
            self.notify("success", say("{label} was deleted, {size} are free.", label=label, size=megabytes(size)))
            if self.selection.source in (identifier, STORE + identifier):
                self.selection.source = "sample"
        self._list()


def state_of(summary: StoreSummary) -> str:
    """Return how much of a store is there, in words."""
    if summary.complete and summary.leads < summary.all_leads:
        missing = summary.all_leads - summary.leads
        return say("whole, {days} days, {missing} between them missing", days=summary.leads, missing=missing)
    if summary.complete:
        return say("whole, {days} days", days=summary.all_leads)
    rest = say("can be continued") if summary.kind in FORECASTS else ""
    return listed((say("{leads} of {days} days", leads=summary.leads, days=summary.all_leads), rest))


def made_of(summary: StoreSummary) -> str:
    """Return where a store comes from, in words: its source, the model's weights, the version that wrote it."""
    weights = plain(summary.attrs.get("weights_sha256", ""))[:8]
    source, sampling = (say(plain(summary.attrs.get(name, ""))) for name in ("source_label", "sampling"))
    version = summary.attrs.get("software_version")
    written = say("version {version}", version=plain(version)) if version else ""
    from_weights = say("weights {weights}", weights=weights) if weights else ""
    missing = ", ".join(f"{metres:g}" for metres in summary.attrs.get("missing_depths", ()))
    levels = say("no levels at {levels} m", levels=missing) if missing else ""
    return listed((source, filled_words(summary.attrs), from_weights, sampling, levels, written))


def megabytes(size: int) -> str:
    """Return a size in bytes as it is said."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
