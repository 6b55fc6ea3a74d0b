"""The axis of the Kuroshio: its mean latitude over the leads."""

import xarray as xr

from app.analysis.kuroshio_axis import latitude_by_lead
from app.analysis.places import curve_name, drawn_readers
from app.charts.drawings.drawing import Charts, Drawing
from app.charts.elements import series
from app.charts.style import Key
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import say
from engine.diagnostics.current_axis import EAST, WEST

NO_AXIS = "No line of sea surface height passes through 141-153°E in this store."


def kuroshio_axis(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return one plot: the latitude of the axis by lead, of every store on the maps."""
    primary, readers = scene.primary, drawn_readers(scene)
    assert primary is not None
    theme, axis = selection.theme, time_axis(scene)

    def make() -> Charts:
        curves: dict[Key, xr.DataArray] = {}
        for reader in readers:
            values = latitude_by_lead(services, primary, reader)
            if values.notnull().any():
                curves[curve_name(reader, {str(key): None for key in curves})] = values
        if not curves:
            return [], say(NO_AXIS)
        title = say("Mean latitude of the axis, {west:g}-{east:g}°E", west=WEST, east=EAST)
        # Below the chart, because three long names would cover the curves.
        return [series(curves, title, "°N", theme, axis).opts(legend_position="bottom", legend_cols=2)], ""

    return Drawing((theme, tuple((reader.identifier, tuple(reader.leads)) for reader in readers)), make)
