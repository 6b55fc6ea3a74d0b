"""The selection, the choices of a visitor: one object behind every view, kept in the address bar, without data and widgets."""

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import panel as pn
import param

from app.state.view_modes import VIEWS
from app.style.palettes import PALETTES
from app.text.coordinates import MOST_PINS, PINS, Position, pinned
from app.text.i18n import LANGUAGES, say
from app.text.units import SYSTEMS
from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES
from engine.runtime.errors import InputError
from engine.schema.regions import REGIONS
from engine.schema.variables import DEPTHS
from engine.verification.aggregation import LATITUDE_BELTS
from engine.verification.energy import SPECTRUM_REGIONS
from engine.verification.scored_levels import EQUATORIAL_PACIFIC

RANGE_MODES = {"auto": "Auto", "fixed": "Fixed", "symmetric": "Symmetric", "log": "Log"}
"""How the limits of the palette are chosen."""

LAYERS = {
    "streaks": "Current streaks",
    "arrows": "Current arrows",
    "wind": "Wind arrows",
    "eddies": "Eddies",
    "drift": "Drift from the point",
    "contours": "Contours",
    "bathymetry": "Bathymetry",
    "ice": "Ice edge",
    "names": "Place names",
}
"""What can be drawn over the field."""

LAYOUTS = {"side": "Side by side", "swipe": "Swipe", "difference": "Difference only"}
"""How two compared maps share the page."""

BAND_LABELS = {band.name: band.label for band in LATITUDE_BELTS.values()} | {EQUATORIAL_PACIFIC.name: EQUATORIAL_PACIFIC.label}
"""Waters that errors are taken over -> how they are called."""

OWN_VIEW = "own"
"""The region of a view that was dragged or zoomed away from a named one."""

CLIMATOLOGICAL = "climatology"
"""The choice of the atmosphere that needs no store."""

ADDRESS = {
    "view": "view",
    "source": "source",
    "start": "start",
    "model": "model",
    "forcing": "forcing",
    "variable": "variable",
    "quantity": "quantity",
    "depth": "depth",
    "region": "region",
    "palette": "palette",
    "range_mode": "range",
    "low": "low",
    "high": "high",
    "units": "units",
    "layers": "layers",
    "comparison": "compare",
    "layout": "layout",
    "divider": "divider",
    "lead": "lead",
    "longitude": "lon",
    "latitude": "lat",
    "span": "span",
    "point_latitude": "point_lat",
    "point_longitude": "point_lon",
    "pins": "pins",
    "section": "section",
    "chart": "chart",
    "release": "release",
    "skill": "skill",
    "band": "band",
    "waters": "waters",
    "theme": "theme",
    "language": "language",
}
"""Parameter -> its name in the address."""


