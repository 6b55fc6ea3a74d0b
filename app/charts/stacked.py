"""Charts of classes over lead time: stacked shares and concentrations, and a curve over named bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import holoviews as hv
import numpy as np
import xarray as xr

from app.charts.style import FONT_SIZE, Key, each_day, framed, lone_marks, styled
from app.style.palettes import colours
from app.style.theme import INK, PLANKTON_COLOURS
from app.text.i18n import say
from app.text.labels import LEAD_AXIS
from app.text.units import Unit
from engine.diagnostics.douglas_scale import DOUGLAS
from engine.schema.variables import PLANKTON, VARIABLES

WAVE_PALETTE = "amp"
"""Palette of the degrees of the sea, light to dark as on the map."""


LEAST_SHARE = 0.5
"""Per cent of the sea below which a degree is thinner than a line."""


@dataclass(frozen=True)
class Layer:
    """One part of a stack: its name and colour, and its values over dim `lead` in days."""

    name: str
    colour: str
    values: xr.DataArray


def sea_layers(shares: xr.DataArray) -> list[Layer]:
    """Return the degrees of the Douglas scale that can be seen in `shares` (lead, degree), in per cent."""
    tints = degree_colours()
    found = [(state, 100 * shares.sel(degree=state.degree)) for state in DOUGLAS]
    return [Layer(say(state.name), tints[state.degree], values) for state, values in found if (values > LEAST_SHARE).any()]


def plankton_layers(groups: Mapping[str, xr.DataArray]) -> list[Layer]:
    """Return the groups of phytoplankton in mg m-3 of chlorophyll, by the names of their variables."""
    return [Layer(say(VARIABLES[name].long_name), PLANKTON_COLOURS[name], groups[name]) for name in PLANKTON if name in groups]


def degree_colours() -> tuple[str, ...]:
    """Return a colour for each of the ten degrees of the Douglas scale."""
    table = colours(WAVE_PALETTE)
    return tuple(table[round(number * 235 / (len(DOUGLAS) - 1))] for number in range(len(DOUGLAS)))


def stacked(
    layers: Sequence[Layer],
    label: str,
    units: str,
    theme: str = "light",
    time_axis: str = LEAD_AXIS,
    over: Mapping[Key, xr.DataArray] | None = None,
    ylim: tuple[float, float] | None = None,
) -> hv.Overlay:
    """Return parts stacked from zero over lead time, the first at the bottom, and curves `over` them such as their total."""
    drawn: list[hv.Element] = []
    below: np.ndarray | float = 0.0
    for layer in layers:
        values = each_day(layer.values)
        above = below + values.values
        edges = (values.lead.values, above, np.broadcast_to(below, above.shape))
        area = hv.Area(edges, "lead", ["top", "bottom"], label=layer.name)
        drawn.append(area.opts(color=layer.colour, line_color=None, fill_alpha=0.9))
        below = above
    for _, name, known, style in styled(over or {}, theme):
        curve = each_day(known)
        line = hv.Curve((curve.lead.values, curve.values), "lead", "top", label=name)
        drawn.append(line.opts(**style | {"color": INK[theme], "show_legend": True}, tools=["hover"]))
        drawn += lone_marks(curve, {"color": INK[theme]}, "top")
    options: dict[str, Any] = {} if ylim is None else {"ylim": ylim}
    return framed(
        hv.Overlay(drawn), theme, "right", title=label, xlabel=time_axis, ylabel=units, hooks=[_legend_as_stacked], **options
    )


def _legend_as_stacked(plot: Any, _: Any) -> None:
    """Make the legend as low as the chart, its entries in the order of the stack."""
    for box in plot.state.legend:
        box.items = list(reversed(box.items))
        box.glyph_width = box.glyph_height = box.label_height = 10
        box.label_text_font_size = "10px"
        box.label_standoff = 4
        box.spacing = box.padding = box.margin = 1


def wave_series(
    curves: Mapping[Key, xr.DataArray], label: str, unit: Unit, theme: str = "light", time_axis: str = LEAD_AXIS
) -> hv.Overlay:
    """Return significant wave height over lead time on the bands of the Douglas scale: m over dim `lead`, drawn in `unit`."""
    curves = {key: unit.of(curve) for key, curve in curves.items()}
    highest = max(float(curve.max()) for curve in curves.values())
    first, last = (float(end([end(curve.lead.values) for curve in curves.values()])) for end in (np.min, np.max))
    top = 1.12 * highest
    tints = degree_colours()
    drawn: list[hv.Element] = []
    for state in DOUGLAS:
        low, high = unit.of(state.low), min(unit.of(state.high), top)
        if low >= top:
            break
        drawn.append(hv.HSpan(low, high).opts(color=tints[state.degree], alpha=0.4, line_color=None))
        if high - low > 0.09 * top:  # a thinner band has no room for a label
            words = hv.Labels(([first], [(low + high) / 2], [say(state.name)]), ["lead", "value"], "text")
            drawn.append(
                words.opts(text_color=INK[theme], text_font_size=FONT_SIZE, text_align="left", text_alpha=0.8, xoffset=0.2)
            )
    for letter, name, known, style in styled(curves, theme):
        curve = each_day(known)
        shown = " ".join(filter(None, (letter, name if style.pop("show_legend") else "")))
        line = hv.Curve((curve.lead.values, curve.values), "lead", "value", label=shown)
        drawn.append(line.opts(**style, tools=["hover"], show_legend=bool(shown)))
        drawn += lone_marks(curve, style)
    around = (first, last) if first < last else (first - 0.5, last + 0.5)
    return framed(hv.Overlay(drawn), theme, title=label, xlabel=time_axis, ylabel=unit.symbol, ylim=(0, top), xlim=around)
