"""The charts beside the maps and those of skill as a file: a picture with title and source, or a table."""

import logging
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import holoviews as hv
import matplotlib
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from app.analysis.places import places
from app.charts.drawings.draw import draw
from app.charts.drawings.skill import skill_drawing
from app.charts.skill import line_of as drawn_line_of
from app.charts.style import words_of_title
from app.export.chart_painter import POINTS_PER_PIXEL, SIZE, as_text, numbers, options, paint
from app.export.frame import Extent
from app.services.services import Services
from app.state.chart_kinds import CHARTS, chart_in_force, shows_a_line
from app.state.scene import Scene
from app.state.selection import Selection
from app.style.theme import INK, PAPER
from app.text.coordinates import position
from app.text.failures import failure_words
from engine import __version__
from engine.diagnostics.sections import line_of
from engine.runtime.csv_table import csv_of
from engine.runtime.errors import InputError

LOGGER = logging.getLogger(__name__)

COLUMNS = 3
WIDTH, HEIGHT = 5.2, 3.3
"""Inches of one chart."""

LONE = 1.5
"""How much wider a chart is that stands alone."""

DOTS_PER_INCH = 160
LETTERS = 15
"""Letters of a line of words that an inch has room for."""


@dataclass(frozen=True, eq=False)
class Charts:
    """Charts with the words above and below them; `lines` is a key of all: name -> colour, dash and width in pixels."""

    charts: Sequence[hv.Overlay]
    above: str
    below: str
    lines: dict[str, tuple[str, list[int], float]]


def charts_of(services: Services, selection: Selection, scene: Scene, extent: Extent, lead: int) -> Charts:
    """Return the charts that the strip below the maps shows of a scene; raises InputError where it shows none."""
    chart = CHARTS[chart_in_force(selection)]
    if chart.needs_point and not places(selection, scene):
        raise InputError("no point is chosen within the store: click the map first")
    selection.lead = lead
    found, title, said = _drawn(services, selection, replace(scene, extent=extent))
    if not found:
        raise InputError(f"there is no chart to save: {said[0] if said else 'nothing is drawn'}")
    first = scene.panels[0]
    shown, *others = dict.fromkeys(panel.title for panel in scene.panels if panel.kind == "field")
    names = " beside ".join(filter(None, (shown, " and ".join(others))))
    when = scene.times[scene.leads.index(lead)]
    day = f"from {scene.times[0]}, day {lead}, valid {when}" if first.has_lead else when
    heading = ", ".join(filter(None, (title or f"{chart.group}: {chart.label}", _where(selection, scene, extent))))
    above = f"{heading}\n{names}, {day}"
    notices = dict.fromkeys(filter(None, (first.forcing, first.notice)))
    return Charts(found, above, "\n".join(["; ".join([*said, *notices]), "GOMS Explorer"]), {})


def _drawn(services: Services, selection: Selection, scene: Scene) -> tuple[list[hv.Overlay], str, list[str]]:
    """Return the charts of the chart in force, their title, and what is said beside them or in their place."""
    found, titles, said = list[hv.Overlay](), list[str](), list[str]()
    for box in draw(selection, services, scene):
        try:
            charts, words = box.make()
        except Exception as error:
            if not isinstance(error, InputError):
                LOGGER.exception("a chart could not be made for a file")
            charts, words = [], failure_words(error)
        found += charts
        titles.append(box.title)
        said += [words] if words else []
    return found, " ".join(filter(None, titles)), said


def _where(selection: Selection, scene: Scene, extent: Extent) -> str:
    """Return the places, the line, or the field and area that the chart in force is of; empty where its title says it."""
    if shows_a_line(selection):
        return line_of(selection.section).label
    chart = CHARTS[chart_in_force(selection)]
    if chart.at_point:
        return "; ".join(f"{letter} {position(*place)}".strip() for letter, place in places(selection, scene))
    south, north, west, east = extent
    corners = f"{position(south, west, 1)} to {position(north, east, 1)}"
    return f"{scene.panels[0].quantity}, {corners}" if chart_in_force(selection) == "error" else ""


def skill_charts_of(services: Services, selection: Selection) -> Charts:
    """Return the charts of the chosen verification result; raises InputError where nothing is scored."""
    made = skill_drawing(services, selection)
    if made.result is None:
        raise InputError("nothing is scored yet, so there is nothing to save: wait for the first scores")
    lines = {label: drawn_line_of(name, made.result.models, selection.theme) for name, label in made.names.items()}
    return Charts(made.charts, f"Skill: {made.choices[made.name]}\n{made.place}", f"{made.words}\nGOMS Explorer", lines)


def picture(shown: Charts, file_format: str, theme: str = "light") -> bytes:
    """Return charts as a PNG or SVG file; text in an SVG stays text."""
    columns = min(COLUMNS, len(shown.charts))
    rows = -(-len(shown.charts) // columns)
    figure = Figure(
        figsize=(WIDTH * max(columns, LONE), HEIGHT * rows + 1.0), dpi=DOTS_PER_INCH, facecolor=PAPER[theme], layout="constrained"
    )
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, chart in zip(grid, shown.charts, strict=False):
        paint(axes, chart, theme)
    for axes in grid[len(shown.charts) :]:
        axes.remove()
    above, below = (
        "\n".join(textwrap.fill(line, int(share * LETTERS * figure.get_figwidth())) for line in words.splitlines())
        for words, share in ((shown.above, 0.8), (shown.below, 1.0))
    )
    figure.suptitle(above, x=0.012, ha="left", fontsize=SIZE + 1.5, color=INK[theme], parse_math=False)
    figure.supxlabel(below, x=0.012, ha="left", fontsize=SIZE - 0.5, color=INK[theme], parse_math=False)
    if shown.lines:
        handles = [
            Line2D([], [], color=colour, linewidth=POINTS_PER_PIXEL * width, label=name, dashes=dash or (None, None))
            for name, (colour, dash, width) in shown.lines.items()
        ]
        legend = figure.legend(
            handles=handles, loc="outside upper right", ncols=len(handles), fontsize=SIZE, labelcolor=INK[theme], frameon=False
        )
        as_text(legend)
    body = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(body, format=file_format)
    return body.getvalue()


def table(shown: Charts) -> bytes:
    """Return the numbers of charts as CSV, after lines that say what they are."""
    axes = (options(chart, "plot") for chart in shown.charts)
    said = [
        *shown.above.splitlines(),
        *(
            f"{words_of_title(how.get('title', ''))}: {how.get('xlabel') or 'distance (km)'}; {how.get('ylabel', '')}"
            for how in axes
        ),
        *shown.below.splitlines()[:-1],
        "a picture's values stand every 5 m, between the levels of the store" if _has_image(shown) else "",
        f"GOMS Explorer {__version__}",
    ]
    return csv_of(numbers(shown.charts), [line for line in said if line]).encode()


def _has_image(shown: Charts) -> bool:
    return any(isinstance(element, hv.Image) and "depth" in element for chart in shown.charts for element in chart)
