"""Vertical profiles at the chosen point and the pins, on the day at which the playhead rests."""

from typing import Any

from app.charts.elements import profile
from app.state.scene import Scene
from app.text.i18n import listed, say
from app.text.units import unit_of
from app.views.charts.point import PointCharts, only_product, variable_with_depth, when
from engine.diagnostics import DISPLAY_VARIABLES


class ProfileView(PointCharts):
    """One plot of the shown variable over depth; beside a field of the surface that of temperature."""

    def show(self, scene: Scene) -> bool:
        """Draw the profile of a scene at the day where the playhead rests, and return whether there is one."""
        assert scene.primary is not None
        variable = variable_with_depth(self.selection, scene)
        lead = nearest_lead(self.selection.lead, scene.primary.leads)
        if variable not in scene.variables or lead is None:
            return False
        shown, theme = DISPLAY_VARIABLES[variable], self.selection.theme
        unit = unit_of(variable, self.selection.units)
        day = when(scene, lead)

        def make() -> list[Any]:
            found = self.at_places(scene, variable, [lead])
            curves = {key: unit.of(values.isel(lead=0)) for key, values in found.items() if values.sizes["lead"]}
            spread = self.spread(scene, variable, [lead], lambda values: unit.of_differences.of(values.isel(lead=0)))
            title = listed((say(shown.label), only_product(curves), day))
            return [profile(curves, title, unit.symbol, theme, spread=spread)] if curves else []

        self.draw(scene, (variable, lead), make)
        return True


def nearest_lead(wanted: int, leads: list[int]) -> int | None:
    """Return the finished lead nearest to `wanted`, or None where there is none."""
    return min(leads, key=lambda lead: abs(lead - wanted), default=None)
