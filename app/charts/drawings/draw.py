"""The table of charts: from the name of a chart in the address to the drawings that it consists of."""

from collections.abc import Callable

from app.charts.drawings.drawing import Drawing
from app.charts.drawings.error import error
from app.charts.drawings.kuroshio_axis import kuroshio_axis
from app.charts.drawings.plankton import plankton
from app.charts.drawings.point import profile, series
from app.charts.drawings.sea_state import sea_state
from app.charts.drawings.section import section_and_profile
from app.charts.drawings.section_time import section_time
from app.charts.drawings.water import depth_time, layering, temperature_salinity
from app.services.services import Services
from app.state.chart_kinds import chart_in_force
from app.state.scene import Scene
from app.state.selection import Selection

Draw = Callable[[Selection, Services, Scene], Drawing | None]

DRAWN: dict[str, tuple[Draw, ...]] = {
    "axis": (kuroshio_axis,),
    "sea-state": (sea_state,),
    "plankton": (plankton,),
    "error": (error,),
    "point": (series, profile),
    "water": (temperature_salinity,),
    "layering": (layering,),
    "depth-time": (depth_time,),
    "section": (section_and_profile,),
    "section-time": (section_time,),
}
"""Name of a kind of `app.state.chart_kinds` -> what draws each of its boxes."""


def draw(selection: Selection, services: Services, scene: Scene) -> list[Drawing]:
    """Return the boxes of the chart in force; those that have nothing to show of the scene are left out."""
    boxes = (each(selection, services, scene) for each in DRAWN[chart_in_force(selection)])
    return [box for box in boxes if box is not None]
