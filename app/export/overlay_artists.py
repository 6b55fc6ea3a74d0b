"""Layers over a field on saved pictures, drawn with Matplotlib as they look on the page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from app.export.overlays import Arrows, Lines, Names, Overlay
from app.style.theme import INK, PAPER

LINE_INKS = {"contours": "#0b1820", "bathymetry": "#20344a", "ice": "#ffffff"}
LINE_HALOS = {"contours": "#ffffff66", "bathymetry": "#ffffff4d", "ice": "#063c60"}
LINE_WIDTHS = {"contours": 0.6, "bathymetry": 0.5, "ice": 1.2}
ARROW_INKS = {"arrows": ("#0d1a22", "#ffffff"), "wind": ("#ffffff", "#0d1a22")}
ARROW_WORDS = {"arrows": "current", "wind": "wind"}
SHORTEST = 14
"""Points of a line that is drawn."""

NAME_SIZES = {"ocean": 9, "sea": 7.5, "current": 7, "cape": 7}


def draw_overlays(axes: Axes, drawn: Sequence[Overlay], theme: str) -> list[Artist]:
    """Draw layers on a map and return their artists, so that another day's can take their place."""
    artists: list[Artist] = []
    keys = 0
    for overlay in drawn:
        if isinstance(overlay, Lines):
            artists += _lines(axes, overlay, theme)
        elif isinstance(overlay, Arrows):
            artists += _arrows(axes, overlay, keys, theme)
            keys += 1
        else:
            artists += _names(axes, overlay, theme)
    return artists


def _lines(axes: Axes, lines: Lines, theme: str) -> list[Artist]:
    known = lines.values[np.isfinite(lines.values)]
    levels = [level for level in lines.levels if known.size and known.min() < level < known.max()]
    if not levels:
        return []
    ink, halo, width = LINE_INKS[lines.name], LINE_HALOS[lines.name], LINE_WIDTHS[lines.name]
    style = "dashed" if lines.name == "bathymetry" else "solid"
    made = axes.contour(lines.lon, lines.lat, lines.values, levels, colors=ink, linewidths=width, linestyles=style)
    made.set_paths([_without_specks(path) for path in made.get_paths()])
    made.set_path_effects([withStroke(linewidth=width + 1.2, foreground=halo)])
    if lines.name == "ice":
        return [made]
    unit = " m" if lines.name == "bathymetry" else ""
    # Removing the set also removes its labels.
    for text in made.clabel(fontsize=6, fmt=lambda value: f"{value:g}{unit}"):
        text.set(color=INK[theme], bbox=_backing(theme))
    return [made]


def _without_specks(path: Path) -> Path:
    """Return the long lines of a path: a ring around a few cells is noise."""
    if path.codes is None:
        return path
    vertices, codes = np.asarray(path.vertices), np.asarray(path.codes)
    starts = np.flatnonzero(codes == Path.MOVETO)[1:]
    pieces = zip(np.split(vertices, starts), np.split(codes, starts), strict=True)
    kept = [Path(*piece) for piece in pieces if len(piece[0]) >= SHORTEST]
    return Path.make_compound_path(*kept) if kept else Path(np.zeros((0, 2)))


def _arrows(axes: Axes, arrows: Arrows, keys: int, theme: str) -> list[Artist]:
    ink, halo = ARROW_INKS[arrows.name]
    spacing = float(np.diff(arrows.lon).mean()) if arrows.lon.size > 1 else 1.0
    made = axes.quiver(
        arrows.lon, arrows.lat, arrows.u, arrows.v, color=ink, edgecolor=halo, linewidth=0.35, pivot="mid", units="x",
        angles="uv", scale_units="x", scale=arrows.reference / (0.95 * spacing), width=0.065 * spacing, minlength=0.4,
        headwidth=4, headlength=4.5, headaxislength=4, minshaft=1.6,
    )  # fmt: skip
    words = f"{arrows.unit.of(arrows.reference):g} {arrows.unit.symbol} {ARROW_WORDS[arrows.name]}"
    key = axes.quiverkey(
        made, 0.86, 1.075 - 0.045 * keys, arrows.reference, words, labelpos="E",
        fontproperties={"size": 7}, labelcolor=INK[theme],
    )  # fmt: skip
    return [made, key]


def _names(axes: Axes, names: Names, theme: str) -> list[Artist]:
    """Write names where they do not touch: a character is taken to be 0.62 of its height wide."""
    west, east = axes.get_xlim()
    figure = axes.get_figure(root=True)
    assert figure is not None
    degrees_per_point = (east - west) * sum(bool(each.images) for each in figure.axes) / (72 * figure.get_figwidth())
    boxes: list[tuple[float, float, float, float]] = []
    artists: list[Artist] = []
    for place in names.places:
        size = NAME_SIZES[place.kind]
        half = 0.31 * size * len(place.name) * degrees_per_point
        middle = place.longitude + (half if place.kind == "cape" else 0)
        tall = 0.8 * size * degrees_per_point
        box = (middle - half, place.latitude - tall, middle + half, place.latitude + tall)
        if box[0] < west or box[2] > east or any(_touch(box, other) for other in boxes):
            continue
        boxes.append(box)
        text = axes.text(
            middle, place.latitude, place.name, size=size, ha="center", va="center", color=INK[theme], clip_on=True,
            style="italic" if place.kind in ("ocean", "sea") else "normal", bbox=_backing(theme),
        )  # fmt: skip
        artists.append(text)
    return artists


def _backing(theme: str) -> dict[str, Any]:
    """Return what makes words readable over any colour; with a halo they would be outlines in an SVG, and no words."""
    return {"facecolor": PAPER[theme], "edgecolor": "none", "alpha": 0.6, "boxstyle": "round,pad=0.12"}


def _touch(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]
