"""The sea by the Douglas scale: the share of each degree in view over the leads, and the waves at the chosen point."""

from typing import Any

from app.analysis.errors import sea_state_by_lead
from app.charts.stacked import sea_layers, stacked, wave_series
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.units import unit_of
from app.views.charts.point import PointCharts, only_product, places, where

WAVES = "swh"
NO_WAVES = "There are no waves in this store, or none in view."


class SeaStateView(PointCharts):
    """Two charts: how rough the sea in view is, and how rough it will be at a place."""

    def __init__(self, selection: Selection, services: Services) -> None:
        super().__init__(selection, services, count=2)

    def show(self, scene: Scene) -> str:
        """Draw the charts of a scene for the area in view."""
        reader, extent = scene.primary, scene.extent
        assert reader is not None
        if WAVES not in reader.variables:
            self.say(say(NO_WAVES))
            return ""
        where_in_view = say("the globe" if extent[3] - extent[2] >= 359 else "the area in view")
        unit = unit_of(WAVES, self.selection.units)
        theme, axis, leads = self.selection.theme, time_axis(scene), reader.all_leads

        def make() -> list[Any]:
            layers = sea_layers(sea_state_by_lead(self.services, reader, extent))
            charts = [
                stacked(layers, say("Sea of {area}", area=where_in_view), say("% of the open sea"), theme, axis, ylim=(0, 100))
            ]
            at_point = {key: values.isel(depth=0) for key, values in self.at_places(scene, WAVES, leads).items()}
            if at_point:
                spot = where(self.selection, scene)
                title = listed((say("Significant wave height"), only_product(at_point), spot))
                charts.append(wave_series(at_point, title, unit, theme, axis))
            return charts if layers else []

        self.draw(scene, ("sea state", extent, tuple(places(self.selection, scene))), make, say(NO_WAVES))
        return ""
