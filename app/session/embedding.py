"""A view inside somebody else's page, by `embed=1` in the address: maps and player alone, and a link to the whole page."""

from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.components.address_link import AddressLink
from app.components.reconnection import reconnection
from app.loopmap import LoopMap
from app.page.template import page_template
from app.style.theme import STYLE_SHEET, THEME, map_colours
from app.text.i18n import say

_LAYOUT = """
.map { aspect-ratio: auto; height: clamp(120px, calc(100vh - 146px), 62cqw); }
.panels[data-count="2"] .map { height: clamp(120px, calc(100vh - 166px), 31cqw); }
.panels[data-count="3"] .map { height: clamp(110px, calc(50vh - 138px), 31cqw); }
@container (max-width: 760px) {
  .map { height: clamp(120px, calc(100vh - 228px), 62cqw); }
  .panels[data-count="2"] .map, .panels[data-count="3"] .map { height: 62cqw; }
}
"""
"""Heights of the maps in a frame: all of it, but for titles, colour bar, player and the link."""


def is_embedded() -> bool:
    """Return whether the page of this session is asked for as a part of another."""
    return pn.state.session_args.get("embed", [b""])[0] == b"1"


def embedded_page(maps: LoopMap, theme: str) -> pmui.Page:
    """Return a page of the maps alone."""
    maps.stylesheets = [_LAYOUT, map_colours(theme)]
    whole = AddressLink(
        text=say("Open in GOMS Explorer"), changes={"embed": None}, new_tab=True, sizing_mode="stretch_width",
        margin=(0, 4, 4, 4), styles={"text-align": "right"},
    )  # fmt: skip
    body: Any = pn.Column(maps, whole, reconnection(), sizing_mode="stretch_width", margin=(4, 8))
    return pmui.Page(
        title="GOMS Explorer", main=[body], busy_indicator=None, theme_toggle=False, theme_config=THEME,
        dark_theme=theme == "dark", template=page_template(), raw_css=[STYLE_SHEET],
        sx={"& .MuiAppBar-root, & .MuiToolbar-root": {"display": "none"}},
    )  # fmt: skip
