"""The axis of the Kuroshio as a line on the maps."""

from collections.abc import Callable

from app.analysis.kuroshio_axis import axes_on_maps, readers_with_axis
from app.loopmap import pack_path
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.views.widgets.latest_only import LatestOnly

Paths = dict[str, dict[str, str]]


class AxisLines:
    """The axis of each store on its map, handed on as `draw({key of a map: {lead: packed path}})`."""

    def __init__(self, selection: Selection, services: Services, draw: Callable[[Paths], None]) -> None:
        self.selection, self.services, self._draw = selection, services, draw
        self._latest = LatestOnly(services.background)

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
