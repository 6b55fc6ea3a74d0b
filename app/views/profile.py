"""Vertical profile at the clicked point and the lead at which the playhead rests, forecast and reference in one plot."""

from typing import Any

from app.elements import profile
from app.readers import day_offset
from app.scene import Scene, shown_variable
from app.scores import point_values
from app.selection import Selection
from app.services import Services
from app.views.background import Latest, chart_pane
from app.views.series import distinct
from app.words import store_label
from engine.derived import DISPLAY_VARIABLES


class ProfileView:
    """One plot of the shown variable over depth; a field of the surface has none."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self._latest = Latest(services)
        self._shown: Any = None
        self.layout = chart_pane()

    def show(self, scene: Scene) -> None:
        """Draw the profile of a scene at the chosen point and lead."""
        point = self.selection.point
        if point is None or scene.primary is None:
            return
        variable = shown_variable(self.selection, scene)
        # The profile of vorticity would need maps of every level; temperature tells more about a point without levels.
        drawn = variable if len(scene.depths) > 1 and variable != "vorticity" else "thetao"
        self.layout.visible = drawn in scene.variables
        if not self.layout.visible:
            return
        readers = [reader for reader in (scene.primary, scene.comparison) if reader is not None]
        lead = nearest_lead(self.selection.lead, scene.primary.leads)
        asked = (point, drawn, lead, self.selection.theme, *(reader.identifier for reader in readers))
        if asked == self._shown or lead is None:
            return
        self._shown = asked
        shown, theme = DISPLAY_VARIABLES[drawn], self.selection.theme

        def work() -> Any:
            curves: dict[str, Any] = {}
            for reader in readers:
                own = lead + day_offset(readers[0], reader)
                if own in reader.leads and set(shown.needs) <= set(reader.variables):
                    values = point_values(self.services, reader, drawn, *point, [own])
                    curves[distinct(store_label(reader.kind, reader.attrs), curves)] = values.isel(lead=0)
            return profile(curves, f"{shown.label}, day {lead}", shown.units, theme)

        self._latest.run(work, self._draw)

    def _draw(self, drawn: Any) -> None:
        self.layout.object = drawn


def nearest_lead(wanted: int, leads: list[int]) -> int | None:
    """Return the finished lead nearest to `wanted`, or None where there is none."""
    return min(leads, key=lambda lead: abs(lead - wanted), default=None)
