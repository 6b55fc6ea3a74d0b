"""Skill: errors, correlations, energy and spectra of models beside the baselines, from results of verification."""

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.analysis import skill
from app.charts.drawings.skill import SkillDrawing, draw_skill, question
from app.charts.skill_table import STYLE
from app.services.services import Services
from app.state.scene import STORE, Scene
from app.state.selection import BAND_LABELS, Selection
from app.text.i18n import listed, say, say_progress
from app.text.labels import duration
from app.text.plain_text import Markup, Text
from app.views.controls.held_out import HeldOutControls
from app.views.widgets.bound import chooser, offer, update
from app.views.widgets.chart_box import chart_pane, trouble
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics import DISPLAY_VARIABLES
from engine.verification.scored_levels import SCORED_DEPTHS

CHART_HEIGHT = 210
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


class SkillView:
    """Choices of result, field, depth and waters; six charts; the same numbers as a table; what was measured."""

    def __init__(self, selection: Selection, services: Services, notify: Callable[[str, str], None]) -> None:
        self.selection, self.services = selection, services
        self.held_out = HeldOutControls(selection, services, notify)
        empty = EMPTY.format(frame=FRAME, title=say("Nothing is scored yet"), words=say(NOTHING))
        self.empty = Text(empty, visible=False, margin=(8, 0))
        self._latest = LatestOnly(services.background, self._failed)
        self._drawn: SkillDrawing | None = None
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
        # Set here, because an HTML pane does not accept style sheets later.
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
        source, model, pairs = self._wanted
        asked = question(self.selection, source, model, bool(pairs))
        self._latest.run((asked, pairs, skill.stamps()), lambda: draw_skill(asked), self._draw)

    def poll(self) -> None:
        """Follow the scoring in the background and files that others write; cheap enough to be called twice a second."""
        self._ask()
        self._tell()
        self.held_out.poll()

    def _tell(self) -> None:
        source, model, pairs = self._wanted
        job = self.services.queues.chores.find(skill.request(source, model, pairs)) if pairs else None
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
        update(self.again, visible=failed and not self.services.permissions.why_not("score"))
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

    def _draw(self, made: SkillDrawing) -> None:
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
            # Removed and not hidden: Panel passes later changes of a hidden pane on to its plot, which raises an error.
            if list(self.charts.objects) != panes:
                self.charts.objects = panes
        source, model, pairs = self._wanted
        missing = (
            self._is_disk
            and pairs
            and not skill.is_current(made.result, pairs)
            and not self.services.permissions.why_not("score")
        )
        if missing and self.services.queues.chores.find(skill.request(source, model, pairs)) is None:
            self._score()
        self._tell()

    def _score(self) -> None:
        skill.score(self.services, *self._wanted)
        self._tell()
