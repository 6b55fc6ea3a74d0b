"""The axis of the Kuroshio: its mean latitude over the leads as a chart, and its path on the maps."""

from typing import Any

import xarray as xr

from app.analysis.kuroshio_axis import latitude_by_lead
from app.charts.elements import series
from app.charts.style import Key
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import say
from app.views.charts.point import curve_name, drawn_readers
from app.views.widgets.chart_box import ChartBox
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics.current_axis import EAST, WEST

NO_AXIS = "No line of sea surface height passes through 141-153°E in this store."
Paths = dict[str, dict[str, str]]


class CurrentAxisView:
    """One plot: the latitude of the axis by lead, of every store on the maps."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection, self.services = selection, services
        self.box = ChartBox(1)
        self.layout = self.box.layout
        self._latest = LatestOnly(services, self.box.fail)

    def show(self, scene: Scene) -> str:
        """Draw the latitudes of a scene."""
        primary, readers = scene.primary, drawn_readers(scene)
        assert primary is not None
        theme, axis = self.selection.theme, time_axis(scene)

        def make() -> list[Any]:
            curves: dict[Key, xr.DataArray] = {}
            for reader in readers:
                values = latitude_by_lead(self.services, primary, reader)
                if values.notnull().any():
                    curves[curve_name(reader, {str(key): None for key in curves})] = values
            title = say("Mean latitude of the axis, {west:g}-{east:g}°E", west=WEST, east=EAST)
            # Three long names would cover the curves.
            return [series(curves, title, "°N", theme, axis).opts(legend_position="bottom", legend_cols=2)] if curves else []

        asked = theme, tuple((reader.identifier, tuple(reader.leads)) for reader in readers)
        self._latest.run(asked, make, lambda made: self.box.put(made, say(NO_AXIS)))
        return ""
