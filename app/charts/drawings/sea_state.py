"""The sea by the Douglas scale: the share of each degree in view over the leads, and the waves at the chosen point."""

from typing import Any

from app.analysis.errors import sea_state_by_lead
from app.analysis.places import places, where
from app.charts.drawings.columns import at_places, at_point, only_product
from app.charts.drawings.drawing import Drawing, only_words
from app.charts.stacked import sea_layers, stacked, wave_series
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.units import unit_of

WAVES = "swh"
NO_WAVES = "There are no waves in this store, or none in view."


def sea_state(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return two charts: how rough the sea in view is, and how rough it will be at a place."""
    reader, extent = scene.primary, scene.extent
    assert reader is not None
    if WAVES not in reader.variables:
        return only_words(say(NO_WAVES))
    where_in_view = say("the globe" if extent[3] - extent[2] >= 359 else "the area in view")
    unit = unit_of(WAVES, selection.units)
    theme, axis, leads = selection.theme, time_axis(scene), reader.all_leads

    def make() -> list[Any]:
        layers = sea_layers(sea_state_by_lead(services, reader, extent))
        charts = [stacked(layers, say("Sea of {area}", area=where_in_view), say("% of the open sea"), theme, axis, ylim=(0, 100))]
        curves = {key: values.isel(depth=0) for key, values in at_places(services, selection, scene, WAVES, leads).items()}
        if curves:
            title = listed((say("Significant wave height"), only_product(curves), where(selection, scene)))
            charts.append(wave_series(curves, title, unit, theme, axis))
        return charts if layers else []

    key = "sea state", extent, tuple(places(selection, scene))
    return at_point(selection, scene, key, make, say(NO_WAVES))
