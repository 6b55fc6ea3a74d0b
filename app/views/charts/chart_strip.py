"""The strip of charts beside the maps: one kind at a time, of the point and the pins, along a line, or of a comparison."""

from dataclasses import replace
from typing import Any

import panel as pn
import param

from app.analysis.errors import Extent, covers
from app.analysis.places import places
from app.services.services import Services
from app.state.chart_kinds import CHARTS, SECTION, ChartKind, chart_in_force, groups, kinds, shows_a_line
from app.state.scene import Scene
from app.state.selection import Selection
from app.style.theme import CORNER
from app.text.coordinates import position
from app.text.i18n import say
from app.text.plain_text import Text
from app.views.charts.chart_view import CHART_VIEWS, ChartView
from app.views.controls.line import LineControls
from app.views.controls.place import PlaceControls
from app.views.widgets.bound import offer
from app.views.widgets.chart_box import quiet_words
from app.views.widgets.lists import RadioButtonGroup, Select
from app.views.widgets.selection_view import SelectionView

HEIGHT = 246
CLICK_HINT = "Click a map for the charts at a point, or type a place such as 35 N 150 E."
WAITING = "The first day is on its way."


class ChartStrip(SelectionView):
    """One strip below the maps, or the fourth corner beside three of them."""

    def __init__(self, selection: Selection, services: Services) -> None:
        super().__init__(selection)
        self.services = services
        self.place, self.line = PlaceControls(selection), LineControls(selection)
        self.group = RadioButtonGroup(
            label="",
            options={say(group): group for group in groups(selection)},
            value=CHARTS[self._chart].group,
            size="small",
            margin=(4, 0, 4, 8),
            sx={"whiteSpace": "nowrap"},
        )
        self.kind = Select(label=say("Chart"), options=kinds(self.group.value), size="small", width=170, margin=(4, 4, 0, 4))
        self.title = Text(margin=(0, 8))
        self.hint = quiet_words("")
        # On a phone the list of lines goes below the choice of chart: a header in one row would make the page wider than it.
        self.header = pn.FlexBox(sizing_mode="stretch_width", min_height=42, align_items="center", gap="0px 4px")
        self.body = pn.Column(self.hint, sizing_mode="stretch_both")
        self.layout = pn.Column(
            self.header, self.body, sizing_mode="stretch_width", height=HEIGHT, stylesheets=[CORNER], css_classes=["details"]
        )
        self._views: dict[str, ChartView] = {}
        self._left: dict[str, str] = {}
        self._scene: Scene | None = None
        self._point = selection.point
        self._clicked = False
        self.group.param.watch(self._group_chosen, "value")
        self.kind.param.watch(self._kind_chosen, "value")

    @property
    def shows_a_line(self) -> bool:
        """Return whether the chart in force is one along a line."""
        return shows_a_line(self.selection)

    def check(self) -> str:
        """Return what is wrong with the chart that the address asks for; empty where nothing is."""
        chosen = self.selection.chart
        if not self._unknown:
            return ""
        return say(
            "The address asks for chart = {value}; expected one of {names}.", value=repr(chosen[:40]), names=", ".join(CHARTS)
        )

    def show(self, scene: Scene, extent: Extent) -> None:
        """Draw the charts of a scene for the area in view."""
        self._scene = replace(scene, extent=extent)
        point, before = self.selection.point, self._point
        # A click on the point itself asks for nothing new.
        asked = self._clicked and point is not None and point != before
        self._point, self._clicked = point, False
        if asked and point is not None and self.shows_a_line:
            self.line.clicked(point)
        elif asked and not CHARTS[self._chart].at_point:
            self.selection.chart = "point"
        elif point is None and before is not None and not self.selection.pinned:
            self.selection.chart = ""  # without a point, the error of a comparison is shown again
        self._draw()

    @property
    def _unknown(self) -> bool:
        return bool(self.selection.chart) and self.selection.chart not in CHARTS

    @property
    def _chart(self) -> str:
        return chart_in_force(self.selection)

    def _group_chosen(self, event: Any) -> None:
        if event.new is not None and event.new != CHARTS[self._chart].group:
            self.selection.chart = self._left.get(event.new) or next(iter(kinds(event.new).values()))

    def _kind_chosen(self, event: Any) -> None:
        if event.new is not None and CHARTS[event.new].group == CHARTS[self._chart].group:
            self.selection.chart = event.new

    @param.depends("selection.place_clicked", watch=True)
    def _note_click(self) -> None:
        self._clicked = True

    @param.depends("selection.chart", watch=True)
    def _draw(self) -> None:
        scene = self._scene
        if scene is None:
            return
        chart = self._chart
        group = CHARTS[chart].group
        self._left[group] = chart
        offered = {say(each): each for each in groups(self.selection)}
        if self.group.options != offered or self.group.value != group:
            self.group.param.update(options=offered, value=group)
        offer(self.kind, kinds(group), chart)
        self.kind.width = 120 if group == SECTION else 176
        in_corner = len(scene.panels) == 3 and scene.layout == "side"
        self.layout.css_classes = ["details", "corner"] if in_corner else ["details"]
        # Narrower in the corner, so that its header takes one row.
        self.line.line.width = 180 if in_corner else 250
        # Two sections stand one below the other; in the corner the style sheet sets the height.
        self.layout.height = 2 * HEIGHT - 40 if chart == "section" and scene.comparison is not None else HEIGHT
        missing = self._missing(scene, CHARTS[chart])
        self.hint.object = missing
        self.title.object = ""
        body: Any = self.hint
        if not missing:
            if chart not in self._views:
                self._views[chart] = CHART_VIEWS[chart](self.selection, self.services)
            self.title.object = self._views[chart].show(scene)
            body = self._views[chart].layout
        # Removed and not hidden: Panel passes later changes of a hidden pane on to its plot, which raises an error.
        if list(self.body.objects) != [body]:
            self.body.objects = [body]
        choice = [self.group, *([self.kind] if len(kinds(group)) > 1 else [])]
        controls = self.place.objects if CHARTS[chart].at_point else self.line.objects if group == SECTION else []
        shown = [*choice, *controls, *([self.title] if self.title.object else [])]
        if list(self.header.objects) != shown:
            self.header.objects = shown

    def _missing(self, scene: Scene, chart: ChartKind) -> str:
        """Return what a chart still needs, in words; empty where it has all of it."""
        if chart.at_point:
            self.place.show()
        line = self.line.show(scene) if chart.group == SECTION else ""
        if scene.primary is None:
            return scene.message or say(WAITING)
        if not chart.needs_point or places(self.selection, scene):
            return line
        point = self.selection.point
        outside = point is not None and not covers(scene.primary.grid, *point)
        if point and outside:
            return say("{place} lies outside this store. {hint}", place=position(*point), hint=say(CLICK_HINT))
        return say(CLICK_HINT)
