"""The shown variable over distance along a line and lead, at the chosen depth: a chart for each store (Hovmoller diagrams)."""

from app.analysis.places import drawn_readers
from app.analysis.section_values import over_time
from app.charts.drawings.drawing import Charts, Drawing
from app.charts.elements import hovmoller
from app.data.matching import day_offset
from app.services.services import Services
from app.state.colour_choice import colour_choice
from app.state.scene import Scene, quantity_label, shown_depth, shown_variable, time_axis
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import store_label
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES
from engine.diagnostics.sections import line_of, section
from engine.runtime.errors import InputError


def section_time(selection: Selection, services: Services, scene: Scene) -> Drawing:
    """Return every finished day of a scene along the chosen line, two charts beside each other."""
    readers = drawn_readers(scene)
    variable = shown_variable(selection, scene)
    shown, choice = DISPLAY_VARIABLES[variable], colour_choice(selection, variable)
    _, metres = shown_depth(selection, scene.depths)
    what = quantity_label(variable, "value", metres if scene.depths else None)
    unit = unit_of(variable, selection.units)
    theme, axis, line = selection.theme, time_axis(scene), selection.section

    def make() -> Charts:
        try:
            chosen = line_of(line)
            places = section(chosen.corners, chosen.straight)
            found = []
            for reader in readers:
                if not set(shown.needs) <= set(reader.variables) or not reader.leads:
                    continue
                values = over_time(services, reader, variable, reader.leads, metres, places)
                values = values.assign_coords(lead=values.lead - day_offset(readers[0], reader))
                found.append((listed((what, store_label(reader.kind, reader.attrs), say(chosen.label))), values))
        except InputError as error:
            return [], str(error)
        if not found:
            return [], say("There is no {field} in this store.", field=say(shown.label).lower())
        limits = unit.limits(choice.limits_of(found[0][1].values))
        look = unit.symbol, choice.palette, limits, theme, axis
        return [hovmoller(unit.of(values), words, *look) for words, values in found], ""

    stores = tuple((reader.identifier, tuple(reader.leads)) for reader in readers)
    colours = selection.palette, selection.range_mode, selection.limits, selection.units
    return Drawing((line, variable, metres, colours, theme, stores), make)
