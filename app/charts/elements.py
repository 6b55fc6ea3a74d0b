"""Fields, series, profiles, sections and errors as HoloViews elements: pure functions, for the page and for notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import holoviews as hv
import numpy as np
import xarray as xr
from bokeh.models import CustomJS

from app.charts.skill import line_of
from app.charts.style import (
    FONT_SIZE,
    LINE_STYLES,
    Key,
    as_title,
    clearest_corner,
    colour,
    colour_bar,
    each_day,
    framed,
    line,
    lone_marks,
    styled,
)
from app.style.colour_limits import colour_range
from app.style.palettes import colours
from app.style.theme import INK
from app.text.i18n import say
from app.text.labels import LEAD_AXIS
from app.text.units import Unit
from engine.diagnostics.layers import equal_density, potential_density

MARKED = 60
"""Longest series whose points are marked one by one."""
DEPTH_STEP = 5.0
"""Metres between rows of a drawn section; the model's own levels are 4 to 100 m apart."""

CELSIUS = Unit("°C")
DENSITY_LINES = 8
NAMED_DEPTHS = (0.0, 100.0, 200.0, 300.0, 500.0)
"""Metres written beside the curve in a diagram of temperature and salinity."""

BAND_ALPHA = 0.22

POINTER = """
document.dispatchEvent(new CustomEvent("goms-place", { detail: cb_obj.x }));
"""
"""Tells the page where along a section the pointer is."""


@dataclass(frozen=True, eq=False)
class Spread:
    """How far apart those lie that a curve is the mean of: by the curve's place and product, and in words with their number."""

    about: Mapping[tuple[str, str], xr.DataArray]
    label: str


def field_image(field: xr.DataArray, palette: str = "thermal", range_mode: str = "auto", title: str = "") -> hv.Image:
    """Return a map of `field` (lat, lon) with its colour bar; units come from its attributes."""
    low, high = colour_range(field.values, range_mode)
    units = field.attrs.get("units", "")
    image = hv.Image(
        (field.lon.values, field.lat.values, field.values), ["lon", "lat"], hv.Dimension("value", unit=units or None)
    )
    return image.opts(
        cmap=list(colours(palette)), clim=(low, high), colorbar=True, frame_width=720, frame_height=360, title=as_title(title),
        xlabel=say("longitude"), ylabel=say("latitude"), tools=["hover"],
    )  # fmt: skip


def series(
    curves: Mapping[Key, xr.DataArray],
    label: str,
    units: str,
    theme: str = "light",
    time_axis: str = LEAD_AXIS,
    spread: Spread | None = None,
) -> hv.Overlay:
    """Return values over lead time of several products, at several places: each array has dim `lead` in days.

    Curves that a `spread` is known of stand in a band as wide.
    """
    drawn: list[Any] = []
    for letter, name, known, style in styled(curves, theme):
        curve = each_day(known)
        points = (curve.lead.values, curve.values)
        if spread is not None and (letter, name) in spread.about:
            low, middle, high = _edges(curve, spread.about[letter, name], "lead")
            band = hv.Area((middle.lead.values, low, high), "lead", ["low", "high"], label=spread.label, group=letter or "Area")
            drawn.append(band.opts(color=style["color"], line_alpha=0, show_legend=style["show_legend"], alpha=BAND_ALPHA))
        drawn.append(hv.Curve(points, "lead", "value", label=name, group=letter or "Curve").opts(**style, tools=["hover"]))
        drawn += lone_marks(curve, style)
        drawn += _lettered(letter, points, "lead", "value", style, "right")
    lines = [(curve.lead.values, curve.values) for curve in curves.values()]
    corner = clearest_corner(lines, "top_right")
    return framed(hv.Overlay(drawn), theme, corner, title=label, xlabel=time_axis, ylabel=units)


