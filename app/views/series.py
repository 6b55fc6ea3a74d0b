"""Time series over the leads at the clicked point, forecast and reference in one plot."""

from typing import Any

import xarray as xr

from app.elements import series
from app.readers import FieldReader, day_offset
from app.scene import Scene, quantity_label, shown_depth, shown_variable
from app.scores import point_values
from app.selection import Selection
from app.services import Services
from app.views.background import Latest, chart_pane
from app.words import store_label
from engine.derived import DISPLAY_VARIABLES


class SeriesView:
    """One plot of the shown variable and depth over lead."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self._latest = Latest(services)
        self._shown: Any = None
        self.layout = chart_pane()

    def show(self, scene: Scene) -> None:
        """Draw the series of a scene at the chosen point."""
        point = self.selection.point
        if point is None or scene.primary is None:
            return
        variable = shown_variable(self.selection, scene)
        readers = [reader for reader in (scene.primary, scene.comparison) if reader is not None]
        asked = (point, variable, self.selection.depth, self.selection.theme, *((r.identifier, tuple(r.leads)) for r in readers))
        if asked == self._shown:
            return
        self._shown = asked
        _, metres = shown_depth(self.selection, scene.depths)
        what = quantity_label(variable, "value", metres if scene.depths else None)
        theme = self.selection.theme

        def work() -> Any:
            curves: dict[str, xr.DataArray] = {}
            for reader in readers:
                curve = point_series(self.services, readers[0], reader, variable, metres, point)
                curves[distinct(store_label(reader.kind, reader.attrs), curves)] = curve
            return series(curves, what, DISPLAY_VARIABLES[variable].units, theme)

        self._latest.run(work, self._draw)

    def _draw(self, drawn: Any) -> None:
        self.layout.object = drawn


def point_series(
    services: Services, primary: FieldReader, reader: FieldReader, variable: str, metres: float, point: tuple[float, float]
) -> xr.DataArray:
    """Return a variable at a point and depth over the leads of `primary`, whatever day `reader` began on."""
    offset = day_offset(primary, reader)
    leads = [lead for lead in reader.leads if lead - offset in set(primary.all_leads)]
    values = point_values(services, reader, variable, *point, leads).sel(depth=metres, method="nearest")
    return values.assign_coords(lead=[lead - offset for lead in leads])


def distinct(label: str, taken: dict[str, Any]) -> str:
    """Return `label`, or a second name where it is taken."""
    return label if label not in taken else f"{label} (2)"
