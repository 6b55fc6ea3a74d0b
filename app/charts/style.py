"""The style of a chart: colours and dashes of its curves, fonts, axes and legend, light and dark."""

from collections.abc import Iterable, Mapping
from typing import Any

import holoviews as hv
import numpy as np
import xarray as xr
from bokeh.models import HoverTool

from app.style.theme import FORECAST_COLOUR, INK, PAPER, PIN_COLOURS, REFERENCE_COLOUR, RULE
from app.text.coordinates import PIN_LETTERS
from app.text.i18n import listed, say

hv.extension("bokeh", logo=False)
# A few hundred points need no WebGL, and Bokeh's WebGL fails on a curve without points.
hv.renderer("bokeh").webgl = False

FONT_SIZE = "11px"
LINE_STYLES = ("solid", "dashed", "dotted")

Key = str | tuple[str, str]
"""Name of a product, or (letter of a place, product)."""

Points = tuple[np.ndarray, np.ndarray]
"""Values (n,) along the horizontal and the vertical axis."""

LEGEND_SHARE = 0.36, 0.34
"""Width and height of a legend of two entries as a share of a chart of common size."""

BETWEEN = 8
"""Points that stand for a straight piece of a curve."""


def colour(number: int, theme: str) -> str:
    """Return the colour of the first, second or third product at one place."""
    return (FORECAST_COLOUR, REFERENCE_COLOUR, INK)[number % 3][theme]


def line(number: int, theme: str) -> dict[str, Any]:
    """Return colour, width and dash of the curve of a product at one place."""
    return {"color": colour(number, theme), "line_width": 2, "line_dash": LINE_STYLES[number % 3]}


def styled(
    curves: Mapping[Key, xr.DataArray] | Mapping[Key, xr.Dataset], theme: str
) -> list[tuple[str, str, Any, dict[str, Any]]]:
    """Return (letter, product, values, style) of each curve.

    Products have their dash; at one place their colour, too, at several each place has its own.
    The legend names a product once, and none where there is but one: the title does.
    """
    keys = [key if isinstance(key, tuple) else ("", key) for key in curves]
    letters, products = ([*dict.fromkeys(key[part] for key in keys)] for part in (0, 1))
    found = []
    for (letter, product), values in zip(keys, curves.values(), strict=True):
        style = line(products.index(product), theme)
        if len(letters) > 1:
            style["color"] = PIN_COLOURS[theme][PIN_LETTERS.index(letter)] if letter else FORECAST_COLOUR[theme]
        style["show_legend"] = len(products) > 1 and letter == letters[0]
        found.append((letter, product, values, style))
    return found


def each_day(values: xr.DataArray) -> xr.DataArray:
    """Return values over dim `lead` in whole days with NaN on days that are not there, so that no line or area spans them."""
    leads = values.lead.values
    return values if leads.size < 2 else values.reindex(lead=np.arange(leads.min(), leads.max() + 1))


def lone_marks(curve: xr.DataArray, style: Mapping[str, Any], value: str = "value") -> list[hv.Scatter]:
    """Return marks on the values of a curve over `lead` that are known on neither side, where a line draws nothing."""
    known = np.concatenate([[False], np.isfinite(curve.values), [False]])
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    if not alone.any():
        return []
    marks = hv.Scatter((curve.lead.values[alone], curve.values[alone]), "lead", value)
    return [marks.opts(color=style["color"], size=6, tools=["hover"], show_legend=False)]


def clearest_corner(curves: Iterable[Points], preferred: str, upside_down: bool = False) -> str:
    """Return the corner of a plot in which least of the curves (x, y) lies, `preferred` among equals; such as `top_left`.

    `upside_down` is a plot whose vertical axis grows downwards.
    """
    drawn = [np.array(points, dtype=float) for points in curves]
    known = [points[:, np.isfinite(points).all(axis=0)] for points in drawn]
    ends = np.concatenate(known, axis=1) if known else np.empty((2, 0))
    if not ends.size:
        return preferred
    low, span = ends.min(axis=1, keepdims=True), np.ptp(ends, axis=1, keepdims=True)
    # Points are added along straight pieces, because a profile has few.
    steps = np.linspace(0, 1, BETWEEN, endpoint=False)
    pieces = [(each[:, :-1, None] + np.diff(each)[:, :, None] * steps).reshape(2, -1) for each in known]
    x, y = (np.concatenate([*pieces, ends], axis=1) - low) / np.where(span > 0, span, 1)
    if upside_down:
        y = 1 - y
    width, height = LEGEND_SHARE
    across = {"right": x > 1 - width, "left": x < width}
    upwards = {"top": y > 1 - height, "bottom": y < height}
    covered = {f"{row}_{side}": int((up & there).sum()) for row, up in upwards.items() for side, there in across.items()}
    return min(covered, key=lambda corner: (covered[corner], corner != preferred))


def colour_bar(theme: str) -> dict[str, Any]:
    """Return the options of an image with a slim colour bar."""
    return {
        "colorbar": True,
        "tools": ["hover"],
        "clabel": "",
        "colorbar_opts": {
            "width": 8, "padding": 2, "bar_line_color": None, "background_fill_alpha": 0, "major_tick_line_color": None,
            "major_label_text_color": INK[theme], "major_label_text_font_size": FONT_SIZE,
        },
    }  # fmt: skip


def as_title(words: str) -> str:
    """Return the title that HoloViews, which fills in whatever stands in braces, writes as these very words."""
    return words.replace("{", "{{").replace("}", "}}")


def words_of_title(title: str) -> str:
    """Return the words that `as_title` was given."""
    return title.replace("{{", "{").replace("}}", "}")


def framed(overlay: hv.Overlay, theme: str, legend: str = "top_right", **options: Any) -> hv.Overlay:
    """Return the overlay in the style of the page; `name` is what the browser finds the figure by."""
    name = options.pop("name", None)
    said = [options.get(each, "") for each in ("title", "ylabel", "xlabel")]
    if "title" in options:
        options["title"] = as_title(options["title"])

    def set_style(plot: Any, _: Any) -> None:
        figure = plot.state
        figure.name = name
        # Bokeh draws on a canvas: a screen reader reads the title of a chart and the labels of its axes.
        figure.html_attributes = {"role": "img", "aria-label": listed([say("Chart"), *said])}
        figure.background_fill_alpha = figure.border_fill_alpha = 0
        figure.outline_line_color = None
        figure.title.text_color = INK[theme]
        figure.title.text_font_style = "normal"
        figure.title.text_font_size = FONT_SIZE
        for axis in figure.axis:
            axis.axis_line_color = axis.major_tick_line_color = RULE[theme]
            axis.minor_tick_line_color = None
            axis.axis_label_text_color = axis.major_label_text_color = INK[theme]
            axis.axis_label_text_font_style = "normal"
            # HoloViews passes font sizes to some kinds of element only.
            axis.axis_label_text_font_size = axis.major_label_text_font_size = FONT_SIZE
        figure.grid.grid_line_color = RULE[theme]
        for tool in figure.select({"type": HoverTool}):
            tool.tooltips = [(say(label), value) for label, value in tool.tooltips]
        for box in figure.legend:
            box.background_fill_alpha = 0.6
            box.background_fill_color = PAPER[theme]
            box.border_line_color = None
            box.label_text_color = INK[theme]
            box.label_text_font_size = FONT_SIZE
            box.padding = box.margin = box.spacing = 2

    hooks = [set_style, *options.pop("hooks", [])]
    return overlay.opts(
        hv.opts.Overlay(responsive=True, min_height=100, hooks=hooks, toolbar=None, legend_position=legend, **options)
    )
