"""Vertical profile at the clicked point and the lead at which the playhead rests, forecast and reference in one plot."""

from typing import Any

from app.elements import profile
from app.readers import day_offset
from app.scene import Scene, shown_variable
from app.scores import point_values
from app.views.point import PointChart, curve_name, drawn_readers
from app.words import date_label
from engine.derived import DISPLAY_VARIABLES


class ProfileView(PointChart):
    """One plot of the shown variable over depth; a field of the surface has none."""

    def show(self, scene: Scene) -> None:
        """Draw the profile of a scene at the chosen point and lead."""
        point, readers = self.selection.point, drawn_readers(scene)
        if point is None or scene.primary is None:
            return
        variable = shown_variable(self.selection, scene)
        # The profile of a derivative would need maps of every level; temperature tells more about a point without levels.
        drawn = variable if len(scene.depths) > 1 and not DISPLAY_VARIABLES[variable].of_neighbours else "thetao"
        self.layout.visible = drawn in scene.variables
        lead = nearest_lead(self.selection.lead, scene.primary.leads)
        if not self.layout.visible or lead is None:
            return
        shown, theme = DISPLAY_VARIABLES[drawn], self.selection.theme
        is_analysis = scene.primary.kind == "analysis"
        when = date_label(scene.primary.valid_time(lead), sample=False) if is_analysis else f"day {lead}"

        def make() -> Any:
            curves: dict[str, Any] = {}
            for reader in readers:
                own = lead + day_offset(readers[0], reader)
                if own in reader.leads and set(shown.needs) <= set(reader.variables):
                    values = point_values(self.services, reader, drawn, *point, [own])
                    if values.notnull().any():
                        curves[curve_name(reader, curves)] = values.isel(lead=0)
            return profile(curves, f"{shown.label}, {when}", shown.units, theme) if curves else None

        self.draw((drawn, lead, *(reader.identifier for reader in readers)), make)


def nearest_lead(wanted: int, leads: list[int]) -> int | None:
    """Return the finished lead nearest to `wanted`, or None where there is none."""
    return min(leads, key=lambda lead: abs(lead - wanted), default=None)
