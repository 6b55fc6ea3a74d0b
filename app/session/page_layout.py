"""Where the views stand on the page: header, sidebar, and the middle that changes with the chosen view."""

from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui

from app.components.address_link import language_switch
from app.components.collapse_sidebar import FoldOnPhones
from app.components.reconnection import reconnection
from app.components.save_menu import KINDS, SCRIPT, SKILL_KINDS, SaveMenu
from app.components.widget_names import library_names
from app.page.template import page_template
from app.state.selection import Selection
from app.style.theme import PHONE_WIDTH, STYLE_SHEET, THEME
from app.text.i18n import say, words_in
from app.text.plain_text import heading
from app.views.controls.compare import CompareControls
from app.views.controls.field import FieldControls
from app.views.controls.files import FileControls
from app.views.controls.get_data import GetDataDialog
from app.views.controls.layers import LayerControls
from app.views.controls.run import RunControls
from app.views.controls.sources import SourceControls
from app.views.controls.stores_dialog import StoresDialog
from app.views.controls.tab_bar import TabBar

HEADER = {
    "& .title.title": {"fontSize": "1.05rem", "color": "text.primary", "whiteSpace": "nowrap"},
    # The tabs shrink, never the button beside them; on a phone they replace the title.
    "& .header .MuiToolbar-root > .MuiBox-root:has(.title) + .MuiBox-root": {"minWidth": 0},
    # The library draws its progress bar even without a busy indicator.
    "& .header > .MuiLinearProgress-root": {"display": "none"},
    f"@media (max-width: {PHONE_WIDTH}px)": {"& .header .MuiToolbar-root > .MuiBox-root:has(.title)": {"display": "none"}},
}


@dataclass(frozen=True)
class Controls:
    """The views of the header and the sidebar."""

    tabs: TabBar
    sources: SourceControls
    files: FileControls
    get_data: GetDataDialog
    run: RunControls
    field: FieldControls
    compare: CompareControls
    layers: LayerControls
    stores: StoresDialog


class PageLayout:
    """The columns of a page; those of the maps are hidden where a view shows none."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        field, compare, layers = controls.field, controls.compare, controls.layers
        self._of_maps = pn.Column(
            heading(say("Field")), field.variable, field.quantity, field.depth, field.surface_only,
            heading(say("Compare")), compare.layout,
            heading(say("View")), field.region, field.palette, field.range_mode, field.limits,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self._over_maps = pn.Column(heading(say("Layers")), layers.layout, sizing_mode="stretch_width", margin=0)
        self.save_maps, self.save_scores = (
            SaveMenu(
                kinds={name: say(label) for name, label in kinds.items()},
                words=words_in(SCRIPT),
                sizing_mode="stretch_width",
                margin=(2, 10, 8, 10),
            )
            for kinds in (KINDS, SKILL_KINDS)
        )
        self._saving = pn.Column(sizing_mode="stretch_width", margin=0)
        self._main = pn.Column(sizing_mode="stretch_width", margin=(8, 12), styles={"position": "relative"})

    def show(self, contents: list[Any], has_map: bool) -> None:
        """Put `contents` into the middle, with the choices that they know."""
        self._of_maps.visible = self._over_maps.visible = has_map
        self._saving.objects = [self.save_maps if has_map else self.save_scores]
        if self._main.objects != contents:
            self._main.objects = contents

    def page(self, selection: Selection) -> pmui.Page:
        """Return the page in the language and the theme of a selection."""
        controls = self._controls
        sidebar = [
            heading(say("Forecast")), controls.sources.source, *controls.files.layout, controls.get_data.layout,
            controls.sources.start,
            controls.sources.model, controls.sources.forcing, controls.run.layout,
            self._of_maps, controls.field.units, self._over_maps,
            heading(say("Save")), self._saving, controls.stores.layout,
        ]  # fmt: skip
        return pmui.Page(
            title="GOMS Explorer",
            meta_description=say("30-day forecasts of the global ocean, run and played in the browser"),
            header=[
                controls.tabs.layout,
                # The library expects a coloured header and draws its buttons in white.
                pmui.Button(
                    label=say("Show"),
                    icon="slideshow",
                    href="show" if selection.language is None else f"show?language={selection.language}",
                    variant="text",
                    size="small",
                    margin=(6, 4),
                    sx={"color": "text.secondary", "flexShrink": 0},
                ),
                language_switch(),
                library_names(),
                reconnection(),
                FoldOnPhones(narrower_than=PHONE_WIDTH, width=0, height=0, margin=0),
            ],
            sidebar=sidebar,
            main=[self._main],
            sidebar_width=288,
            sidebar_resizable=False,
            busy_indicator=None,
            theme_config=THEME,
            dark_theme=selection.theme == "dark",
            template=page_template(),
            raw_css=[STYLE_SHEET],
            sx=HEADER,
        )
