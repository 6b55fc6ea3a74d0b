"""Sections: the shown variable over distance and depth along a line, on the day of the playhead; the profile at the pointer."""

from typing import Any

import panel as pn
import xarray as xr

from app.analysis.section_days import Day, Drawing, all_days, drawing, figure_name, one_day, title
from app.analysis.section_values import crossing, layers
from app.charts.elements import profile
from app.charts.elements import section as section_chart
from app.charts.style import LINE_STYLES
from app.components.section_player import SCRIPT, DailySections
from app.data.readers import FieldReader, day_offset
from app.services.services import Services
from app.state.scene import Scene, shown_variable
from app.state.selection import Selection
from app.text.i18n import listed, say, words_in
from app.views.charts.point import curve_name, drawn_readers, only_product, whole
from app.views.charts.profile import nearest_lead
from app.views.widgets.chart_box import ChartBox, quiet_words
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics import DISPLAY_VARIABLES
from engine.diagnostics.sections import line_of, section
from engine.runtime.errors import InputError

CHART_HEIGHT = 110
"""Least pixels of a chart, of which two may stand below each other."""

NO_LEVELS = "This store has no levels to show along a line."


class SectionView:
    """A chart for each store on the maps, the volume that crosses the line, and the profile at a place of it."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection, self.services = selection, services
        self.sections, self.profile = ChartBox(2, CHART_HEIGHT, "column"), ChartBox(1, CHART_HEIGHT)
        self.days = DailySections(words=words_in(SCRIPT), sizing_mode="stretch_width", margin=(0, 8))
        stretched = {"sizing_mode": "stretch_both", "min_height": 150}
        self._caption = quiet_words("", "small", (0, 8))
        main = pn.Column(self._caption, self.sections.layout, min_width=260, styles={"flex": "3 1 260px"}, **stretched)
        aside = pn.Column(self.days, self.profile.layout, min_width=180, styles={"flex": "1 1 180px"}, **stretched)
        self.layout = pn.FlexBox(main, aside, sizing_mode="stretch_both", flex_wrap="wrap", gap="8px")
        self._first = LatestOnly(services, self.sections.fail)
        self._others, self._crossing = LatestOnly(services), LatestOnly(services)
        self._playing: Any = None
        self._asked: Any = None

    def show(self, scene: Scene) -> str:
        """Draw the sections of a scene, first on the day where the playhead rests, then on all of them in the browser."""
        selection = self.selection
        assert scene.primary is not None
        lead = nearest_lead(selection.lead, scene.primary.leads)
        # What has no depth says nothing along a line; temperature tells most.
        variable = shown_variable(selection, scene) if len(scene.depths) > 1 else "thetao"
        readers = [reader for each in drawn_readers(scene) if (reader := whole(self.services, each, variable)) is not None]
        if lead is None or not readers:
            self._first.forget()
            self.sections.put([], say(NO_LEVELS))
            return ""
        stores = tuple((reader.identifier, tuple(reader.leads)) for reader in readers)
        colours = selection.palette, selection.range_mode, selection.limits, selection.units, selection.theme
        wanted = selection.section, variable, colours, stores
        # Once the browser has every day it follows the playhead by itself.
        if self._playing != wanted:
            self._draw(readers, variable, lead, wanted)
        self._say(readers[0], lead, wanted)
        return ""

    def _draw(self, readers: list[FieldReader], variable: str, lead: int, wanted: Any) -> None:
        self._playing, self._asked = None, (wanted, lead)
        self.days.charts = []
        theme = self.selection.theme

        def make() -> tuple[Drawing, list[Any], Any] | str:
            try:
                drawn = drawing(self.services, self.selection, readers[0], variable, lead)
                leads = [(reader, lead + day_offset(readers[0], reader)) for reader in readers]
                days = [(reader, own, one_day(self.services, reader, drawn, own)) for reader, own in leads if own in reader.leads]
            except InputError as error:
                return str(error)
            charts = [self._chart(number, *day, drawn, theme, number < len(days) - 1) for number, day in enumerate(days)]
            return drawn, charts, _profile([(reader, day) for reader, _, day in days], drawn, theme)

        def put(made: tuple[Drawing, list[Any], Any] | str) -> None:
            if isinstance(made, str):
                self.sections.put([], made)
                self.profile.put([])
                return
            drawn, charts, at_pointer = made
            self.sections.put(charts)
            self.profile.put([at_pointer])
            if DISPLAY_VARIABLES[variable].of_neighbours:
                return  # every day would need maps of every level: this one is drawn anew where the playhead rests

            def needed() -> bool:
                return self._asked == (wanted, lead)

            self._others.run(
                (wanted, lead),
                lambda: all_days(self.services, readers, drawn, needed),
                lambda days: self._play(wanted, drawn, days),
            )

        self._first.run((wanted, lead), make, put)

    def _chart(self, number: int, reader: FieldReader, lead: int, day: Day, drawn: Drawing, theme: str, bare: bool) -> Any:
        return section_chart(
            day.values, title(reader, drawn, lead), drawn.units, drawn.palette, drawn.limits, day.layers, day.isopycnals, theme,
            figure_name(number), bare, legend=False,
        )  # fmt: skip

    def _play(self, wanted: Any, drawn: Drawing, charts: list[dict[str, Any]]) -> None:
        if not charts:
            return  # given up for a newer question
        distance = drawn.places.distance[drawn.thin["distance"]].tolist()
        self.days.param.update(distance=distance, places=drawn.spots, charts=charts)
        self._playing = wanted

    def _say(self, reader: FieldReader, lead: int, wanted: Any) -> None:
        """Write how long the line is, and what crosses it on the day where the playhead rests."""

        def make() -> str:
            try:
                chosen = line_of(self.selection.section)
                places = section(chosen.corners, chosen.straight)
                flow, drawn = crossing(self.services, reader, lead, places), layers(self.services, reader, lead, places)
            except InputError:
                return ""  # said in place of the chart
            words = [f"{places.distance[-1]:,.0f} km"]
            if flow is not None:
                across = "{flow:.1f} Sv to the right on day {lead} (0-500 m only)"
                back = "{flow:.1f} Sv to the left on day {lead} (0-500 m only)"
                words.append(say(across if flow >= 0 else back, flow=abs(flow), lead=lead))
            if drawn:
                # In place of a legend, which would cover the water where two charts share the strip.
                lines = (f"{say(name)} {say(dash)}" for name, dash in zip(drawn, LINE_STYLES, strict=False))
                words.append(say("white: {lines}", lines=listed(lines)))
            return say("; ").join(words)

        def put(words: str) -> None:
            self._caption.object = words

        self._crossing.run((wanted, lead), make, put)


def _profile(days: list[tuple[FieldReader, Day]], drawn: Drawing, theme: str) -> Any:
    """Return the profile in the middle of the line, a curve for each store; the browser moves it."""
    curves: dict[Any, xr.DataArray] = {}
    for reader, day in days:
        curves[curve_name(reader, curves)] = day.values[:, day.values.sizes["distance"] // 2]
    label = listed((say(DISPLAY_VARIABLES[drawn.variable].label), only_product(curves)))
    return profile(curves, label, drawn.units, theme, drawn.limits, "section-profile")
