"""The water at the chosen point and the pins: temperature over salinity, density and stability, depth over time."""

from typing import Any

import xarray as xr

from app.charts.elements import hovmoller, profile, temperature_salinity
from app.charts.style import Key
from app.services.services import Services
from app.state.colour_choice import colour_choice
from app.state.scene import Scene, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import store_label
from app.text.units import unit_of
from app.views.charts.point import PointCharts, at_place, drawn_readers, only_product, places, variable_with_depth, when, where
from app.views.charts.profile import nearest_lead
from engine.diagnostics import DISPLAY_VARIABLES

LAYERING = ("density", "stability")


class TemperatureSalinityView(PointCharts):
    """Temperature over salinity down the column, with lines of equal density."""

    def __init__(self, selection: Selection, services: Services) -> None:
        super().__init__(selection, services)
        self.box.panes[0].max_width = 720  # stretched over the page, the curves would lie flat

    def show(self, scene: Scene) -> str:
        """Draw the diagram of a scene at the day where the playhead rests."""
        assert scene.primary is not None
        lead = nearest_lead(self.selection.lead, scene.primary.leads)
        theme, spot, day = self.selection.theme, where(self.selection, scene), when(scene, lead or 0)
        unit = unit_of("thetao", self.selection.units)

        def make() -> list[Any]:
            warmth, salt = (self.at_places(scene, name, [] if lead is None else [lead]) for name in ("thetao", "so"))
            columns: dict[Key, xr.Dataset] = {
                key: xr.Dataset({"thetao": warmth[key].isel(lead=0), "so": salt[key].isel(lead=0)})
                for key in warmth
                if key in salt and warmth[key].sizes["depth"] > 1
            }
            title = listed((say("Water"), only_product(columns), spot, day))
            return [temperature_salinity(columns, title, theme, unit)] if columns else []

        self.draw(scene, lead, make)
        return ""


class LayeringView(PointCharts):
    """Profiles of density and of its stability, the squared buoyancy frequency."""

    def __init__(self, selection: Selection, services: Services) -> None:
        super().__init__(selection, services, count=len(LAYERING))

    def show(self, scene: Scene) -> str:
        """Draw the profiles of a scene at the day where the playhead rests."""
        assert scene.primary is not None
        lead = nearest_lead(self.selection.lead, scene.primary.leads)
        theme, day = self.selection.theme, when(scene, lead or 0)

        def make() -> list[Any]:
            charts = []
            for name in LAYERING:
                shown = DISPLAY_VARIABLES[name]
                curves = self.at_places(scene, name, [] if lead is None else [lead])
                curves = {key: values.isel(lead=0) for key, values in curves.items() if values.sizes["depth"] > 1}
                if curves:
                    title = listed((say(shown.label), only_product(curves), day))
                    charts.append(profile(curves, title, shown.units, theme))
            return charts

        self.draw(scene, lead, make)
        return ""


class DepthTimeView(PointCharts):
    """The shown variable over lead and depth at one place, a chart for each store (Hovmoller diagrams)."""

    def __init__(self, selection: Selection, services: Services) -> None:
        super().__init__(selection, services, count=2)

    def show(self, scene: Scene) -> str:
        """Draw the diagrams of a scene at the chosen point, else at the first pin."""
        assert scene.primary is not None
        selection = self.selection
        variable, leads, axis = variable_with_depth(selection, scene), scene.primary.all_leads, time_axis(scene)
        letter, place = places(selection, scene)[0]
        shown, choice, theme = DISPLAY_VARIABLES[variable], colour_choice(selection, variable), selection.theme
        unit = unit_of(variable, selection.units)
        spot = where(selection, scene)
        if len(places(selection, scene)) > 1:
            spot = say("at {letter}", letter=letter) if letter else say("at the point")

        def make() -> list[Any]:
            found = {}
            for reader in drawn_readers(scene):
                values = at_place(self.services, scene, reader, variable, place, leads)
                if values is not None and values.sizes["depth"] > 1 and values.notnull().any():
                    title = listed((say(shown.label), store_label(reader.kind, reader.attrs), spot))
                    found[reader.identifier] = title, values
            if not found:
                return []
            limits = unit.limits(choice.limits_of(next(iter(found.values()))[1].values))
            return [
                hovmoller(unit.of(values), title, unit.symbol, choice.palette, limits, theme, axis)
                for title, values in found.values()
            ]

        self.draw(scene, (variable, selection.palette, selection.range_mode, selection.limits), make)
        return ""
