"""Colours, type and spacing of the page, light and dark: one quiet instrument, with the ocean as its only strong colour."""

from pathlib import Path
from typing import Any

STYLE_SHEET = (Path(__file__).parent / "theme.css").read_text(encoding="utf-8")

FORECAST_COLOUR = {"light": "#0b6e8a", "dark": "#58c1dd"}
REFERENCE_COLOUR = {"light": "#b65a12", "dark": "#f2a65a"}
INK = {"light": "#2a3a42", "dark": "#c9d6dc"}
RULE = {"light": "#d8e0e4", "dark": "#2b3a42"}
PAPER = {"light": "#ffffff", "dark": "#121b20"}

_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def _scheme(mode: str) -> dict[str, Any]:
    dark = mode == "dark"
    return {
        "palette": {
            "mode": mode,
            "primary": {"main": FORECAST_COLOUR[mode], "contrastText": "#06222b" if dark else "#ffffff"},
            "secondary": {"main": REFERENCE_COLOUR[mode]},
            "background": {"default": "#0c1317" if dark else "#eef2f4", "paper": PAPER[mode]},
            "text": {"primary": "#e6eef1" if dark else "#17262d", "secondary": "#9fb1ba" if dark else "#4d626c"},
            "divider": RULE[mode],
        },
        "typography": {"fontFamily": _FONT, "fontSize": 13, "button": {"textTransform": "none", "fontWeight": 600}},
        "shape": {"borderRadius": 6},
        "components": {
            "MuiAppBar": {
                "styleOverrides": {
                    "root": {
                        "backgroundColor": PAPER[mode],
                        "backgroundImage": "none",
                        "color": "#e6eef1" if dark else "#17262d",
                        "boxShadow": "none",
                        "borderBottom": f"1px solid {RULE[mode]}",
                    }
                }
            },
            "MuiDrawer": {"styleOverrides": {"paper": {"backgroundImage": "none"}}},
            "MuiToolbar": {"styleOverrides": {"root": {"minHeight": "48px !important"}}},
        },
    }


THEME: dict[str, Any] = {"light": _scheme("light"), "dark": _scheme("dark")}
"""Theme of panel-material-ui's page and widgets."""