class Selection(param.Parameterized):
    """The choices of one visitor, as plain values that fit into an address."""

    view: Any = param.Selector(default="map", objects=list(VIEWS))
    source = param.String(default="sample", doc="name of a source, or `store:` and the identifier of a store")
    start = param.String(default="", regex=r"^$|^\d{4}-\d{2}-\d{2}$", doc="initial date; empty for the source's first")
    model = param.String(default="small", doc="name of the forecast model")
    forcing = param.String(default=CLIMATOLOGICAL, doc="identifier of a forcing store, or climatology")
    variable: Any = param.Selector(default="thetao", objects=list(DISPLAY_VARIABLES))
    quantity: Any = param.Selector(default="value", objects=list(QUANTITIES))
    depth: Any = param.Selector(default=DEPTHS[0], objects=list(DEPTHS), doc="metres, positive down")
    region: Any = param.Selector(default="global", objects=[OWN_VIEW, *REGIONS])
    palette: Any = param.Selector(default="auto", objects=["auto", *PALETTES])
    range_mode: Any = param.Selector(default="auto", objects=list(RANGE_MODES))
    low = param.Number(default=None, allow_None=True, doc="lower limit of a fixed range, in the engine's units")
    high = param.Number(default=None, allow_None=True, doc="upper limit of a fixed range, in the engine's units")
    units: Any = param.Selector(default="si", objects=list(SYSTEMS), doc="what values are written in")
    layers = param.String(
        default="", regex=rf"^$|^({'|'.join(LAYERS)})(,({'|'.join(LAYERS)}))*$", doc="names of LAYERS, separated by commas"
    )
    comparison = param.String(default="none", doc="none, reference, the name of a model, or `store:` and an identifier")
    layout: Any = param.Selector(default="side", objects=list(LAYOUTS))
    divider = param.Integer(default=50, bounds=(0, 100), doc="per cent of the width left of the divider of a swipe")
    lead = param.Integer(default=0, bounds=(0, 4000), doc="days since the initial time at which the playhead rests")
    longitude = param.Number(default=200.0, bounds=(-360, 720), doc="longitude of the centre of the view")
    latitude = param.Number(default=3.0, bounds=(-90, 90), doc="latitude of the centre of the view")
    span = param.Number(default=360.0, bounds=(0.1, 720), doc="degrees of longitude across the view")
    point_latitude = param.Number(default=35.0, bounds=(-90, 90), allow_None=True, doc="at first in the Kuroshio Extension")
    point_longitude = param.Number(default=150.0, bounds=(-360, 720), allow_None=True)
    place_clicked = param.Event(doc="a visitor points at a place, on a map or by typing it; the point itself follows")
    pins = param.String(default="", regex=PINS, doc="positions that stay, as latitude,longitude;latitude,longitude")
    section = param.String(default="", doc="name of a line, or its corners as latitude,longitude;latitude,longitude")
    chart = param.String(default="", doc="kind of chart below the maps; empty for the one that fits the other choices")
    release = param.Integer(default=None, bounds=(0, 4000), allow_None=True, doc="lead at which drifting particles are released")
    skill = param.String(default="", doc="name of a verification result; empty for the first there is")
    band: Any = param.Selector(default="14-64", objects=list(BAND_LABELS), doc="waters that errors are taken over")
    waters: Any = param.Selector(default=SPECTRUM_REGIONS[0].name, objects=[region.name for region in SPECTRUM_REGIONS])
    theme: Any = param.Selector(default="light", objects=["light", "dark"])
    language: Any = param.Selector(
        default=None, objects=list(LANGUAGES), allow_None=True, doc="None for the one that the browser prefers"
    )

    @property
    def forcing_store(self) -> str:
        """Return the identifier of the forcing store of forecasts; empty for the climatology."""
        return "" if self.forcing == CLIMATOLOGICAL else self.forcing

    @property
    def point(self) -> tuple[float, float] | None:
        """Return the chosen position (latitude, longitude in [0, 360)) in degrees, or None."""
        if self.point_latitude is None or self.point_longitude is None:
            return None
        return float(self.point_latitude), float(self.point_longitude) % 360

    @property
    def shown_layers(self) -> list[str]:
        """Return the names of the layers chosen, each once, in the order of LAYERS."""
        chosen = set(self.layers.split(","))
        return [name for name in LAYERS if name in chosen]

    @property
    def pinned(self) -> list[Position]:
        """Return the pinned positions (latitude, longitude in [0, 360)) in degrees, up to five, A first."""
        return pinned(self.pins)

    @property
    def limits(self) -> tuple[float, float] | None:
        """Return the fixed range (low, high), or None where it is not given in full or not ascending."""
        if self.low is None or self.high is None or not -1e9 < self.low < self.high < 1e9:
            return None
        return float(self.low), float(self.high)

    def describe(self, name: str) -> str:
        """Return what the address may say for one parameter, in words for a notification."""
        parameter = self.param[name]
        if isinstance(parameter, param.Selector):
            return say("one of {names}", names=", ".join(str(choice) for choice in parameter.objects))
        if isinstance(parameter, param.Number) and parameter.bounds:
            return say("a number from {low} to {high}", low=parameter.bounds[0], high=parameter.bounds[1])
        if name == "layers":
            return say("some of {names}, separated by commas", names=", ".join(LAYERS))
        if name == "pins":
            return say("up to {count} positions such as 35,150;20,-150 (latitude, longitude)", count=MOST_PINS)
        return say("a date such as 2019-06-23" if name == "start" else "a number" if name in ("low", "high") else "a name")


def from_address(arguments: Mapping[str, str]) -> Selection:
    """Return the selection that an address names, keys and values as the address bar holds them; other keys are left alone.

    Raises InputError for a value that a choice cannot have.
    """
    selection = Selection()
    _begin(selection, arguments)
    for name, key in ADDRESS.items():
        if key not in arguments:
            continue
        text = arguments[key]
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        try:
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(text)
            setattr(selection, name, text if isinstance(selection.param[name], param.String) else value)
        except ValueError as error:
            raise InputError(f"{key} is {text[:40]!r}; expected {selection.describe(name)}") from error
    return selection


def _begin(selection: Selection, given: Mapping[str, Any]) -> None:
    """Make the choices that the view in an address begins with and the address leaves open."""
    if view := VIEWS.get(str(given.get(ADDRESS["view"]))):
        selection.param.update(**{name: value for name, value in view.begins.items() if ADDRESS[name] not in given})


def sync_with_address(selection: Selection, refuse: Callable[[str], None]) -> None:
    """Bind every choice to the address bar of this session; a bad value is refused by `refuse(message)` and left out.

    All are bound in one step, which costs a page a tenth of what one at a time would; what the address says is taken before,
    because one bad value would then throw away all the good ones.
    """
    location = pn.state.location
    if location is None:
        return
    query = location.query_params
    _begin(selection, query)
    for name, key in ADDRESS.items():
        if key in query:
            with suppress(ValueError):  # said below
                setattr(selection, name, query[key])

    def refuse_values(received: dict[str, Any]) -> None:
        for name, value in received.items():
            asked = {"key": ADDRESS[name], "value": repr(str(value)[:40]), "expected": selection.describe(name)}
            refuse(say("The address asks for {key} = {value}; expected {expected}. The default is shown.", **asked))

    location.sync(selection, dict(ADDRESS), on_error=refuse_values)

    def leave_out_nothing(event: param.parameterized.Event) -> None:
        if "=null" in event.new:
            parts = event.new.removeprefix("?").split("&")
            location.search = "?" + "&".join(part for part in parts if not part.endswith("=null"))

    location.param.watch(leave_out_nothing, "search")
