"""Skill as HoloViews elements: scores by lead with bands of their intervals, and spectra by wavelength; pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd

from app.charts.style import framed
from app.style.theme import FORECAST_COLOUR, INK, REFERENCE_COLOUR
from app.text.i18n import say
from app.text.labels import LEAD_AXIS
from app.text.plain_text import Markup, plain

MODEL_COLOURS = {
    "light": (FORECAST_COLOUR["light"], REFERENCE_COLOUR["light"], "#7a3e9d", "#2f7d4f", "#b0294c"),
    "dark": (FORECAST_COLOUR["dark"], REFERENCE_COLOUR["dark"], "#c79be6", "#7fd0a0", "#f58aa4"),
}
"""Of models in the order of the tables; with the common kinds of colour blindness they are told apart by their lightness."""

OTHER_DASHES: dict[str, list[int]] = {
    "persistence": [7, 4],
    "damped": [2, 3],
    "climatology": [2, 3, 7, 3],
    "floor": [14, 3],
    "reference": [],
}
"""Baselines, floor and reference -> lengths of dashes and gaps in pixels; none for a line without gaps."""

WAVELENGTHS = [2000, 1000, 500, 200, 100, 60]
"""Kilometres written at the axis of a spectrum."""

MUTED = {"light": "#5d6d77", "dark": "#9fb1ba"}
THIN, THICK = 1.2, 2.2


def line_of(name: str, models: Sequence[str], theme: str) -> tuple[str, list[int], float]:
    """Return colour, dash and width of a model, a baseline, the floor or the reference."""
    if name in models:
        palette = MODEL_COLOURS[theme]
        return palette[list(models).index(name) % len(palette)], [], THICK
    return (INK if name == "reference" else MUTED)[theme], OTHER_DASHES[name], THIN


def by_lead(
    drawn: Mapping[str, pd.DataFrame],
    models: Sequence[str],
    label: str,
    units: str,
    theme: str = "light",
    wanted: float | None = None,
    at_least_zero: bool = False,
) -> hv.Overlay:
    """Return one score over lead time: tables `value`, `low`, `high` indexed by lead in days, a line at what is `wanted`."""
    elements: list[Any] = []
    last = max(float(table.index.max()) for table in drawn.values())
    if wanted is not None:
        # A curve, because HoloViews includes an infinite line in the range of the axis.
        level = hv.Curve(([0.0, last], [wanted, wanted]), "lead", "value")
        elements.append(level.opts(color=INK[theme], line_width=0.8, alpha=0.6))
    for name, table in drawn.items():
        colour, dash, width = line_of(name, models, theme)
        leads = table.index.to_numpy(float)
        if {"low", "high"} <= set(table.columns) and table[["low", "high"]].notna().all(axis=None):
            band = hv.Area((leads, table["low"], table["high"]), "lead", ["low", "high"])
            elements.append(band.opts(color=colour, alpha=0.18, line_alpha=0))
        curve = hv.Curve((leads, table["value"]), "lead", "value", label=plain(name))
        elements.append(curve.opts(color=colour, line_dash=dash or "solid", line_width=width, tools=["hover"]))
        if name in models:
            elements.append(hv.Scatter((leads, table["value"]), "lead", "value").opts(color=colour, size=4))
    high = np.nanmax([np.nanmax(table.to_numpy(float)) for table in drawn.values()])
    limits: dict[str, Any] = {"ylim": (0.0, float(high) * 1.06 or 1.0)} if at_least_zero else {}
    return framed(
        hv.Overlay(elements),
        theme,
        title=label,
        xlabel=say(LEAD_AXIS),
        ylabel=units,
        show_legend=False,
        xlim=(0, last * 1.02),
        **limits,
    )


def by_wavelength(
    drawn: Mapping[str, pd.DataFrame], models: Sequence[str], label: str, units: str, theme: str = "light"
) -> hv.Overlay:
    """Return power over wavelength, both on logarithmic axes, the longest waves at the left: tables `value` indexed by km."""
    elements = []
    for name, table in drawn.items():
        colour, dash, width = line_of(name, models, theme)
        curve = hv.Curve((table.index.to_numpy(float), table["value"]), "wavelength", "power", label=plain(name))
        elements.append(curve.opts(color=colour, line_dash=dash or "solid", line_width=width, tools=["hover"]))
    return framed(
        hv.Overlay(elements), theme, title=label, xlabel=say("wavelength (km)"), ylabel=units, show_legend=False, logx=True,
        logy=True, invert_xaxis=True, xticks=WAVELENGTHS, yformatter="%.0e",
    )  # fmt: skip


ENTRY = Markup(
    '<span class="entry"><svg width="26" height="10" aria-hidden="true"><line x1="1" x2="25" y1="5" y2="5" stroke="{}" '
    'stroke-width="{}" stroke-dasharray="{}"/></svg>{}</span>'
)
LEGEND = Markup('<div class="legend">{}</div>')


def legend(names: Mapping[str, str], models: Sequence[str], theme: str = "light") -> Markup:
    """Return the HTML of a legend: a sample of each line and what it stands for."""
    parts = []
    for name, label in names.items():
        colour, dash, width = line_of(name, models, theme)
        parts.append(ENTRY.format(colour, width, " ".join(map(str, dash)), label))
    return LEGEND.format(Markup("").join(parts))
