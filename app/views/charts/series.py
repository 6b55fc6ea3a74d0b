"""Time series over the leads, with the profile beside it, at the chosen point and the pins: forecast and reference together."""

from typing import Any

import panel as pn
import xarray as xr

from app.charts.elements import series
from app.services.services import Services
from app.state.scene import Scene, quantity_label, shown_depth, shown_variable, time_axis
from app.state.selection import Selection
from app.text.i18n import listed
from app.text.units import unit_of
from app.views.charts.point import PointCharts, only_product, where
from app.views.charts.profile import ProfileView


class SeriesAndProfile:
    """The two charts that a click asks for first."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.parts = SeriesView(selection, services), ProfileView(selection, services)
        self.layout = pn.FlexBox(sizing_mode="stretch_both", flex_wrap="wrap", gap="8px")

    def show(self, scene: Scene) -> str:
        """Draw series and profile of a scene; a store without depth has no profile."""
        drawn, profiled = self.parts
        drawn.show(scene)
        shown = [drawn.layout, profiled.layout] if profiled.show(scene) else [drawn.layout]
        if list(self.layout.objects) != shown:
            self.layout.objects = shown
        return ""


class SeriesView(PointCharts):
    """One plot of the shown variable and depth over lead."""

    def show(self, scene: Scene) -> None:
        """Draw the series of a scene."""
        assert scene.primary is not None
        variable, leads = shown_variable(self.selection, scene), scene.primary.all_leads
        _, metres = shown_depth(self.selection, scene.depths)
        what = quantity_label(variable, "value", metres if scene.depths else None)
        unit = unit_of(variable, self.selection.units)
        spot, theme, axis = where(self.selection, scene), self.selection.theme, time_axis(scene)

        def make() -> list[Any]:
            found = self.at_places(scene, variable, leads)

            def at_level(values: xr.DataArray) -> xr.DataArray:
                return values.sel(depth=metres, method="nearest")

            curves = {key: unit.of(at_level(values)) for key, values in found.items()}
            spread = self.spread(scene, variable, leads, lambda values: unit.of_differences.of(at_level(values)))
            title = listed((what, only_product(curves), spot))
            return [series(curves, title, unit.symbol, theme, axis, spread)] if curves else []

        self.draw(scene, (variable, metres), make)
