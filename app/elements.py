"""Fields, series, profiles and errors as HoloViews elements: pure functions, as good in a notebook as on the page."""

from collections.abc import Mapping
from typing import Any

import holoviews as hv
import numpy as np
import xarray as xr
from holoviews.operation import contours

from app.palettes import colour_range, colours
from app.theme import FORECAST_COLOUR, INK, PAPER, REFERENCE_COLOUR, RULE
from app.words import LEAD_AXIS

hv.extension("bokeh", logo=False)
# A few hundred points need no WebGL, and Bokeh's fails on a curve without points.
hv.renderer("bokeh").webgl = False

FONT_SIZE = "11px"
MARKED = 60
"""Longest series whose points are marked one by one."""
DEPTH_STEP = 5.0
"""Metres between rows of a drawn section; the model's own levels are 4 to 100 m apart."""

DENSITY_LINES = 8
LINE_STYLES = ("solid", "dashed", "dotted")


def field_image(field: xr.DataArray, palette: str = "thermal", range_mode: str = "auto", title: str = "") -> hv.Image:
    """Return a map of `field` (lat, lon) with its colour bar; units come from its attributes."""
    low, high = colour_range(field.values, range_mode)
    units = field.attrs.get("units", "")
    image = hv.Image(
        (field.lon.values, field.lat.values, field.values), ["lon", "lat"], hv.Dimension("value", unit=units or None)
    )
    return image.opts(
        cmap=list(colours(palette)), clim=(low, high), colorbar=True, frame_width=720, frame_height=360, title=title,
        xlabel="longitude", ylabel="latitude", tools=["hover"],
    )  # fmt: skip


def series(
    curves: Mapping[str, xr.DataArray], label: str, units: str, theme: str = "light", time_axis: str = LEAD_AXIS
) -> hv.Overlay:
    """Return values over lead time of several products: each array has dim `lead` in days and its name as key."""
    drawn = [
        hv.Curve((curve.lead.values, curve.values), "lead", "value", label=name).opts(**_line(number, theme), tools=["hover"])
        for number, (name, curve) in enumerate(curves.items())
    ]
    return _framed(hv.Overlay(drawn), theme, title=label, xlabel=time_axis, ylabel=units)


def profile(curves: Mapping[str, xr.DataArray], label: str, units: str, theme: str = "light") -> hv.Overlay:
    """Return values over depth of several products, the surface at the top: each array has dim `depth` in metres."""
    drawn = []
    for number, (name, curve) in enumerate(curves.items()):
        known = np.isfinite(curve.values)
        points = (curve.values[known], curve.depth.values[known])
        # A Path keeps the order of depth; a Curve would sort by value.
        line = hv.Path([np.column_stack(points)], ["value", "depth"], label=name).opts(**_line(number, theme))
        marks = hv.Scatter(points, "value", "depth").opts(color=_colour(number, theme), size=4, tools=["hover"])
        drawn += [line, marks]
    return _framed(hv.Overlay(drawn), theme, title=label, xlabel=units, ylabel="depth (m)", invert_yaxis=True)


