"""Sections on the page: the day of the playhead at once, then every day for the browser, and the profile at the pointer."""

from typing import Any

import panel as pn

from app.charts.drawings.section import NO_LEVELS, OneDay, Sections, sections
from app.components.section_player import SCRIPT, DailySections
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.i18n import say, words_in
from app.views.widgets.chart_box import ChartBox, quiet_words
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics import DISPLAY_VARIABLES
from engine.runtime.errors import InputError

CHART_HEIGHT = 110
"""Least pixels of a chart, of which two may stand below each other."""


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
        self._first = LatestOnly(services.background, self.sections.fail)
        self._others, self._crossing = LatestOnly(services.background), LatestOnly(services.background)
        self._playing: Any = None
        self._asked: Any = None

    def show(self, scene: Scene) -> str:
        """Draw the sections of a scene, first on the day where the playhead rests, then on all of them in the browser."""
        wanted = sections(self.selection, self.services, scene)
        if wanted is None:
            self._first.forget()
            self.sections.put([], say(NO_LEVELS))
            return ""
        # Once the browser has every day, it follows the playhead without the server.
        if self._playing != wanted.key:
            self._draw(wanted)
        self._crossing.run((wanted.key, wanted.lead), wanted.caption, self._say)
        return ""

    def _say(self, words: str) -> None:
        self._caption.object = words

    def _draw(self, wanted: Sections) -> None:
        asked = wanted.key, wanted.lead
        self._playing, self._asked = None, asked
        self.days.charts = []

        def make() -> OneDay | str:
            try:
                return wanted.one_day()
            except InputError as error:
                return str(error)

        def put(made: OneDay | str) -> None:
            if isinstance(made, str):
                self.sections.put([], made)
                self.profile.put([])
                return
            self.sections.put(made.sections)
            self.profile.put([made.profile])
            if DISPLAY_VARIABLES[wanted.variable].of_neighbours:
                return  # every day would need maps of all levels: the day of the playhead is drawn again instead

            def needed() -> bool:
                return self._asked == asked

            self._others.run(asked, lambda: wanted.all_days(made.plan, needed), lambda days: self._play(wanted, made, days))

        self._first.run(asked, make, put)

    def _play(self, wanted: Sections, first: OneDay, charts: list[dict[str, Any]]) -> None:
        if not charts:
            return  # superseded by a newer request
        plan = first.plan
        distance = plan.places.distance[plan.thin["distance"]].tolist()
        self.days.param.update(distance=distance, places=plan.spots, charts=charts)
        self._playing = wanted.key
