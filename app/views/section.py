"""Sections: the shown variable over distance and depth along a line, at the day where the playhead rests."""

from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.colouring import colour_choice
from app.elements import section as section_chart
from app.lines import along, crossing, layers
from app.readers import FieldReader, day_offset
from app.scene import Scene, shown_variable
from app.selection import Selection
from app.services import Services
from app.views.background import Latest, chart_pane
from app.views.bound import chooser, offer
from app.views.point import drawn_readers
from app.views.profile import nearest_lead
from app.words import date_label, is_sample, store_label
from engine.derived import DISPLAY_VARIABLES
from engine.errors import InputError
from engine.sections import LINES, Section, line_of, section

HINT = "Choose a line, or click its two ends on a map."
CHART_HEIGHT = 110
"""Least pixels of a chart, of which two may stand below each other."""

DRAWN_SPACING = 200.0
"""Kilometres between the places of the line on the maps."""


class SectionView:
    """The chosen line, a few words about it, and one chart for each store on the maps."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection, self.services = selection, services
        self.line = chooser(selection, "section", "Line", _lines(selection.section))
        self.line.param.update(width=220, min_width=200, margin=(0, 8))
        self.words = pmui.Typography("", variant="caption", margin=(2, 8, 0, 8), height=18)
        self.charts = [chart_pane(CHART_HEIGHT), chart_pane(CHART_HEIGHT)]
        self.layout = pn.FlexBox(sizing_mode="stretch_both", flex_direction="column", flex_wrap="nowrap", visible=False)
        self._latest = Latest(services)
        self._end: tuple[float, float] | None = None

    def clicked(self, point: tuple[float, float]) -> None:
        """Take a click on a map as the start of a line, the next one as its end."""
        if self._end is None:
            self._end = point
        else:
            corners = ";".join(f"{lat:.2f},{lon:.2f}" for lat, lon in (self._end, point))
            self._end = None
            self.selection.section = corners

    def path(self) -> list[list[float]]:
        """Return the chosen line as places [latitude, longitude] to draw on the maps; none where there is none."""
        try:
            chosen = line_of(self.selection.section)
            places = section(chosen.corners, chosen.straight, DRAWN_SPACING)
        except InputError:
            return []
        return [[round(float(lat), 3), round(float(lon), 3)] for lat, lon in zip(places.lat, places.lon, strict=True)]

    def show(self, scene: Scene) -> None:
        """Draw the sections of a scene at the day where the playhead rests."""
        selection, readers = self.selection, drawn_readers(scene)
        offer(self.line, _lines(selection.section), selection.section)
        lead = None if scene.primary is None else nearest_lead(selection.lead, scene.primary.leads)
        if self._end is not None:
            self._latest.forget()
            self.words.object = "Click the other end of the line."
            return
        if not selection.section or lead is None:
            self._latest.forget()
            self._put([], HINT)
            return
        # What has no depth says nothing along a line; temperature tells most.
        variable = shown_variable(selection, scene) if len(scene.depths) > 1 else "thetao"
        wanted = (selection.section, variable, lead, selection.palette, selection.range_mode, selection.limits, selection.theme)

        def make() -> tuple[list[Any], str]:
            try:
                chosen = line_of(selection.section)
                places = section(chosen.corners, chosen.straight)
                leads = [lead + day_offset(readers[0], reader) for reader in readers]
                pairs = [(reader, own) for reader, own in zip(readers, leads, strict=True) if own in reader.leads]
                return [self._chart(reader, variable, own, places) for reader, own in pairs], self._said(readers[0], lead, places)
            except InputError as error:
                return [], str(error)

        stores = tuple((reader.identifier, tuple(reader.leads)) for reader in readers)
        self._latest.run((wanted, stores), make, lambda made: self._put(*made))

    def _put(self, charts: list[Any], words: str) -> None:
        self.words.object = words
        for pane, chart in zip(self.charts, charts, strict=False):
            pane.object = chart
        # Not by hiding one: Panel hands what changes of a hidden plot's pane on to the plot, which refuses it.
        shown = self.charts[: len(charts)]
        if list(self.layout.objects) != shown:
            self.layout.objects = shown

    def _chart(self, reader: FieldReader, variable: str, lead: int, places: Section) -> Any:
        shown = DISPLAY_VARIABLES[variable]
        values = along(self.services, reader, variable, lead, places)
        has_water = {"thetao", "so"} <= set(reader.variables)
        density = along(self.services, reader, "density", lead, places) if has_water else None
        choice = colour_choice(self.selection, variable)
        when = date_label(reader.valid_time(lead), is_sample(reader.attrs))
        return section_chart(
            values, f"{shown.label}, {store_label(reader.kind, reader.attrs)}, {when}", shown.units, choice.palette,
            choice.limits_of(values.values), layers(self.services, reader, lead, places), density, self.selection.theme,
        )  # fmt: skip

    def _said(self, reader: FieldReader, lead: int, places: Section) -> str:
        words, flow = f"{places.distance[-1]:,.0f} km", crossing(self.services, reader, lead, places)
        if flow is None:
            return words
        return f"{words}; {abs(flow):.1f} Sv cross it to the {'right' if flow >= 0 else 'left'} of its direction (0-500 m only)"


def _lines(chosen: str) -> dict[str, str]:
    own = {"Own line": chosen} if chosen and chosen not in LINES else {}
    return {"No line": "", **own, **{line.label: line.name for line in LINES.values()}}
