"""Colours, type and spacing of the page, light and dark: the ocean is the only strong colour."""

from pathlib import Path
from typing import Any

STYLE_SHEET = (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")

FORECAST_COLOUR = {"light": "#0a6e8a", "dark": "#58c1dd"}
REFERENCE_COLOUR = {"light": "#b65a12", "dark": "#f2a65a"}
PIN_COLOURS = {
    "light": ("#c0392b", "#6a3d9a", "#2e7d32", "#8c6d1f", "#3b4fc4"),
    "dark": ("#ff8a7a", "#c9a6ff", "#7fd28a", "#e3c565", "#93a5ff"),
}
"""Of the pins A to E, apart from each other and from the chosen point's colour; each has its letter, too."""
INK = {"light": "#2a3a42", "dark": "#c9d6dc"}
RULE = {"light": "#d8e0e4", "dark": "#2b3a42"}
LAND = {"light": "#e9e6df", "dark": "#27323a"}
PAPER = {"light": "#ffffff", "dark": "#10181d"}

PLANKTON_COLOURS = {
    "chl_chlorophyte": "#5b9a4e", "chl_diatom": "#b08a3c", "chl_coccolithophore": "#a9c7cf", "chl_cyanobacteria": "#3f7396",
}  # fmt: skip
"""Groups of phytoplankton, told apart by lightness, too."""

_TEXT = {"light": "#14212b", "dark": "#e6eef1"}
_MUTED = {"light": "#52626d", "dark": "#9fb1ba"}
_GROUND = {"light": "#eef2f4", "dark": "#0b1115"}
_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"

PHONE_WIDTH = 600
"""Viewports narrower than this, in pixels, begin with the sidebar closed."""


_FOR_SCREEN_READERS: dict[str, Any] = {
    # Names for screen readers where the library gives none or a wrong one: its lists hold menu entries, not options.
    "MuiLinearProgress": {"defaultProps": {"aria-label": "Progress"}},
    "MuiMenuItem": {"defaultProps": {"role": "option"}},
    "MuiDrawer": {"defaultProps": {"slotProps": {"paper": {"aria-label": "Choices"}}}},
    # The title heads the page, an overline a group of choices; the library's blank headings, there for their height, are none.
    "MuiTypography": {"defaultProps": {"variantMapping": {"h3": "h1", "h5": "div", "overline": "h2"}}},
}
"""Names and roles of the library's widgets, where no widget has a setting for them."""


def _scheme(mode: str) -> dict[str, Any]:
    dark = mode == "dark"
    bar = {
        "backgroundColor": PAPER[mode], "backgroundImage": "none", "color": _TEXT[mode], "boxShadow": "none",
        "borderBottom": f"1px solid {RULE[mode]}",
    }  # fmt: skip
    # The library shows the focus of a button by an animation only.
    ring = {"outline": "2px solid currentColor", "outlineOffset": "-4px"}
    return {
        "palette": {
            "mode": mode,
            "primary": {"main": FORECAST_COLOUR[mode], "contrastText": "#06222b" if dark else "#ffffff"},
            "secondary": {"main": REFERENCE_COLOUR[mode]},
            "background": {"default": _GROUND[mode], "paper": PAPER[mode]},
            "text": {"primary": _TEXT[mode], "secondary": _MUTED[mode]},
            "divider": RULE[mode],
        },
        "typography": {"fontFamily": _FONT, "fontSize": 13, "button": {"textTransform": "none", "fontWeight": 600}},
        "shape": {"borderRadius": 6},
        "components": _FOR_SCREEN_READERS
        | {
            "MuiAppBar": {"styleOverrides": {"root": bar}},
            "MuiButtonBase": {"styleOverrides": {"root": {"&.Mui-focusVisible": ring}}},
            "MuiDrawer": _FOR_SCREEN_READERS["MuiDrawer"] | {"styleOverrides": {"paper": {"backgroundImage": "none"}}},
            "MuiFormControlLabel": {"styleOverrides": {"label": {"fontSize": "12.5px", "whiteSpace": "nowrap"}}},
            "MuiToolbar": {"styleOverrides": {"root": {"minHeight": "48px !important"}}},
            "MuiTypography": _FOR_SCREEN_READERS["MuiTypography"]
            | {"styleOverrides": {"overline": {"letterSpacing": "0.08em", "color": _MUTED[mode]}}},
        },
    }


THEME: dict[str, Any] = {"light": _scheme("light"), "dark": _scheme("dark")}
"""Theme of panel-material-ui's page and widgets."""


def map_colours(mode: str) -> str:
    """Return the style sheet that gives the map component the colours of the page."""
    return f""":host {{
  --goms-bg: {PAPER[mode]}; --goms-fg: {_TEXT[mode]}; --goms-muted: {_MUTED[mode]}; --goms-line: {RULE[mode]};
  --goms-accent: {FORECAST_COLOUR[mode]}; --goms-on-accent: {"#06222b" if mode == "dark" else "#ffffff"};
  --goms-panel: {PAPER[mode]}; --goms-missing: {LAND[mode]}; --goms-font: {_FONT};
}}"""


MAP_LAYOUT = """
.map { aspect-ratio: auto; height: clamp(220px, calc(100vh - 432px), 47cqw); }
.panels[data-count="2"] .map { height: clamp(160px, calc(100vh - 432px), 25cqw); }
.panels[data-count="3"] .map { height: clamp(160px, calc(50vh - 180px), 25cqw); }
@container (min-width: 1080px) {
  .panels[data-count="3"] { grid-template-columns: repeat(2, minmax(0, 1fr)) !important; }
}
@container (max-width: 760px) {
  .map, .panels[data-count="2"] .map, .panels[data-count="3"] .map { height: 62cqw; }
}
"""
"""Heights of the maps: as wide as the page allows, never so tall that player and charts leave the screen; three maps leave the
fourth corner to the charts."""

CORNER = """
:host { border-top: 1px solid var(--mui-palette-divider, rgba(127, 127, 127, .3)); }
@media (max-width: 760px) {
  :host { height: auto !important; }
}
@media (min-width: 1392px) {
  :host(.corner) {
    position: absolute; right: 12px; bottom: 66px; width: calc(50% - 20px) !important; height: calc(50% - 46px) !important;
    border-top: none; overflow: hidden auto; scrollbar-width: thin;
  }
}
"""
"""Where the charts stand: below the maps, on a phone as tall as all of them, or in the fourth corner of three maps on a wide
screen."""
