"""Every day of a section in the browser: the playhead picks the day, the pointer or a slider the place of the profile."""

from pathlib import Path

import param
from panel.custom import JSComponent

from app.loopmap.static_files import STATIC_URL

SCRIPT = Path(__file__).parent / "section_player.js"


class DailySections(JSComponent):
    """A slider along the line; it redraws figures by their name, without the server, whenever another day is shown.

    Each of `charts` holds `figure` (its name), `leads`, `offset` from the leads of the maps to these, `titles` of each lead,
    `depth` (z,), `values` (lead, z, m) and `lines` (lead, k, m): depths in m of the figure's lines in their order. The figures
    come from `app.charts.elements.section`, the one called `profile` from `app.charts.elements.profile` with a curve a chart.
    """

    charts = param.List(default=[], item_type=dict, doc="The sections, of the same places.")
    distance = param.List(default=[], item_type=float, doc="Kilometres from the start of the line to each place (m,).")
    places = param.List(default=[], item_type=str, doc="Position of each place in words (m,).")
    profile = param.String(default="section-profile", doc="Name of the figure with the profile.")

    words = param.Dict(default={}, constant=True, doc="English text of the script -> that of the page.")
    static_url = param.String(default=STATIC_URL, constant=True, doc="Where the function that translates is, as LoopMap has it.")

    _esm = SCRIPT
