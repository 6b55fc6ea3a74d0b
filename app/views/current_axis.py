"""The axis of the Kuroshio: its mean latitude over the leads as a chart, and its path on the maps."""

from collections.abc import Callable
from typing import Any

import xarray as xr

from app.analysis.kuroshio_axis import axes_on_maps, latitude_by_lead, readers_with_axis
from app.charts.elements import series
from app.charts.style import Key
from app.loopmap import pack_path
from app.services.services import Services
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import say
from app.views.background import ChartBox, Latest
from app.views.point import curve_name, drawn_readers
from engine.diagnostics.current_axis import EAST, WEST

NO_AXIS = "No line of sea surface height passes through 141-153°E in this store."
Paths = dict[str, dict[str, str]]


class CurrentAxisView:
    """One plot: the latitude of the axis by lead, of every store on the maps."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection, self.services = selection, services
        self.box = ChartBox(1)
        self.layout = self.box.layout
        self._latest = Latest(services, self.box.fail)

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


class AxisLines:
    """The axis of each store on its map, handed on as `draw({key of a map: {lead: packed path}})`."""

    def __init__(self, selection: Selection, services: Services, draw: Callable[[Paths], None]) -> None:
        self.selection, self.services, self._draw = selection, services, draw
        self._latest = Latest(services)

    def show(self, scene: Scene) -> None:
        """Draw the axes where the view shows the Kuroshio and its forecast, none elsewhere."""
        readers = readers_with_axis(self.selection, scene)
        if not readers:
            self._latest.forget()
            self._draw({})
            return

        def make() -> Paths:
            found = axes_on_maps(self.services, self.selection, scene)
            return {key: {str(lead): pack_path(places) for lead, places in each.items()} for key, each in found.items()}

        asked = tuple((key, reader.identifier, tuple(reader.leads)) for key, reader in readers.items())
        self._latest.run(asked, make, self._draw)
