"""Sections: the shown variable over distance and depth along a line, a chart for each store, and a profile of it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import xarray as xr

from app.analysis.places import curve_name, drawn_readers, nearest_lead, whole
from app.analysis.section_days import Day, SectionPlan, all_days, figure_name, one_day, section_plan, title
from app.analysis.section_values import crossing, layers
from app.charts.drawings.columns import only_product
from app.charts.drawings.drawing import Charts, Drawing, only_words
from app.charts.elements import profile
from app.charts.elements import section as section_chart
from app.charts.style import LINE_STYLES
from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.scene import Scene, shown_variable
from app.state.selection import Selection
from app.text.i18n import listed, say
from engine.diagnostics import DISPLAY_VARIABLES
from engine.diagnostics.sections import line_of, section
from engine.runtime.errors import InputError

NO_LEVELS = "This store has no levels to show along a line."


@dataclass(frozen=True)
class OneDay:
    """The first picture: a section for each store that has the day, and the profile in the middle of the line."""

    plan: SectionPlan
    sections: list[Any]
    profile: Any


@dataclass(frozen=True)
class Sections:
    """The sections of one scene along the chosen line, on the day of the playhead and on all days."""

    selection: Selection
    services: Services
    readers: list[FieldReader]
    variable: str
    lead: int
    key: Hashable
    """All that the sections depend on but for the day."""

    def one_day(self) -> OneDay:
        """Return the charts of the day of the playhead; raises InputError for no line or one that leaves the grid."""
        services, first = self.services, self.readers[0]
        plan = section_plan(services, self.selection, first, self.variable, self.lead)
        leads = [(reader, self.lead + day_offset(first, reader)) for reader in self.readers]
        days = [(reader, own, one_day(services, reader, plan, own)) for reader, own in leads if own in reader.leads]
        charts = [self._chart(number, *day, plan, number < len(days) - 1) for number, day in enumerate(days)]
        return OneDay(plan, charts, _profile([(reader, day) for reader, _, day in days], plan, self.selection.theme))

    def all_days(self, plan: SectionPlan, needed: Callable[[], bool]) -> list[dict[str, Any]]:
        """Return every finished day as the browser plays it; nothing where it is no longer `needed`."""
        return all_days(self.services, self.readers, plan, needed)

    def caption(self) -> str:
        """Return how long the line is and what crosses it on the day of the playhead; empty where there is no section."""
        try:
            chosen = line_of(self.selection.section)
            places = section(chosen.corners, chosen.straight)
            flow = crossing(self.services, self.readers[0], self.lead, places)
            drawn = layers(self.services, self.readers[0], self.lead, places)
        except InputError:
            return ""  # the message stands in place of the chart
        words = [f"{places.distance[-1]:,.0f} km"]
        if flow is not None:
            across = "{flow:.1f} Sv to the right on day {lead} (0-500 m only)"
            back = "{flow:.1f} Sv to the left on day {lead} (0-500 m only)"
            words.append(say(across if flow >= 0 else back, flow=abs(flow), lead=self.lead))
        if drawn:
            # In place of a legend, which would cover the section where two charts share the strip.
            lines = (f"{say(name)} {say(dash)}" for name, dash in zip(drawn, LINE_STYLES, strict=False))
            words.append(say("white: {lines}", lines=listed(lines)))
        return say("; ").join(words)

    def _chart(self, number: int, reader: FieldReader, lead: int, day: Day, plan: SectionPlan, bare: bool) -> Any:
        return section_chart(
            day.values, title(reader, plan, lead), plan.units, plan.palette, plan.limits, day.layers, day.isopycnals,
            self.selection.theme, figure_name(number), bare, legend=False,
        )  # fmt: skip


def sections(selection: Selection, services: Services, scene: Scene) -> Sections | None:
    """Return the sections of a scene; None where no store has levels or a finished day."""
    assert scene.primary is not None
    lead = nearest_lead(selection.lead, scene.primary.leads)
    # A variable without depth has no section; temperature is shown instead.
    variable = shown_variable(selection, scene) if len(scene.depths) > 1 else "thetao"
    readers = [reader for each in drawn_readers(scene) if (reader := whole(services, each, variable)) is not None]
    if lead is None or not readers:
        return None
    stores = tuple((reader.identifier, tuple(reader.leads)) for reader in readers)
    colours = selection.palette, selection.range_mode, selection.limits, selection.units, selection.theme
    return Sections(selection, services, readers, variable, lead, (selection.section, variable, colours, stores))


def section_and_profile(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return the sections on the day of the playhead, the profile in the middle of the line, and what crosses it in words."""
    found = sections(selection, services, scene)
    if found is None:
        return only_words(say(NO_LEVELS))

    def make() -> Charts:
        day = found.one_day()
        words = (found.caption(), "the profile is that of the middle of the line")
        return [*day.sections, day.profile], "; ".join(filter(None, words))

    return Drawing((found.key, found.lead), make)


def _profile(days: list[tuple[FieldReader, Day]], plan: SectionPlan, theme: str) -> Any:
    """Return the profile in the middle of the line, a curve for each store; the browser moves it."""
    curves: dict[Any, xr.DataArray] = {}
    for reader, day in days:
        curves[curve_name(reader, curves)] = day.values[:, day.values.sizes["distance"] // 2]
    label = listed((say(DISPLAY_VARIABLES[plan.variable].label), only_product(curves)))
    return profile(curves, label, plan.units, theme, plan.limits, "section-profile")
