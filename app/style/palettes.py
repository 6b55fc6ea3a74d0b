"""Palettes as 256 colours, the default palette of each variable, and the rules for a colour range."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.runtime.errors import InputError

PALETTES: tuple[str, ...] = (
    "thermal",
    "haline",
    "speed",
    "balance",
    "curl",
    "delta",
    "deep",
    "dense",
    "ice",
    "algae",
    "matter",
    "tempo",
    "amp",
    "turbid",
    "solar",
    "gray",
    "viridis",
    "turbo",
)
"""Names on offer: cmocean (Thyng et al. 2016, doi 10.5670/oceanog.2016.66), and two of matplotlib."""

_OF_MATPLOTLIB = ("viridis", "turbo")

SIZE = 256
BALANCE = 0.15


@dataclass(frozen=True)
class Style:
    """How a variable is coloured where the visitor has not chosen otherwise."""

    palette: str
    range_mode: str = "auto"
    log_scale: bool = False


_SIGNED = Style("balance", "symmetric")
_CONCENTRATION = Style("algae", log_scale=True)

_STYLES: dict[str, Style] = {
    "thetao": Style("thermal"),
    "so": Style("haline"),
    "uo": _SIGNED,
    "vo": _SIGNED,
    # In a small area the zero of sea level lies outside the range of values.
    "zos": Style("balance", "balanced"),
    "speed": Style("speed"),
    "vorticity": Style("curl", "symmetric"),
    "rossby": Style("curl", "symmetric"),
    "okubo_weiss": _SIGNED,
    "eke": Style("tempo"),
    "density": Style("dense"),
    "stability": Style("matter"),
    "mixed_layer": Style("deep"),
    "d20": Style("deep"),
    "heat_content": Style("thermal"),
    "cyclone_heat": Style("amp"),
    "u10": _SIGNED,
    "v10": _SIGNED,
    "t2m": Style("thermal"),
    "msl": Style("dense"),
    "sp": Style("dense"),
    "deptho": Style("deep"),
    "swh": Style("amp"),
    "mlotst": Style("deep", log_scale=True),
    "fe": Style("matter", log_scale=True),
    "no3": Style("matter", log_scale=True),
}


def style_of(variable: str) -> Style:
    """Return the default style of a variable or derived field; changes and anomalies are diverging and symmetric."""
    if variable in _STYLES:
        return _STYLES[variable]
    if variable.startswith("chl"):
        return _CONCENTRATION
    signed = any(word in variable for word in ("anomaly", "change", "difference", "vorticity"))
    return _SIGNED if signed else Style("viridis")


@cache
def colours(name: str) -> tuple[str, ...]:
    """Return the 256 colours of a palette as #rrggbb, lowest first; a trailing `_r` reverses it, and of cmocean's own `_i`
    inverts its lightness, for dark grounds.

    Raises InputError for a name that is not on offer.
    """
    turned = name.removesuffix("_r")
    base = turned.removesuffix("_i")
    if base not in PALETTES or (turned != base and base in _OF_MATPLOTLIB):
        raise InputError(f"palette is {name!r}; expected one of {', '.join(PALETTES)}, or one of them with _r or _i")
    if base in _OF_MATPLOTLIB:
        from matplotlib import colormaps

        table = colormaps[base](np.linspace(0, 1, SIZE))
    else:
        import cmocean

        table = cmocean.cm.cmap_d[turned](np.linspace(0, 1, SIZE))
    numbers = np.rint(table[:, :3] * 255).astype(int)
    listed = tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in numbers)
    return listed if turned == name else listed[::-1]


@cache
def palettes_as_json() -> str:
    """Return every palette as JSON: {name: [256 colours]}."""
    return json.dumps({name: colours(name) for name in PALETTES})


def colour_range(values: np.ndarray, mode: str, fixed: tuple[float, float] = (0.0, 1.0)) -> tuple[float, float]:
    """Return the colour limits of `values` (any shape, NaN ignored) under `auto`, `symmetric`, `balanced` or `fixed`.

    Auto takes the 2nd to 98th percentile, or zero to the 99.5th for what begins at zero, such as speed, whose jets are in its
    long tail; symmetric the larger of the two sizes on both sides of zero; balanced is symmetric where the lesser size is more
    than `BALANCE` of the larger, else auto. The browser applies the same rule to the numbers it holds; this one serves pictures
    made without a browser. Raises InputError for another mode and for fixed limits that are
    not ascending.
    """
    if mode == "fixed":
        if not fixed[0] < fixed[1]:
            raise InputError(f"fixed colour range is {fixed[0]} to {fixed[1]}; expected ascending limits")
        return fixed
    if mode not in ("auto", "symmetric", "balanced"):
        raise InputError(f"range mode is {mode!r}; expected auto, fixed, symmetric or balanced")
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return (-1.0, 1.0) if mode == "symmetric" else (0.0, 1.0)
    low, high, tail = (float(limit) for limit in np.percentile(finite, (2, 98, 99.5)))
    if mode == "symmetric" or (mode == "balanced" and low < 0 < high and min(-low, high) > BALANCE * max(-low, high)):
        largest = max(abs(low), abs(high)) or 1.0
        return -largest, largest
    if 0 <= low < 0.2 * high:
        return 0.0, tail
    # A half step would be lost to rounding beside a large constant.
    half = max(0.5, 1e-3 * abs(low))
    return (low, high) if high > low else (low - half, high + half)


def rounded_limits(low: float, high: float, logarithmic: bool = False) -> tuple[float, float]:
    """Return limits widened to round figures, as the browser does: to a fortieth of the range, or one digit on a log scale."""
    if logarithmic:
        down, up = 10 ** np.floor(np.log10(low)), 10 ** np.floor(np.log10(high))
        return float(np.floor(low / down) * down), float(np.ceil(high / up) * up)
    size = (high - low) / 40
    power = 10 ** np.floor(np.log10(size))
    step = power * next(figure for figure in (1, 2, 5, 10) if size / power <= figure + 1e-9)
    return float(np.floor(low / step + 1e-9) * step), float(np.ceil(high / step - 1e-9) * step)
