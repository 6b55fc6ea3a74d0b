"""Maps on paper with Matplotlib: coastlines, graticule, colour bar, and every word a figure needs to be honest."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter, MaxNLocator

from app.data.coastline import read_rings
from app.export.frame import Frame
from app.export.mark_artists import draw_marks
from app.export.marks import Drift
from app.export.overlay_artists import draw_overlays
from app.style.palettes import colours
from app.style.theme import INK, LAND, PAPER, RULE

WIDTH = 10.0
"""Inches of a picture of one map; at 160 dots per inch a global quarter-degree map loses nothing."""

DOTS_PER_INCH = 160
CLASS_SIZE = 6.0
"""Points of the names of classes on a colour bar."""
TICK_ROOM = 20.0
"""Least points between two of their limits."""
FORMATS = {"png": "image/png", "svg": "image/svg+xml"}
"""File name ending -> media type."""


class Sheet:
    """A figure of one to three maps whose fields can be exchanged for those of another day."""

    def __init__(self, made: Sequence[Frame], theme: str = "light") -> None:
        self._theme = theme
        south, north, west, east = made[0].bounds
        map_height = WIDTH * min(max((north - south) / (east - west), 0.3), 1.4) * (1.0 if len(made) == 1 else 0.62)
        self.figure = Figure(
            figsize=(WIDTH if len(made) == 1 else 0.62 * WIDTH * len(made), map_height + 1.35),
            dpi=DOTS_PER_INCH, facecolor=PAPER[theme], layout="constrained",
        )  # fmt: skip
        axes = self.figure.subplots(1, len(made), squeeze=False)[0]
        self._images = [self._map(each, frame) for each, frame in zip(axes, made, strict=True)]
        # The layout is fixed from here on: labels of contours depend on the size of the maps, and a film must not jump.
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")
        self._overlays = [self._over(each, frame) for each, frame in zip(axes, made, strict=True)]

    def _over(self, axes: Axes, frame: Frame) -> list[Artist]:
        return draw_overlays(axes, frame.overlays, self._theme) + draw_marks(axes, frame.marks, self._theme)

    def _map(self, axes: Axes, frame: Frame) -> AxesImage:
        south, north, west, east = frame.bounds
        colouring, ink = frame.colouring, INK[self._theme]
        scale = LogNorm if colouring.logarithmic else Normalize
        norm, written = scale(*colouring.limits), scale(*frame.unit.limits(colouring.limits))
        axes.set_facecolor(LAND[self._theme])
        image = axes.imshow(
            frame.values, extent=(west, east, south, north), cmap=ListedColormap(colours(colouring.palette)), norm=norm,
            interpolation="nearest", aspect="equal",
        )  # fmt: skip
        axes.add_collection(LineCollection(_coast(west, east), colors=ink, linewidths=0.5))
        axes.set(xlim=(west, east), ylim=(south, north))
        axes.grid(color=RULE[self._theme], linewidth=0.4)
        axes.xaxis.set(major_locator=MaxNLocator(7, steps=[1, 2, 3, 5, 6, 10]), major_formatter=FuncFormatter(_longitude))
        axes.yaxis.set(major_locator=MaxNLocator(5, steps=[1, 2, 3, 5, 6, 10]), major_formatter=FuncFormatter(_latitude))
        axes.tick_params(colors=ink, labelsize=8, color=RULE[self._theme])
        for spine in axes.spines.values():
            spine.set_color(RULE[self._theme])
        axes.set_title(_heading(frame), loc="left", fontsize=9, color=ink, parse_math=False)
        axes.set_xlabel(_below(frame), fontsize=7, color=ink, loc="left", parse_math=False)
        bar = self.figure.colorbar(
            ScalarMappable(written, image.cmap), ax=axes, orientation="horizontal", aspect=50, pad=0.02, extend="both", shrink=0.8
        )
        bar.set_label(frame.unit.symbol, fontsize=8, color=ink)
        bar.ax.tick_params(colors=ink, labelsize=8)
        bar.outline.set_edgecolor(RULE[self._theme])
        _name_classes(bar, frame, bar.ax.get_position().width * self.figure.get_figwidth() * 72)
        return image

    def turn_to(self, made: Sequence[Frame]) -> None:
        """Show the fields, layers and words of another day; maps, colours and bounds stay."""
        for number, (image, frame) in enumerate(zip(self._images, made, strict=True)):
            image.set_data(frame.values)
            for artist in self._overlays[number]:
                artist.remove()
            self._overlays[number] = self._over(image.axes, frame)
            image.axes.set_title(_heading(frame), loc="left", fontsize=9, color=INK[self._theme], parse_math=False)

    def pixels(self) -> np.ndarray:
        """Return the figure as it looks now: (height, width, 3) bytes, both even, as films need them."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        drawn = np.asarray(canvas.buffer_rgba())[..., :3]
        return np.ascontiguousarray(drawn[: drawn.shape[0] // 2 * 2, : drawn.shape[1] // 2 * 2])


def picture(made: Sequence[Frame], file_format: str, theme: str = "light") -> bytes:
    """Return the maps as a PNG or SVG file; text in an SVG stays text."""
    body = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        Sheet(made, theme).figure.savefig(body, format=file_format, dpi=DOTS_PER_INCH)
    return body.getvalue()


def _name_classes(bar: Colorbar, frame: Frame, points: float) -> None:
    """Write the names of classes into what they take of a bar of `points`, where there is room, and ticks at their limits."""
    low, high = frame.unit.limits(frame.colouring.limits)
    limits = [float(frame.unit.of(limit)) for limit, _ in frame.classes]
    if not limits:
        return
    room = points / (high - low)
    inside = [limit for limit in limits if low <= limit <= high]
    kept = [limit for limit, above in zip(inside, [*inside[1:], np.inf], strict=True) if (above - limit) * room > TICK_ROOM]
    bar.ax.xaxis.set_ticks(kept, [f"{limit:.3g}" for limit in kept])
    for limit, (_, name), end in zip(limits, frame.classes, [*limits[1:], high], strict=True):
        first, last = max(limit, low), min(end, high)
        if (last - first) * room < CLASS_SIZE * 0.62 * len(name):
            continue
        share = ((first + last) / 2 - low) / (high - low)
        ink = PAPER["light"] if luminance(bar.cmap(share)) < 0.5 else INK["light"]
        bar.ax.text(
            (first + last) / 2, 0.5, name, transform=bar.ax.get_xaxis_transform(), ha="center", va="center", size=CLASS_SIZE,
            color=ink,
        )  # fmt: skip


def luminance(colour: Sequence[float]) -> float:
    """Return how light a colour of red, green and blue from 0 to 1 looks, from 0 to 1."""
    return float(np.dot(colour[:3], (0.299, 0.587, 0.114)))


def _below(frame: Frame) -> str:
    """Return the caution that belongs to a map, and what the path of a particle on it is."""
    drifts = [mark.label for mark in frame.marks if isinstance(mark, Drift)]
    return "\n".join([f"{frame.notice}    GOMS Explorer", *drifts])


def _heading(frame: Frame) -> str:
    return f"{frame.quantity} ({frame.unit.symbol})\n{frame.title}, {frame.when}"


@cache
def _rings() -> list[np.ndarray]:
    return read_rings("50m")


def _coast(west: float, east: float) -> list[np.ndarray]:
    """Return the coastlines (n, 2) of longitude and latitude that lie between two meridians, on their turn of the globe."""
    turns = (ring + np.array([360.0 * turn, 0.0]) for ring in _rings() for turn in (-1, 0, 1))
    return [ring for ring in turns if ring[:, 0].max() >= west and ring[:, 0].min() <= east]


def _longitude(value: float, _: int | None = None) -> str:
    east = (value + 180) % 360 - 180
    return f"{abs(east):g}°{'' if east in (0, -180) else 'E' if east > 0 else 'W'}"


def _latitude(value: float, _: int | None = None) -> str:
    return f"{abs(value):g}°{'' if value == 0 else 'N' if value > 0 else 'S'}"
