"""Time series over the leads at the clicked point, forecast and reference in one plot."""

from typing import Any

import xarray as xr

from app.elements import series
from app.readers import FieldReader, day_offset
from app.scene import Scene, quantity_label, shown_depth, shown_variable, time_axis
from app.scores import point_values
from app.services import Services
from app.views.point import PointChart, curve_name, drawn_readers
from engine.derived import DISPLAY_VARIABLES


class SeriesView(PointChart):
    """One plot of the shown variable and depth over lead."""

    def show(self, scene: Scene) -> None:
        """Draw the series of a scene at the chosen point."""
        point, readers = self.selection.point, drawn_readers(scene)
        if point is None or scene.primary is None:
            return
        variable = shown_variable(self.selection, scene)
        _, metres = shown_depth(self.selection, scene.depths)
        what = quantity_label(variable, "value", metres if scene.depths else None)
        theme, axis = self.selection.theme, time_axis(scene)

        def make() -> Any:
            curves: dict[str, xr.DataArray] = {}
            for reader in readers:
                curve = point_series(self.services, readers[0], reader, variable, metres, point)
                if curve.notnull().any():
                    curves[curve_name(reader, curves)] = curve
            return series(curves, what, DISPLAY_VARIABLES[variable].units, theme, axis) if curves else None

        self.draw((variable, metres, *((reader.identifier, tuple(reader.leads)) for reader in readers)), make)


def point_series(
    services: Services, primary: FieldReader, reader: FieldReader, variable: str, metres: float, point: tuple[float, float]
) -> xr.DataArray:
    """Return a variable at a point and depth over the leads of `primary`, whatever day `reader` began on."""
    offset = day_offset(primary, reader)
    leads = [lead for lead in reader.leads if lead - offset in set(primary.all_leads)]
    values = point_values(services, reader, variable, *point, leads).sel(depth=metres, method="nearest")
    return values.assign_coords(lead=[lead - offset for lead in leads])