def profile(
    curves: Mapping[Key, xr.DataArray],
    label: str,
    units: str,
    theme: str = "light",
    limits: tuple[float, float] | None = None,
    name: str | None = None,
    spread: Spread | None = None,
) -> hv.Overlay:
    """Return values over depth, the surface at the top: each array has dim `depth` in metres.

    `limits` are those of the values, by default their own; `name` is what the browser finds the figure by. Curves that a
    `spread` is known of stand in a band as wide.
    """
    drawn: list[Any] = []
    for letter, product, curve, style in styled(curves, theme):
        if spread is not None and (letter, product) in spread.about:
            low, middle, high = _edges(curve, spread.about[letter, product], "depth")
            edge = np.column_stack((np.concatenate([low, high[::-1]]), np.concatenate([middle.depth, middle.depth[::-1]])))
            band = hv.Polygons([edge], ["value", "depth"], label=spread.label, group=letter or "Polygons")
            drawn.append(band.opts(color=style["color"], line_alpha=0, show_legend=style["show_legend"], alpha=BAND_ALPHA))
        known = np.isfinite(curve.values)
        points = (curve.values[known], curve.depth.values[known])
        # A Path keeps the order of depth; a Curve would sort by value.
        path = hv.Path([np.column_stack(points)], ["value", "depth"], label=product, group=letter or "Path").opts(**style)
        marks = hv.Scatter(points, "value", "depth").opts(color=style["color"], size=4, tools=["hover"])
        drawn += [path, marks, *_lettered(letter, points, "value", "depth", style)]
    options: dict[str, Any] = {} if limits is None else {"xlim": limits}
    lines = [(curve.values, curve.depth.values) for curve in curves.values()]
    corner = clearest_corner(lines, "bottom_right", upside_down=True)
    return framed(
        hv.Overlay(drawn), theme, corner, title=label, xlabel=units, ylabel=say("depth (m)"), invert_yaxis=True,
        name=name, xticks=4, **options,
    )  # fmt: skip


def _edges(curve: xr.DataArray, spread: xr.DataArray, dimension: str) -> tuple[np.ndarray, xr.DataArray, np.ndarray]:
    """Return the lower edge of a band around a curve, the curve, and the upper edge, where both it and its spread are known."""
    middle, width = xr.align(curve.dropna(dimension), spread.dropna(dimension))
    return (middle - width).values, middle, (middle + width).values


def temperature_salinity(columns: Mapping[Key, xr.Dataset], label: str, theme: str = "light", unit: Unit = CELSIUS) -> hv.Overlay:
    """Return temperature over salinity down the column, with lines of equal potential density (kg m-3, less 1000).

    Each dataset has `thetao` in degC, drawn in `unit`, and `so` over dim `depth` in metres; some depths are written beside the
    first.
    """
    known = [column.dropna("depth") for column in columns.values()]
    low, high = (
        [float(limit([limit(column[name]) for column in known])) for name in ("so", "thetao")] for limit in (np.min, np.max)
    )
    room = [max(0.06 * (top - bottom), least) for bottom, top, least in zip(low, high, (0.05, 0.5), strict=True)]
    salinity, temperature = (
        np.linspace(bottom - more, top + more, 101) for bottom, top, more in zip(low, high, room, strict=True)
    )
    drawn = _density_lines(temperature, salinity, theme, unit)
    temperature = unit.of(temperature)
    for number, (letter, product, column, style) in enumerate(styled(dict(zip(columns, known, strict=True)), theme)):
        points = (column.so.values, unit.of(column.thetao.values))
        path = hv.Path([np.column_stack(points)], ["salinity", "temperature"], label=product, group=letter or "Path")
        drawn.append(path.opts(**style))
        marks = hv.Scatter((*points, column.depth.values), "salinity", ["temperature", "depth"])
        drawn.append(marks.opts(color=style["color"], size=5, tools=["hover"]))
        if number == 0:
            named = column.sel(depth=np.isin(column.depth, NAMED_DEPTHS))
            words = (named.so.values, unit.of(named.thetao.values), [f"  {depth:g} m" for depth in named.depth.values])
            drawn.append(_words(words, "salinity", "temperature", INK[theme], text_align="left"))
        drawn += _lettered(letter, points, "salinity", "temperature", style)
    return framed(
        hv.Overlay(drawn), theme, "bottom_right", title=label, xlabel=say("salinity (psu)"),
        ylabel=say("temperature ({symbol})", symbol=unit.symbol),
        xlim=(salinity[0], salinity[-1]), ylim=(temperature[0], temperature[-1]), show_grid=False, xticks=5, yticks=5,
    )  # fmt: skip


