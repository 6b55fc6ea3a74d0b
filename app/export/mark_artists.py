"""Marks on a map, drawn with Matplotlib as they look on the page, with one key for all of them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from app.export.marks import Drift, EddyMarks, Mark, PointMarks, Route
from app.style.theme import FORECAST_COLOUR, INK, PAPER, PIN_COLOURS, RULE

EDDY_INKS = {"light": ("#c2410c", "#005b96"), "dark": ("#ffab5e", "#6cc3ff")}
"""Of anticyclones, highs, and of cyclones, lows."""

NEAR = 3.0
"""Degrees outside the map within which a turn of the globe is still drawn."""


def draw_marks(axes: Axes, marks: Sequence[Mark], theme: str) -> list[Artist]:
    """Draw marks on a map and return their artists, so that another day's can take their place."""
    artists: list[Artist] = []
    key: list[Line2D] = []
    for mark in marks:
        if isinstance(mark, EddyMarks):
            artists += _eddies(axes, mark, theme)
            key += _eddy_key(mark, theme)
        elif isinstance(mark, Drift):
            artists += _drift(axes, mark, theme)
        elif isinstance(mark, Route):
            ink = (INK if mark.name == "axis" else FORECAST_COLOUR)[theme]
            artists += _curve(axes, mark.places, ink, 1.4, theme)
            if mark.name == "axis":
                key.append(Line2D([], [], color=ink, linewidth=1.4, label="axis of the current"))
        else:
            artists += _places(axes, mark, theme)
    if key:
        box = axes.legend(
            handles=key, loc="lower left", fontsize=6.5, labelcolor=INK[theme], facecolor=PAPER[theme], edgecolor=RULE[theme],
            framealpha=0.8, borderpad=0.4, handlelength=1.4, columnspacing=1.2, ncols=len(key),
        )  # fmt: skip
        box.set_zorder(6)
        artists.append(box)
    return artists


def _eddy_key(marks: EddyMarks, theme: str) -> list[Line2D]:
    high, low = EDDY_INKS[theme]
    amplitude = f"{100 * marks.least:.0f} cm and more"
    return [
        Line2D([], [], color=ink, linewidth=0, marker=sign, markersize=4, label=words)
        for ink, sign, words in ((low, "v", "cyclones"), (high, "^", f"anticyclones, {amplitude}"))
    ]


def _eddies(axes: Axes, marks: EddyMarks, theme: str) -> list[Artist]:
    artists: list[Artist] = []
    for is_low, sign in ((False, "^"), (True, "v")):
        rows, ink = np.flatnonzero(marks.cyclonic == is_low), EDDY_INKS[theme][int(is_low)]
        for curves, width, closed in ((marks.contours, 1.0, True), (marks.tracks, 0.6, False)):
            points = _broken([_closed(curves[row]) if closed else curves[row] for row in rows])
            artists += _curve(axes, points, ink, width, theme)
        for east in _turns(axes, marks.centres[rows]):
            style: dict[str, Any] = {
                "color": ink,
                "markeredgecolor": PAPER[theme],
                "markeredgewidth": 0.4,
                "markersize": 3.5,
                "zorder": 4,
            }
            artists += axes.plot(marks.centres[rows, 0] + east, marks.centres[rows, 1], sign, **style)
    return artists


def _closed(curve: np.ndarray) -> np.ndarray:
    return np.concatenate([curve, curve[:1]])


def _broken(curves: Iterable[np.ndarray]) -> np.ndarray:
    """Return curves as one (m, 2) with gaps between them."""
    gap = np.full((1, 2), np.nan)
    pieces = [piece for curve in curves for piece in (curve, gap)]
    return np.concatenate(pieces) if pieces else gap


def _curve(axes: Axes, places: np.ndarray, ink: str, width: float, theme: str, strength: float = 1.0) -> list[Artist]:
    """Draw a line without jumps on every turn of the globe that the map shows."""
    halo = [withStroke(linewidth=width + 1.2, foreground=PAPER[theme], alpha=0.6)]
    artists: list[Artist] = []
    for east in _turns(axes, places):
        artists += axes.plot(
            places[:, 0] + east, places[:, 1], color=ink, linewidth=width, alpha=strength, path_effects=halo, zorder=4
        )
    return artists


def _turns(axes: Axes, places: np.ndarray) -> list[float]:
    """Return the degrees to add to longitudes for each turn of the globe on which places (m, 2) lie within the map."""
    known = places[np.isfinite(places).all(axis=1), 0]
    if not known.size:
        return []
    west, east = axes.get_xlim()
    first, last = np.ceil((west - NEAR - known.max()) / 360), np.floor((east + NEAR - known.min()) / 360)
    return [360.0 * turn for turn in np.arange(first, last + 1)]


def _drift(axes: Axes, drift: Drift, theme: str) -> list[Artist]:
    """Draw what lies behind the particle from the point strong and what is before it light, and where all of them are now."""
    passed = int((drift.days <= drift.lead + 1e-6).sum())
    artists: list[Artist] = []
    for number, path in reversed(list(enumerate(drift.paths))):
        main = number == 0
        artists += _curve(axes, path, INK[theme], 1.1 if main else 0.6, theme, 0.7)
        if main and passed:
            artists += _curve(axes, path[:passed], INK[theme], 1.8, theme)
            whole = np.flatnonzero(drift.days[: len(path)] % 1 == 0)
            artists += _dots(axes, path[whole], INK[theme], 2.2, theme)
        if 0 < passed <= len(path):
            artists += _dots(
                axes, path[passed - 1 : passed], (FORECAST_COLOUR if main else INK)[theme], 6 if main else 2.5, theme
            )
    return artists


def _dots(axes: Axes, places: np.ndarray, ink: str, size: float, theme: str) -> list[Artist]:
    artists: list[Artist] = []
    for east in _turns(axes, places):
        artists += axes.plot(
            places[:, 0] + east, places[:, 1], "o", color=ink, markersize=size, markeredgecolor=PAPER[theme],
            markeredgewidth=0.6, zorder=5,
        )  # fmt: skip
    return artists


def _places(axes: Axes, marks: PointMarks, theme: str) -> list[Artist]:
    artists: list[Artist] = []
    if marks.point is not None:
        lat, lon = marks.point
        for east in _turns(axes, np.array([[lon, lat]])):
            for ink, width in ((PAPER[theme], 3.0), (FORECAST_COLOUR[theme], 1.4)):
                style: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": ink, "markeredgewidth": width}
                artists += axes.plot([lon + east], [lat], "o", markersize=6, zorder=5, **style)
    for (letter, pin), ink in zip(marks.pins, PIN_COLOURS[theme], strict=False):
        place = np.array([pin[::-1]])
        box = {"boxstyle": "circle,pad=0.25", "facecolor": PAPER[theme], "edgecolor": ink, "linewidth": 1.4}
        for east in _turns(axes, place):
            text: dict[str, Any] = {"size": 7, "weight": "bold", "ha": "center", "va": "center", "zorder": 6}
            artists.append(axes.text(place[0, 0] + east, place[0, 1], letter, color=ink, bbox=box, clip_on=True, **text))
    return artists
