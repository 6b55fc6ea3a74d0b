"""LoopMap: one to three linked maps and their player, drawn and played in the browser.

One component holds every panel, so that view, range and playhead are shared without a server round trip.

    loop_map = LoopMap(
        panels=[
            {
                "key": "forecast",            # unique within the component
                "kind": "field",              # or "difference": then "of": ["forecast", "reference"], first minus second
                "store": "small__sample-1__20190623",   # identifier that `app.frames.http` can open
                "variable": "thetao",         # or a derived name that the reader understands: "speed", "thetao_anomaly"
                "depth_index": 0,
                "leads": [0, 1, 2],           # finished leads of that store; may grow, only new ones are fetched
                "lead_offset": 0,             # the store's lead shown at playhead L is L + lead_offset
                "revision": "",               # changes when a store of the same identifier is written anew
                "title": "GOMS small",        # source label, always on screen
                "has_lead": True,             # optional; False for an analysis, whose days are no leads
                "lead_shift": 0,              # optional: added to the lead in words, where a forecast counts from another start
                "quantity": "Temperature at 100 m",
                "units": "degC",              # of the frames; written as °C, m s⁻¹ ... on screen
                "shown": ["°F", 1.8, 32.0],   # optional: what values are read in, symbol, factor and offset; `speed` of arrows
                "forcing": "hindcast, winds known",
                "notice": "sample ocean - simulation, not for navigation",
                "eddies": "small__sample-1__20190623",  # store whose eddies belong to this map; "" where there is none
                "classes": [[0.0, "glassy"], [0.1, "smooth"]],   # optional: names on the bar from these values, as shown, on
                "palette": "balance",         # optional: difference panels and overrides
                "currents": {"store": ..., "depth_index": 0, "revision": "", "leads": [...]},  # optional, as `wind` and `ice`:
                                      # where these layers come from, at the store's own leads (`app.state.layer_fields`)
                "own_range": False,           # optional: limits of its own, as what is another quantity needs
                "empty": "No reference for this start",  # shown in place of a map when leads is empty
            },
        ],
        leads=list(range(31)),                # the whole expected loop, whether finished or not
        times=["2019-06-23", ...],            # one label a lead: valid date or "sample day 120 (like 23 Jun)"
        palette="thermal", range_mode="auto", # auto | fixed | symmetric | balanced; log_scale=True for concentrations
        view=(0.0, 205.0, 360.0),             # centre latitude, centre longitude, degrees of longitude across a panel
    )
    loop_map.on_point(lambda lat, lon: ...)   # a click on a map

Parameters that the browser writes back: `view`, `divider` and `playhead` (throttled to 250 ms, the playhead of a loop that plays
to 1 s), `playing`, `speed`, `looping`, `shown_range` (the limits now on screen, also under auto), `extent` (lat_min, lat_max,
lon_min, lon_max in view, for scores of that region).
Whenever another lead is painted the document hears `goms-lead` with it as detail: charts beside the maps follow the playhead.
The page must serve `app.frames.http.patterns(open_reader)` as `extra_patterns`; `frames_url` and `static_url` are relative to it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
import param
from panel.custom import JSComponent

from app.loopmap.static_files import STATIC, STATIC_URL
from app.page.panel_workarounds import TakesTuples, mark_ready

# Native modules of the same server, so that the browser keeps them and shows their names in a stack trace.
_LOADER = """
const absolute = (address) => new URL(address, document.baseURI).href;
export async function render({ model, view }) {
  const files = absolute(model.static_url);
  const component = globalThis.gomsComponents?.[`${files}/`] ?? (await import(`${files}/loopmap.js`));
  return component.render({ model, frames: absolute(model.frames_url), sizing: view.model.sizing_mode });
}
"""


PATH_STEP = 0.01
"""Degrees to which the places of a path are rounded on their way to the browser."""


def pack_path(places: np.ndarray) -> str:
    """Return places (n, 2), latitude and longitude in degrees, as text of 16 bits a number that the browser unpacks."""
    latitude, longitude = places[:, 0] + 90, places[:, 1] % 360
    numbers = np.rint(np.column_stack([latitude, longitude]) / PATH_STEP).astype("<u2")
    return base64.b64encode(numbers.tobytes()).decode()


_STYLES = ("panels", "labels", "swipe", "map_controls", "player")
"""Style sheets in the order in which they apply."""


class LoopMap(TakesTuples, JSComponent):
    """One to three linked maps with one player; see the module docstring for the panel fields."""

    _esm = _LOADER
    _stylesheets = [(STATIC / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES]  # noqa: RUF012

    panels = param.List(default=[], item_type=dict, doc="One dict a panel, one to three.")
    leads = param.List(default=[], item_type=int, doc="Every lead of the loop in days, finished or expected.")
    times = param.List(default=[], item_type=str, doc="Valid date or sample day of each lead.")

    palette = param.String(default="thermal", doc="Name in app.style.palettes.PALETTES.")
    range_mode: Any = param.Selector(default="auto", objects=["auto", "fixed", "symmetric", "balanced"])
    range_low = param.Number(default=0.0, doc="Lower limit under fixed, in the panel's units.")
    range_high = param.Number(default=1.0, doc="Upper limit under fixed, in the panel's units.")
    log_scale = param.Boolean(default=False, doc="Colours follow log10 of the value.")

    view = param.Tuple(default=(0.0, 205.0, 360.0), length=3, doc="Centre latitude, centre longitude, longitude span.")
    extent = param.Tuple(default=(-90.0, 90.0, 0.0, 360.0), length=4, doc="Bounds in view, from the browser.")
    shown_range = param.Tuple(default=(0.0, 1.0), length=2, doc="Colour limits on screen, from the browser.")

    playhead = param.Integer(default=0, doc="Lead on screen, days.")
    playing = param.Boolean(default=False)
    speed = param.Number(default=6.0, bounds=(0.5, 60.0), doc="Leads a second.")
    looping = param.Boolean(default=True)
    blend = param.Boolean(default=False, doc="Show blends between days, labelled so.")
    marker = param.Tuple(default=None, length=2, allow_None=True, doc="Latitude, longitude of the marked point.")

    pins = param.List(default=[], doc="[latitude, longitude, letter, colour] of the places that stay marked.")

    layers = param.List(default=[], item_type=str, doc="Names of app.state.selection.LAYERS that are drawn over the fields.")
    line = param.List(default=[], doc="[latitude, longitude] of the places of a line drawn on every map.")

    paths = param.Dict(default={}, doc="Paths of drifting particles by key of the panel, as `app.analysis.drift` gives them.")
    layout: Any = param.Selector(default="side", objects=["side", "swipe", "difference"], doc="How compared maps share the page.")
    divider = param.Integer(default=50, bounds=(0, 100), doc="Per cent of the width left of the divider of a swipe.")
    axes = param.Dict(default={}, doc="{key of a panel: {lead as text: `pack_path` of a path that moves with the days}}.")
    axis_name = param.String(default="", doc="What is written beside each of the axes.")

    words = param.Dict(default={}, constant=True, doc="English text of the scripts -> that of the page.")
    show_player = param.Boolean(default=True)
    frames_url = param.String(default="frames", doc="Address of the frames handler, relative to the page.")
    static_url = param.String(default=STATIC_URL, doc="Address of the component's modules, relative to the page.")

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._point_callbacks: list[Callable[[float, float], Any]] = []
        self._step_callbacks: list[Callable[[str, int], Any]] = []

    def on_point(self, callback: Callable[[float, float], Any]) -> None:
        """Call back with latitude and longitude (degrees, longitude in [0, 360)) of each click on a map."""
        self._point_callbacks.append(callback)

    def on_step(self, callback: Callable[[str, int], Any]) -> None:
        """Call back with `depth` or `palette` and 1 or -1 where a key asks for the next or the one before."""
        self._step_callbacks.append(callback)

    def _handle_msg(self, data: dict[str, Any]) -> None:
        if data.get("kind") == "rendered":
            mark_ready(pn.state.curdoc)
        if data.get("kind") == "point":
            for callback in self._point_callbacks:
                callback(float(data["lat"]), float(data["lon"]))
        if data.get("kind") == "step":
            for step in self._step_callbacks:
                step(str(data["what"]), 1 if data["by"] > 0 else -1)
