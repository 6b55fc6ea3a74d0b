"""The bar of views in the header: a switch keeps date, playhead and point, and restores the field that each view showed last."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from app.state.selection import Selection
from app.state.view_modes import VIEWS
from app.text.i18n import say
from app.views.widgets.selection_view import SelectionView

# Only the bar of the component is used: the content of the tabs is the page itself.
_BAR = {
    "minWidth": 0,
    "& > .MuiBox-root": {"display": "none"},
    "& .MuiTabs-root": {"minHeight": "48px"},
    "& .MuiTab-root": {"minHeight": "48px", "minWidth": 0, "padding": "0 12px", "color": "text.secondary", "fontSize": "0.9rem"},
    # The library expects a coloured header and draws the chosen tab in white.
    "& .MuiTab-root.Mui-selected": {"color": "inherit"},
    "& .MuiTabs-indicator": {"backgroundColor": "currentColor"},
    "& .MuiTab-root.Mui-focusVisible": {"outline": "2px solid", "outlineOffset": "-4px", "borderRadius": "6px"},
}


class TabBar(SelectionView):
    """One tab a view, bound to the choice of view; it stores and restores the choices that a view begins with."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection)
        self._names = list(VIEWS)
        self._own: dict[str, dict[str, Any]] = {}
        self._lent: dict[str, Any] = {}
        self.layout = pmui.Tabs(
            *((say(view.label), pn.Spacer(width=0, height=0)) for view in VIEWS.values()), 
            active=self._names.index(selection.view), sizing_mode="stretch_width", margin=(0, 8, 0, 20), sx=_BAR,
        )  # fmt: skip
        self.layout.param.watch(self._chosen, "active")

    def _chosen(self, event: Any) -> None:
        selection, wanted = self.selection, self._names[event.new]
        if wanted == selection.view:
            return
        left = VIEWS[selection.view]
        self._own[left.name] = {name: getattr(selection, name) for name in left.begins}
        changes = {name: self._lent.pop(name, selection.param[name].default) for name in left.begins}
        begins = VIEWS[wanted].begins
        self._lent |= {name: changes.get(name, getattr(selection, name)) for name in begins}
        selection.param.update(**(changes | dict(self._own.get(wanted, begins))), view=wanted)

    @param.depends("selection.view", watch=True)
    def _show(self) -> None:
        self.layout.active = self._names.index(self.selection.view)
