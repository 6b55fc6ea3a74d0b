"""Skill: errors, correlations, energy and spectra of models beside the baselines, from results of verification."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.analysis import skill
from app.charts.skill import by_lead, by_wavelength, legend
from app.charts.skill_table import STYLE, table
from app.services.services import Services
from app.state.scene import STORE, Scene
from app.state.selection import BAND_LABELS, Selection
from app.text.i18n import listed, say, say_progress
from app.text.labels import duration
from app.text.plain_text import Markup, Text
from app.text.units import unit_of
from app.views.controls.held_out import HeldOutControls
from app.views.widgets.bound import chooser, offer, update
from app.views.widgets.chart_box import chart_pane, trouble
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics import DISPLAY_VARIABLES
from engine.verification.places import SCORED_DEPTHS
from engine.verification.report.page import UPPER_BOUND
from engine.verification.results import Result

CHART_HEIGHT = 210
HEADINGS = {"rmse": "RMSE", "acc": "Anomaly correlation", "bias": "Bias"}
POWER_UNITS = {"zos": "m² km", "ke": "m² s⁻² km"}
NOTHING = (
    "Here stand errors, correlation, energy and spectra by lead, beside the baselines. Forecasts of the sample ocean on the "
    "disk are scored by themselves as soon as their reference is whole; a model on starts that training never saw is scored "
    "below, or by goms verify --held-out on the command line."
)
FRAME = "border: 1px dashed currentColor; border-radius: 8px; padding: 18px 20px; opacity: .85; max-width: 62ch"
EMPTY = Markup("""<section style="{frame}"><h2 style="font-size: 15px; margin: 0 0 6px">{title}</h2>
<p style="margin: 0; font-size: 13px; line-height: 1.5">{words}</p></section>""")
LEGEND_STYLE = """
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12px; }
.entry { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
"""


@dataclass
class Drawn:
    """What is on the page for one question, made off its thread."""

    choices: dict[str, str]
    name: str = ""
    result: Result | None = None
    places: dict[str, dict[float, list[str]]] = field(default_factory=dict)
    place: str = ""
    """Field, depth and waters in words."""
    names: dict[str, str] = field(default_factory=dict)
    """Model, baseline or floor -> how it is called."""
    chosen: tuple[str, float, str] = ("", 0.0, "")
    charts: list[Any] = field(default_factory=list)
    legend: str = ""
    table: str = ""
    words: str = ""
    refused: str = ""


class SkillView:
    """Choices of result, field, depth and waters; six charts; the same numbers as a table; what was measured."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services = selection, services
        self.held_out = HeldOutControls(selection, services, notify)
        empty = EMPTY.format(frame=FRAME, title=say("Nothing is scored yet"), words=say(NOTHING))
        self.empty = Text(empty, visible=False, margin=(8, 0))
        self._latest = LatestOnly(services, self._failed)
        self._drawn: Drawn | None = None
        self._wanted: tuple[str, str, tuple[tuple[str, str], ...]] = ("", "", ())
        self.result = chooser(selection, "skill", say("Result"), {"": selection.skill})
        fields = {say(DISPLAY_VARIABLES[name].label): name for name in skill.SCORED}
        self.variable = chooser(selection, "variable", say("Scored field"), fields)
        self.depth = chooser(selection, "depth", say("Scored depth"), {f"{depth:g} m": depth for depth in SCORED_DEPTHS})
        self.band = chooser(selection, "band", say("Waters"), {say(label): name for name, label in BAND_LABELS.items()})
        self.waters = chooser(
            selection, "waters", say("Spectra of"), {say(each.label): name for name, each in skill.WATERS.items()}
        )
        for widget, width in ((self.result, 290), (self.variable, 200), (self.depth, 120), (self.band, 160), (self.waters, 260)):
            widget.param.update(width=width, sizing_mode=None, margin=(4, 8, 4, 0))
        self.legend = Text(stylesheets=[LEGEND_STYLE], margin=(2, 0), sizing_mode="stretch_width")
        self.panes = [chart_pane(CHART_HEIGHT) for _ in range(6)]
        for pane in self.panes:
            pane.param.update(sizing_mode="stretch_width", height=CHART_HEIGHT, min_width=280, styles={"flex": "1 1 30%"})
        self.charts = pn.FlexBox(sizing_mode="stretch_width", flex_wrap="wrap", gap="8px")
        # From the start: a pane of HTML takes no other style sheets later.
        self.table = Text(stylesheets=[STYLE], sizing_mode="stretch_width", margin=(8, 0))
        self.words = Text("", "caption", sizing_mode="stretch_width", margin=(4, 0))
        self.bar = pmui.LinearProgress(value=0, variant="determinate", visible=False, sizing_mode="stretch_width")
        self.status = Text(sizing_mode="stretch_width", margin=(2, 0), visible=False)
        self.again = pmui.Button(label=say("Score again"), size="small", variant="outlined", visible=False)
        self.again.on_click(lambda _: self._score())
        self.choices = pn.FlexBox(self.result, self.variable, self.depth, self.band, self.waters, align_items="center")
        self.layout = pn.Column(
            self.choices, self.status, self.bar, self.again, self.empty, self.legend, self.charts, self.words, self.table,
            self.held_out.layout,
            sizing_mode="stretch_width", margin=(0, 4),
        )  # fmt: skip

    def show(self, scene: Scene) -> None:
        """Draw the skill of a selection, and begin to score what is missing of the forecasts on the disk."""
        source, model = self.selection.source, self.selection.model
        pairs = () if source.startswith(STORE) else skill.pairs_on_disk(self.services, source, model)
        self._wanted = (source, model, pairs)
        self.held_out.show()
        self.poll()

    def _ask(self) -> None:
        """Draw the selection again where it, the forecasts on the disk or a file of results is another."""
        (source, model, pairs), wanted = self._wanted, _wanted(self.selection)
        self._latest.run((wanted, self._wanted, skill.stamps()), lambda: drawn(source, model, bool(pairs), *wanted), self._draw)

    def poll(self) -> None:
        """Follow the scoring in the background and files that others write; cheap enough to be called twice a second."""
        self._ask()
        self._tell()
        self.held_out.poll()

    def _tell(self) -> None:
        source, model, pairs = self._wanted
        job = self.services.chores.find(skill.request(source, model, pairs)) if pairs else None
        under_way = job is not None and job.waiting
        failed = job is not None and job.state in ("failed", "cancelled") and self._is_disk
        words = ""
        if job is not None and under_way:
            doing = listed((say_progress(job.doing), duration(job.seconds_left)))
            words = say("Scoring the forecasts on the disk: {doing}", doing=doing)
        elif job is not None and failed:
            words = job.error or say("Scoring was stopped.")
        elif self._drawn is None and not self.charts.objects:
            words = say("Reading the results …")
        update(self.bar, visible=under_way, value=round(100 * job.fraction) if job is not None else 0)
        update(self.status, visible=bool(words), object=words)
        update(self.again, visible=failed and not self.services.why_not("score"))
        update(self.empty, visible=self._drawn is not None and self._drawn.result is None and not under_way)
        update(self.choices, visible=self._drawn is not None and bool(self._drawn.choices))

    @property
    def _is_disk(self) -> bool:
        return self._drawn is not None and self._drawn.name == skill.DISK

    def _failed(self, words: str, again: Callable[[], None]) -> None:
        def retry(_: Any) -> None:
            self.charts.objects = []
            again()

        self.charts.objects = trouble(words, retry)
        self._tell()

    def _draw(self, made: Drawn) -> None:
        self._drawn = made
        with pn.io.hold():
            offer(self.result, {label: name for name, label in made.choices.items()} or {"Nothing yet": ""}, made.name)
            if made.result is not None:
                variable, depth, band = made.chosen
                offer(self.variable, {say(DISPLAY_VARIABLES[name].label): name for name in made.places}, variable)
                offer(self.depth, {f"{each:g} m": each for each in made.places[variable]}, depth)
                offer(self.band, {say(BAND_LABELS[name]): name for name in made.places[variable][depth]}, band)
            self.legend.object, self.table.object = made.legend, made.table
            self.words.object = made.words + (" " + say("Passed over: {files}", files=made.refused) if made.refused else "")
            panes = self.panes[: len(made.charts)]
            for pane, chart in zip(panes, made.charts, strict=True):
                pane.object = chart
            # Not by hiding one: Panel hands what changes of a hidden plot's pane on to the plot, which refuses it.
            if list(self.charts.objects) != panes:
                self.charts.objects = panes
        source, model, pairs = self._wanted
        missing = self._is_disk and pairs and not skill.is_current(made.result, pairs) and not self.services.why_not("score")
        if missing and self.services.chores.find(skill.request(source, model, pairs)) is None:
            self._score()
        self._tell()

    def _score(self) -> None:
        skill.score(self.services, *self._wanted)
        self._tell()


def _wanted(selection: Selection) -> tuple[str, str, float, str, str, str, str]:
    """Return what of a selection the charts of skill depend on, as `drawn` takes it."""
    place = float(selection.depth), selection.band, selection.waters
    return selection.skill, selection.variable, *place, selection.units, selection.theme


def drawn_of(services: Services, selection: Selection) -> Drawn:
    """Return everything that is drawn of a selection, without a page."""
    pairs = skill.pairs_on_disk(services, selection.source, selection.model)
    return drawn(selection.source, selection.model, bool(pairs), *_wanted(selection))


def drawn(
    source: str, model: str, on_disk: bool, name: str, variable: str, depth: float, band: str, waters: str, units: str, theme: str
) -> Drawn:
    """Return everything that is drawn of one result: the named one, or the first there is."""
    found = skill.choices(source, model, on_disk)
    to_come = say("Forecasts on the disk: {model}", model=skill.model_label(model))
    labels = {key: to_come if each is None else skill.label_of(each) for key, each in found.items()}
    counts = Counter(labels.values())
    labels = {key: label if counts[label] == 1 else f"{label} ({key})" for key, label in labels.items()}
    made = Drawn(labels, skill.chosen(name, found), refused="; ".join(skill.listing().refused))
    made.result = found.get(made.name)
    if made.result is not None:
        _fill(made, made.result, variable, depth, band, waters, units, theme)
    return made


def _fill(made: Drawn, result: Result, variable: str, depth: float, band: str, waters: str, system: str, theme: str) -> None:
    models = result.models
    made.places = skill.places(result)
    variable = variable if variable in made.places else next(iter(made.places))
    depth = min(made.places[variable], key=lambda each: abs(each - depth))
    band = band if band in made.places[variable][depth] else made.places[variable][depth][0]
    made.chosen = (variable, depth, band)
    shown = DISPLAY_VARIABLES[variable]
    cells = skill.cells(result, variable, depth, band)
    unit = unit_of(variable, system).of_differences
    units = {"rmse": unit.symbol, "acc": say("correlation"), "bias": unit.symbol}
    scores = {score: skill.curves(cells, score) for score in HEADINGS}
    for score in ("rmse", "bias"):
        scores[score] = {name: unit.of(each) for name, each in scores[score].items()}
    names: dict[str, str] = {}
    for score, each in scores.items():
        if each:
            limits = {"wanted": 0.0} if score == "bias" else {"at_least_zero": True} if score == "rmse" else {}
            made.charts.append(by_lead(each, models, say(HEADINGS[score]), units[score], theme, **limits))
            names |= dict.fromkeys(each, "")
    kept = skill.energy(result, band)
    if kept:
        title = listed((say("Eddy energy kept"), say(BAND_LABELS[band])))
        made.charts.append(by_lead(kept, models, title, say("share of the reference's"), theme, wanted=1.0))
    last = max(int(lead) for lead in next(iter(cells.values())).index)
    for quantity, title in (("zos", "Spectrum of sea level"), ("ke", "Spectrum of currents")):
        each = skill.spectra(result, waters, quantity)
        if each:
            made.charts.append(
                by_wavelength(each, models, listed((say(title), say("day {lead}", lead=last))), POWER_UNITS[quantity], theme)
            )
            names |= dict.fromkeys(each, "")
    names = {name: say(skill.OTHER_LABELS.get(name, "")) or skill.model_label(name) for name in names}
    made.legend = legend(names, models, theme)
    made.names = names
    where = say("{field} at {metres:g} m", field=say(shown.label), metres=depth)
    made.place = listed((where if len(made.places[variable]) > 1 else say(shown.label), say(BAND_LABELS[band])))
    headed = {
        f"{say(HEADINGS[score])}{f' ({unit.symbol})' if score != 'acc' else ''}": each for score, each in scores.items() if each
    }
    made.table = table(headed, names, made.place)
    made.words = f"{skill.facts(result)} {say(UPPER_BOUND)}"
