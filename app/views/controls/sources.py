"""The choice of source, initial date, model and atmosphere; what replaces those of an address that are not there."""

import numpy as np

from app.services.services import Services
from app.services.store_parts import DETAIL
from app.state.scene import STORE, Scene
from app.state.selection import CLIMATOLOGICAL, Selection
from app.text.i18n import say
from app.text.labels import MODEL_LABELS, choice_label, date_label, told_apart
from app.text.plain_text import plain
from app.views.widgets.bound import chooser, offer
from engine.runtime.errors import InputError


class SourceControls:
    """Four choices; date and model are disabled while a store of its own name is shown, the air is for observed starts alone."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self.source = chooser(selection, "source", say("Source"), self._sources())
        self.start = chooser(selection, "start", say("Initial date"), {"": selection.start})
        self.model = chooser(selection, "model", say("Model"), self._models())
        self.forcing = chooser(selection, "forcing", say("Atmosphere"), self._forcings(selection.start))
        self.forcing.visible = self._takes_forcing()

    def show(self, scene: Scene) -> None:
        """Offer what there is now."""
        offer(self.source, self._sources(), self.selection.source)
        offer(self.model, self._models(), self.selection.model)
        offer(self.forcing, self._forcings(scene.start), self.selection.forcing)
        self.forcing.visible = self._takes_forcing()
        from_store = self.selection.source.startswith(STORE)
        self.start.disabled = self.model.disabled = from_store
        if from_store:
            days = say("{first} to {last}", first=scene.times[0], last=scene.times[-1]) if scene.times else ""
            offer(self.start, {days: self.selection.start}, self.selection.start)
        else:
            sample = self.selection.source == "sample"
            starts = self.services.stores.starts(self.selection.source)
            offer(self.start, {date_label(np.datetime64(start), sample): start for start in starts}, scene.start)

    def _sources(self) -> dict[str, str]:
        choices = {"sample": say("Sample ocean (simulation)")}
        stored = self.services.stores.all()
        if self.services.options.altimetry is not None or any(store.attrs.get("source") == "observed" for store in stored):
            choices["observed"] = say("Observed altimetry")
        choices |= self.services.stores.altimetry()
        for store in self.services.parts.with_details():
            if self.services.stores.stands_alone(store) or store.identifier.endswith(DETAIL):
                choices[STORE + store.identifier] = choice_label(store.kind, store.attrs, store.init_time)
        return told_apart(choices)

    def _takes_forcing(self) -> bool:
        """Return whether forecasts from the chosen source take the air of a store: the sample ocean has its own."""
        return self.selection.source != "sample" and not self.selection.source.startswith(STORE)

    def _forcings(self, start: str) -> dict[str, str]:
        stored = self.services.stores.forcings(start) if self._takes_forcing() else {}
        return {say("Climatology"): CLIMATOLOGICAL, **told_apart(stored)}

    def _models(self) -> dict[str, str]:
        usable = self.services.queues.models()
        return {say(label): name for name, label in MODEL_LABELS.items() if name in usable}

    def check(self) -> str:
        """Return what is wrong with the chosen source, start or model as a sentence, and put the default in its place."""
        selection, wrong = self.selection, ""
        if selection.source not in self._sources().values():
            self.services.stores.refresh()  # the store may be newer than the list
        if selection.source not in self._sources().values():
            wrong = say("The source {source} is not there; the sample ocean is shown.", source=repr(selection.source))
            selection.source = "sample"
        models = self._models().values()
        if selection.model not in models:
            asked = {"model": repr(selection.model), "models": ", ".join(models)}
            wrong = say("The model {model} is unknown or has no weights here; expected one of {models}.", **asked)
            selection.model = "small"
        if selection.start and not selection.source.startswith(STORE):
            try:
                starts = self.services.stores.starts(selection.source)
            except InputError as error:
                return str(error)
            if selection.start not in starts:
                first = starts[0] if starts else say("none")
                wrong = say("There is no start on {day}; the first, {first}, is shown.", day=selection.start, first=first)
                selection.start = ""
        return self._check_forcing() or wrong

    def _check_forcing(self) -> str:
        """Return that the chosen air is not there for the start in force, and put the climatology in its place."""
        selection = self.selection
        if not self._takes_forcing():
            selection.forcing = CLIMATOLOGICAL
        if selection.forcing == CLIMATOLOGICAL:
            return ""
        try:
            start = selection.start or next(iter(self.services.stores.starts(selection.source)), "")
        except InputError as error:
            return str(error)
        if selection.forcing in self._forcings(start).values():
            return ""
        asked = plain(selection.forcing)
        selection.forcing = CLIMATOLOGICAL
        return say(
            "The atmosphere {store} does not have {day} and the day after; the climatology is taken.", store=asked, day=start
        )
