"""Palettes (colour maps) as 256 colours, and the default palette and range of each variable."""

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
