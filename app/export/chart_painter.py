"""Charts of the page drawn with Matplotlib: the same elements, so that picture and page agree; and as a table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.legend import Legend
from matplotlib.ticker import FuncFormatter, MaxNLocator

from app.charts.style import words_of_title
from app.style.theme import INK, PAPER, RULE

POINTS_PER_PIXEL = 0.75
SIZE = 7.5
"""Points of the words of a chart."""

DASHES = {"solid": [], "dashed": [6, 3], "dotted": [2, 3]}
BASELINES = {"middle": "center", "top": "top", "bottom": "bottom"}
OUTSIDE = {"right": ("center left", (1.0, 0.5)), "bottom": ("upper center", (0.5, -0.16))}
"""Legends outside the frame: what of them lies where, as shares of its width and height."""


def options(element: Any, group: str) -> dict[str, Any]:
    """Return what an element was given for the page's own plots, of the group `style` or `plot`."""
    return dict(hv.Store.lookup_options("bokeh", element, group).kwargs)


def paint(axes: Axes, chart: hv.Overlay, theme: str) -> None:
    """Draw a chart; raises KeyError for a kind of element that no chart of the page has."""
    how, ink = options(chart, "plot"), INK[theme]
    if how.get("show_grid", True) and not any(isinstance(element, hv.Image) for element in chart):
        axes.grid(color=RULE[theme], linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    for element in chart:
        PAINTERS[type(element)](axes, element, options(element, "style"))
    axes.set_facecolor(PAPER[theme])
    axes.set_title(words_of_title(how.get("title", "")), loc="left", fontsize=SIZE + 0.5, color=ink, parse_math=False)
    axes.set_xlabel(how.get("xlabel", ""), fontsize=SIZE, color=ink)
    axes.set_ylabel(how.get("ylabel", ""), fontsize=SIZE, color=ink)
    axes.tick_params(colors=ink, labelsize=SIZE, color=RULE[theme])
    for spine in axes.spines.values():
        spine.set_color(RULE[theme])
    _scale(axes, how)
    _bar(axes, chart, theme)
    _legend(axes, chart, how, theme)


def _scale(axes: Axes, how: Mapping[str, Any]) -> None:
    for axis, letter in ((axes.xaxis, "x"), (axes.yaxis, "y")):
        ticks = how.get(f"{letter}ticks")
        if how.get(f"log{letter}"):
            axis.axes.set(**{f"{letter}scale": "log"})
        if isinstance(ticks, int):
            axis.set_major_locator(MaxNLocator(ticks))
        elif ticks is not None:
            axis.set_ticks(ticks, minor=False)
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_ticks([], minor=True)
        if limits := how.get(f"{letter}lim"):
            axis.axes.set(**{f"{letter}lim": limits})
    if how.get("invert_yaxis"):
        axes.invert_yaxis()
    if how.get("invert_xaxis"):
        axes.invert_xaxis()


def _bar(axes: Axes, chart: hv.Overlay, theme: str) -> None:
    """Add the colour bar of a picture in a chart."""
    figure = axes.get_figure(root=True)
    for image in axes.images[: 0 if figure is None else 1]:
        assert figure is not None
        bar = figure.colorbar(ScalarMappable(image.norm, image.cmap), ax=axes, fraction=0.03, pad=0.02, extend="both")
        bar.ax.tick_params(colors=INK[theme], labelsize=SIZE)
        bar.outline.set_edgecolor(RULE[theme])


def _legend(axes: Axes, chart: hv.Overlay, how: Mapping[str, Any], theme: str) -> None:
    shown = [each for each in axes.get_legend_handles_labels()[1] if each]
    if not shown or not how.get("show_legend", True) or len(named(chart)) < 2:
        return
    where = how.get("legend_position", "top_right")
    # The legend of a picture cannot be moved, so it is placed where it covers least.
    loc, anchor = OUTSIDE.get(where, ("best", None))
    look: dict[str, Any] = {
        "loc": loc, "bbox_to_anchor": anchor, "facecolor": PAPER[theme], "edgecolor": "none", "framealpha": 0.7,
        "labelcolor": INK[theme], "fontsize": SIZE - 0.5, "borderpad": 0.3, "labelspacing": 0.3,
    }  # fmt: skip
    legend = axes.legend(ncols=how.get("legend_cols") or 1, reverse=where == "right", **look)
    as_text(legend)


def as_text(legend: Legend) -> None:
    """Write the entries of a legend as they are: between dollars Matplotlib would read mathematics."""
    for entry in legend.get_texts():
        entry.set_parse_math(False)


def named(chart: hv.Overlay) -> list[Any]:
    """Return the elements of a chart that stand for something by their own name."""
    return [element for element in chart if element.label]


def _label(element: Any) -> str:
    # Matplotlib omits labels that begin with an underscore from a legend.
    return element.label if element.label and options(element, "plot").get("show_legend", True) else "_"


def _line(style: Mapping[str, Any]) -> dict[str, Any]:
    dash = style.get("line_dash", "solid")
    gaps = [POINTS_PER_PIXEL * length for length in (DASHES[dash] if isinstance(dash, str) else dash)]
    return {
        "color": style["color"],
        "linewidth": POINTS_PER_PIXEL * style.get("line_width", 1),
        "alpha": style.get("alpha", 1.0),
        "linestyle": (0, tuple(gaps)) if gaps else "solid",
    }


def _curve(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    axes.plot(element.dimension_values(0), element.dimension_values(1), label=_label(element), **_line(style))


def _path(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    for piece in element.split(datatype="array"):
        axes.plot(piece[:, 0], piece[:, 1], label=_label(element), **_line(style))


def _area(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    lead, one, other = (element.dimension_values(number) for number in range(3))
    strength = style.get("fill_alpha", style.get("alpha", 1.0))
    axes.fill_between(lead, one, other, color=style["color"], alpha=strength, linewidth=0, label=_label(element))


def _polygons(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    for piece in element.split(datatype="array"):
        axes.fill(*piece.T, color=style["color"], alpha=style.get("alpha", 1.0), linewidth=0, label=_label(element))


def _scatter(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    size = POINTS_PER_PIXEL * style.get("size", 4)
    axes.plot(element.dimension_values(0), element.dimension_values(1), "o", color=style["color"], markersize=size, label="_")


def _labels(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    right = options(element, "plot").get("xoffset") or 0
    for x, y, text in zip(*(element.dimension_values(number) for number in range(3)), strict=True):
        axes.text(
            x + right, y, text, color=style["text_color"], alpha=style.get("text_alpha", 1.0), size=SIZE - 0.5, clip_on=True,
            ha=style.get("text_align", "center"), va=BASELINES[style.get("text_baseline", "middle")],
            weight=style.get("text_font_style", "normal"),
        )  # fmt: skip


def _span(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    axes.axhspan(*element.data, color=style["color"], alpha=style.get("alpha", 1.0), linewidth=0)


def _image(axes: Axes, element: Any, style: Mapping[str, Any]) -> None:
    left, bottom, right, top = element.bounds.lbrt()
    axes.imshow(
        element.dimension_values(2, flat=False), extent=(left, right, bottom, top), origin="lower", aspect="auto",
        cmap=ListedColormap(style["cmap"]), norm=Normalize(*options(element, "plot")["clim"]), interpolation="nearest",
    )  # fmt: skip


PAINTERS: dict[type, Callable[[Axes, Any, Mapping[str, Any]], None]] = {
    hv.Curve: _curve,
    hv.Path: _path,
    hv.Area: _area,
    hv.Polygons: _polygons,
    hv.Scatter: _scatter,
    hv.Labels: _labels,
    hv.HSpan: _span,
    hv.Image: _image,
}


def numbers(charts: Sequence[hv.Overlay]) -> pd.DataFrame:
    """Return what charts draw as one table: a row a value, with the chart, the pin and the curve that it belongs to."""
    rows = []
    for chart in charts:
        for element in chart:
            if not (element.label and isinstance(element, (hv.Curve, hv.Path, hv.Area))) and not isinstance(element, hv.Image):
                continue
            place = "" if element.group == type(element).__name__ else element.group
            values = element.dframe().dropna()
            rows.append(
                values.assign(chart=words_of_title(options(chart, "plot").get("title", "")), place=place, curve=element.label)
            )
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["chart", "place", "curve"])
    first = ["chart", "place", "curve"]
    return table[[*first, *(name for name in table.columns if name not in first)]].replace({"place": {"": np.nan}})
