"""The menu that asks the server for a file of what the address bar names, and copies that address."""

from pathlib import Path

import param
from panel.custom import JSComponent

from app.loopmap.static_files import STATIC_URL

KINDS = {
    "map.png": "Picture (PNG)",
    "map.svg": "Drawing (SVG)",
    "chart.png": "Picture of the chart (PNG)",
    "chart.svg": "Drawing of the chart (SVG)",
    "chart.csv": "Table of the chart (CSV)",
    "loop.mp4": "Film (MP4)",
    "loop.gif": "Film (GIF)",
    "data.nc": "Data of the view (NetCDF)",
    "data.zarr.zip": "Data of the view (Zarr)",
    "data.csv": "Table of the view (CSV)",
    "point.csv": "Table of the point (CSV)",
    "view.py": "Lines of Python",
}
"""File name -> what it is called."""


SKILL_KINDS = {
    "skill.csv": "Table of all scores (CSV)",
    "skill.png": "Picture of the charts (PNG)",
    "skill.svg": "Drawing of the charts (SVG)",
}
"""What is saved where scores are shown instead of maps."""


SCRIPT = Path(__file__).parent / "save_menu.js"


class SaveMenu(JSComponent):
    """A list of kinds of file, a button that saves one, and one that copies the link to this view; no state of its own."""

    kinds = param.Dict(default=KINDS, constant=True, doc="file name -> label, in order")

    shown = param.Dict(default={}, doc="key of the address -> what the page shows in place of what the address says")

    words = param.Dict(default={}, constant=True, doc="English text of the script -> that of the page.")
    static_url = param.String(default=STATIC_URL, constant=True, doc="Where the function that translates is, as LoopMap has it.")

    _esm = SCRIPT