def section(
    values: xr.DataArray,
    label: str,
    units: str,
    palette: str,
    limits: tuple[float, float],
    layers: Mapping[str, xr.DataArray] | None = None,
    isopycnals: xr.DataArray | None = None,
    theme: str = "light",
    name: str | None = None,
    bare: bool = False,
    legend: bool = True,
) -> hv.Overlay:
    """Return values (depth, distance) on a line across the ocean, the surface at the top; distance in km, depth in m.

    `layers` are depths (distance,) drawn as lines by name, `isopycnals` (density, distance) the depths of equal density; `name`
    is what the browser finds the figure by. A `bare` one stands above another that tells its distances.
    """
    even = even_depths(values.depth.values)
    filled = values.interp(depth=even)
    drawn: list[Any] = [_picture(filled.transpose("depth", "distance"), palette, limits, theme)]
    for depth in () if isopycnals is None else isopycnals:
        curve = hv.Curve((depth.distance.values, depth.values), "distance", "depth")
        drawn.append(curve.opts(color=INK["light"], line_width=0.8, alpha=0.6, show_legend=False))
    for number, (layer, depth) in enumerate((layers or {}).items()):
        curve = hv.Curve((depth.distance.values, depth.values), "distance", "depth", label=layer)
        drawn.append(curve.opts(color="#ffffff", line_width=2, line_dash=LINE_STYLES[number % 3]))
    return framed(
        hv.Overlay(drawn), theme, "bottom_right", title=f"{label} ({units})", xlabel="" if bare else say("distance (km)"),
        ylabel=say("depth (m)"), invert_yaxis=True, xticks=4, yticks=5, ylim=(0, float(even[-1])), name=name,
        hooks=[_with_pointer], show_legend=legend,
    )  # fmt: skip


def hovmoller(
    values: xr.DataArray,
    label: str,
    units: str,
    palette: str,
    limits: tuple[float, float],
    theme: str = "light",
    time_axis: str = LEAD_AXIS,
) -> hv.Overlay:
    """Return values over lead and depth (the surface at the top), or over distance and lead (the first day at the bottom)."""
    days = each_day(values)
    if "depth" in values.dims:
        even = even_depths(values.depth.values)
        picture = _picture(days.interp(depth=even).transpose("depth", "lead"), palette, limits, theme)
        axes: dict[str, Any] = {
            "xlabel": time_axis,
            "ylabel": say("depth (m)"),
            "invert_yaxis": True,
            "ylim": (0, float(even[-1])),
        }
    else:
        picture = _picture(days.transpose("lead", "distance"), palette, limits, theme)
        axes = {"xlabel": say("distance (km)"), "ylabel": time_axis}
    return framed(hv.Overlay([picture]), theme, title=f"{label} ({units})", xticks=6, yticks=5, **axes)


def even_depths(depth: np.ndarray) -> np.ndarray:
    """Return the depths (n,) in m of the rows of a drawn section whose levels are `depth` (z,)."""
    return np.arange(0, float(depth[-1]) + 1, DEPTH_STEP)


def error_by_lead(
    error: xr.DataArray,
    label: str,
    units: str,
    theme: str = "light",
    at_least_zero: bool = True,
    time_axis: str = LEAD_AXIS,
    name: str = "",
    beside: Mapping[str, xr.DataArray] | None = None,
) -> hv.Overlay:
    """Return one score over lead time, dim `lead` in days; with the score of others `beside` it by their names, and a legend."""
    error, others = each_day(error), {other: each_day(values) for other, values in (beside or {}).items()}
    curve = hv.Curve((error.lead.values, error.values), "lead", "value", label=name or label)
    marks = hv.Scatter((error.lead.values, error.values), "lead", "value")
    size = 4 if error.lead.size <= MARKED else 0
    every = np.concatenate([values.values for values in (error, *others.values())])
    known = every[np.isfinite(every)]
    limits: tuple[float, float] = (min(0.5, float(known.min()) - 0.05), 1.0) if known.size else (0.0, 1.0)
    if at_least_zero and known.size:
        limits = (0.0, float(known.max()) * 1.1 or 1.0)
    overlay = curve.opts(**line(0, theme)) * marks.opts(color=colour(0, theme), size=size, tools=["hover"])
    for number, (other, values) in enumerate(others.items(), start=1):
        ink, dash, width = line_of("persistence" if other == say("Persistence") else other, (name, *others), theme)
        drawn = hv.Curve((values.lead.values, values.values), "lead", "value", label=other)
        overlay *= drawn.opts(color=ink, line_dash=dash or LINE_STYLES[number % 3], line_width=width)
    place = "top_left" if at_least_zero else "bottom_left"
    axes = {"xlabel": time_axis, "ylabel": units, "ylim": limits}
    return framed(overlay, theme, legend=place, title=label, show_legend=bool(others), **axes)


