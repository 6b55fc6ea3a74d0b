"""What is drawn along a line: one day for the first picture, then every day for the browser that plays them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from app.analysis.section_values import along, density_levels, isopycnals, layers
from app.data.matching import day_offset
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.colour_choice import colour_choice
from app.state.selection import Selection
from app.text.coordinates import position
from app.text.i18n import listed, say
from app.text.labels import day_label, is_sample, store_label
from app.text.units import Unit, unit_of
from engine.diagnostics import DISPLAY_VARIABLES
from engine.diagnostics.sections import Section, line_of, section

MOST_DRAWN = 800
"""Places of a line that are drawn; a chart is seldom more pixels wide."""

WATER = frozenset({"thetao", "so"})


@dataclass(frozen=True, eq=False)
class SectionPlan:
    """What the sections of one question share: line, variable, palette, limits in the unit shown, lines of equal density."""

    places: Section
    variable: str
    unit: Unit
    palette: str
    limits: tuple[float, float]
    densities: np.ndarray

    @property
    def units(self) -> str:
        """Return the units of the variable as they are written."""
        return self.unit.symbol

    @property
    def thin(self) -> dict[str, slice]:
        """Return which of the places are drawn."""
        return {"distance": slice(None, None, -(-self.places.lat.size // MOST_DRAWN))}

    @property
    def spots(self) -> list[str]:
        """Return the positions of the places drawn, in words."""
        drawn = self.thin["distance"]
        pairs = zip(self.places.lat[drawn], self.places.lon[drawn], strict=True)
        return [position(float(lat), float(lon), 1) for lat, lon in pairs]


@dataclass(frozen=True, eq=False)
class Day:
    """Values (depth, distance) of one day, depths of layers (distance,) by name and of equal density (density, distance)."""

    values: xr.DataArray
    layers: dict[str, xr.DataArray]
    isopycnals: xr.DataArray | None

    @property
    def lines(self) -> list[np.ndarray]:
        """Return the depths (distance,) of all lines in the order in which they are drawn."""
        equal = [] if self.isopycnals is None else list(self.isopycnals.values)
        return [*equal, *(depth.values for depth in self.layers.values())]


def section_plan(services: Services, selection: Selection, reader: FieldReader, variable: str, lead: int) -> SectionPlan:
    """Return how the chosen line is drawn, its limits from one day; raises InputError for no line or one off the grid."""
    chosen = line_of(selection.section)
    places = section(chosen.corners, chosen.straight)
    values = along(services, reader, variable, lead, places).values
    choice = colour_choice(selection, variable)
    has_water = set(reader.variables) >= WATER
    density = along(services, reader, "density", lead, places).values if has_water else np.empty(0)
    unit = unit_of(variable, selection.units)
    return SectionPlan(places, variable, unit, choice.palette, unit.limits(choice.limits_of(values)), density_levels(density))


def one_day(services: Services, reader: FieldReader, plan: SectionPlan, lead: int) -> Day:
    """Return what is drawn of one lead of a store."""
    places = plan.places
    values = plan.unit.of(along(services, reader, plan.variable, lead, places).isel(plan.thin))
    lines = {name: depth.isel(plan.thin) for name, depth in layers(services, reader, lead, places).items()}
    has_water = set(reader.variables) >= WATER
    equal = isopycnals(services, reader, lead, places, plan.densities).isel(plan.thin) if has_water else None
    return Day(values, lines, equal)


def all_days(
    services: Services, readers: list[FieldReader], plan: SectionPlan, needed: Callable[[], bool] = lambda: True
) -> list[dict[str, Any]]:
    """Return every finished day of each store as the browser plays it: the `charts` of DailySections.

    Ends early, with nothing, once it is no longer `needed`.
    """
    charts = []
    for number, reader in enumerate(readers):
        days, leads = [], reader.leads
        for lead in leads:
            if not needed():
                return []
            days.append(one_day(services, reader, plan, lead))
        charts.append({
            "figure": figure_name(number),
            "leads": leads,
            "offset": day_offset(readers[0], reader),
            "titles": [f"{title(reader, plan, lead)} ({plan.units})" for lead in leads],
            "depth": days[0].values.depth.values.tolist(),
            "values": np.array([day.values.values for day in days], np.float32).ravel(),
            "lines": np.array([day.lines for day in days], np.float32).ravel(),
        })  # fmt: skip
    return charts


def figure_name(number: int) -> str:
    """Return the name by which the browser finds the section of the first or second store."""
    return f"section-{number}"


def title(reader: FieldReader, plan: SectionPlan, lead: int) -> str:
    """Return the title of a section: variable, source and valid time."""
    day = day_label(reader.valid_time(lead), is_sample(reader.attrs))
    return listed((say(DISPLAY_VARIABLES[plan.variable].label), store_label(reader.kind, reader.attrs), day))