def section(
    values: xr.DataArray,
    label: str,
    units: str,
    palette: str,
    limits: tuple[float, float],
    layers: Mapping[str, xr.DataArray] | None = None,
    density: xr.DataArray | None = None,
    theme: str = "light",
) -> hv.Overlay:
    """Return values (depth, distance) on a line across the ocean, the surface at the top; distance in km, depth in m.

    `layers` are depths (distance,) drawn as lines by name, `density` (depth, distance) gives lines of equal density.
    """
    even = np.arange(0, float(values.depth[-1]) + 1, DEPTH_STEP)
    drawn = [
        hv.Image((values.distance.values, even, values.interp(depth=even).values), ["distance", "depth"], "value").opts(
            cmap=list(colours(palette)), clim=limits, colorbar=True, tools=["hover"], clabel="",
            colorbar_opts={
                "width": 8, "padding": 2, "bar_line_color": None, "background_fill_alpha": 0, "major_tick_line_color": None,
                "major_label_text_color": INK[theme], "major_label_text_font_size": FONT_SIZE,
            },
        )
    ]  # fmt: skip
    if density is not None and np.isfinite(density.values).any():
        lines = hv.Image((density.distance.values, even, density.interp(depth=even).values), ["distance", "depth"], "density")
        low, high = np.nanpercentile(density.values, (5, 95))
        levels = [round(level, 1) for level in np.linspace(low, high, DENSITY_LINES)]
        equal = contours(lines, levels=sorted(set(levels)))
        drawn.append(equal.opts(color=INK["light"], line_width=0.7, alpha=0.6, cmap=[INK["light"]], show_legend=False))
    for number, (name, depth) in enumerate((layers or {}).items()):
        curve = hv.Curve((depth.distance.values, depth.values), "distance", "depth", label=name)
        drawn.append(curve.opts(color="#ffffff", line_width=2, line_dash=LINE_STYLES[number % 3]))
    return _framed(
        hv.Overlay(drawn), theme, "bottom_right", title=f"{label} ({units})", xlabel="distance (km)", ylabel="depth (m)",
        invert_yaxis=True, xticks=6, yticks=5,
    )  # fmt: skip


def error_by_lead(
    error: xr.DataArray, label: str, units: str, theme: str = "light", at_least_zero: bool = True, time_axis: str = LEAD_AXIS
) -> hv.Overlay:
    """Return one score over lead time; dim `lead` in days."""
    curve = hv.Curve((error.lead.values, error.values), "lead", "value")
    marks = hv.Scatter((error.lead.values, error.values), "lead", "value")
    size = 4 if error.lead.size <= MARKED else 0
    known = error.values[np.isfinite(error.values)]
    limits: tuple[float, float] = (min(0.5, float(known.min()) - 0.05), 1.0) if known.size else (0.0, 1.0)
    if at_least_zero and known.size:
        limits = (0.0, float(known.max()) * 1.1 or 1.0)
    overlay = curve.opts(**_line(0, theme)) * marks.opts(color=_colour(0, theme), size=size, tools=["hover"])
    return _framed(overlay, theme, title=label, xlabel=time_axis, ylabel=units, ylim=limits, show_legend=False)


def _colour(number: int, theme: str) -> str:
    return (FORECAST_COLOUR, REFERENCE_COLOUR, INK)[number % 3][theme]


def _line(number: int, theme: str) -> dict[str, Any]:
    return {"color": _colour(number, theme), "line_width": 2, "line_dash": LINE_STYLES[number % 3]}


def _framed(overlay: hv.Overlay, theme: str, legend: str = "top_right", **options: Any) -> hv.Overlay:
    """Return the overlay in the page's dress."""

    def dress(plot: Any, _: Any) -> None:
        figure = plot.state
        figure.background_fill_alpha = figure.border_fill_alpha = 0
        figure.outline_line_color = None
        figure.title.text_color = INK[theme]
        figure.title.text_font_style = "normal"
        figure.title.text_font_size = "12px"
        for axis in figure.axis:
            axis.axis_line_color = axis.major_tick_line_color = RULE[theme]
            axis.minor_tick_line_color = None
            axis.axis_label_text_color = axis.major_label_text_color = INK[theme]
            axis.axis_label_text_font_style = "normal"
            # HoloViews hands font sizes to some kinds of element alone.
            axis.axis_label_text_font_size = axis.major_label_text_font_size = FONT_SIZE
        figure.grid.grid_line_color = RULE[theme]
        for box in figure.legend:
            box.background_fill_alpha = 0.6
            box.background_fill_color = PAPER[theme]
            box.border_line_color = None
            box.label_text_color = INK[theme]
            box.label_text_font_size = FONT_SIZE
            box.padding = box.margin = box.spacing = 2

    return overlay.opts(
        hv.opts.Overlay(responsive=True, min_height=100, hooks=[dress], toolbar=None, legend_position=legend, **options)
    )