def sized(chart: hv.Overlay, width: int, height: int) -> hv.Overlay:
    """Return a chart of so many pixels: on the page charts fill their pane, which the cell of a notebook has not."""
    return chart.opts(hv.opts.Overlay(responsive=False, width=width, height=height))


def _picture(values: xr.DataArray, palette: str, limits: tuple[float, float], theme: str) -> hv.Image:
    """Return a coloured picture of values (y, x) on even axes, each cell around its place."""
    (y, rows), (x, columns) = ((str(name), values[name].values) for name in values.dims)
    bounds = (*_ends(columns), *_ends(rows))
    picture = hv.Image(values.values[::-1], [x, y], "value", bounds=(bounds[0], bounds[2], bounds[1], bounds[3]))
    return picture.opts(cmap=list(colours(palette)), clim=limits, **colour_bar(theme))


def _ends(axis: np.ndarray) -> tuple[float, float]:
    half = 0.5 * (float(axis[-1] - axis[0]) / (axis.size - 1) if axis.size > 1 else 1.0)
    return float(axis[0]) - half, float(axis[-1]) + half


def _density_lines(temperature: np.ndarray, salinity: np.ndarray, theme: str, unit: Unit) -> list[Any]:
    """Lines of equal density in a box of temperature and salinity, each with its number where it leaves the box."""
    lightest, densest = potential_density(temperature[[-1, 0]], salinity[[0, -1]])
    step = next(step for step in (0.1, 0.2, 0.5, 1.0, 2.0) if (densest - lightest) / step <= DENSITY_LINES or step == 2.0)
    levels = np.arange(np.ceil(lightest / step), np.floor(densest / step) + 1) * step
    drawn: list[Any] = []
    for level, salt in zip(levels, equal_density(temperature, salinity, levels), strict=True):
        inside = np.isfinite(salt)
        if inside.sum() < 2:
            continue
        curve = hv.Path([np.column_stack((salt[inside], unit.of(temperature[inside])))], ["salinity", "temperature"])
        drawn.append(curve.opts(color=INK[theme], line_width=0.7, alpha=0.45, show_legend=False))
        end = ([salt[inside][-1]], [unit.of(temperature[inside][-1])], [f"{level:g}"])
        drawn.append(_words(end, "salinity", "temperature", INK[theme], text_align="right", text_baseline="top", text_alpha=0.8))
    return drawn


def _lettered(
    letter: str, points: tuple[np.ndarray, np.ndarray], x: str, y: str, style: Mapping[str, Any], side: str = "left"
) -> list[Any]:
    """Write the letter of a place at the `left` (first) or `right` end of its curve."""
    known = np.flatnonzero(np.isfinite(points[1]))
    if not letter or not known.size:
        return []
    end = known[0 if side == "left" else -1]
    place = ([points[0][end]], [points[1][end]], [f" {letter} "])
    # Inside the frame: above the end of a series, beside the top of a profile.
    baseline = "bottom" if side == "right" else "middle"
    return [_words(place, x, y, style["color"], text_align=side, text_baseline=baseline, text_font_style="bold")]


def _words(places: tuple[Any, Any, Any], x: str, y: str, ink: str, **options: Any) -> hv.Labels:
    return hv.Labels(places, [x, y], "text").opts(text_color=ink, text_font_size=FONT_SIZE, **options)


def _with_pointer(plot: Any, _: Any) -> None:
    for event in ("mousemove", "tap"):
        plot.state.js_on_event(event, CustomJS(code=POINTER))
