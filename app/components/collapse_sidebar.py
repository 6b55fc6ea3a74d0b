"""Folds the page's choices away on narrow windows, in the browser, before they can cover the map."""

import param
from panel.custom import JSComponent


class FoldOnPhones(JSComponent):
    """An invisible component in the header of a page: it closes the sidebar once where the window is narrow."""

    _esm = """
    export function render({ model, view }) {
      if (window.innerWidth < model.narrower_than) {
        for (const root of view.model.document.roots()) {
          if (root.data?.sidebar_open) root.data.sidebar_open = false;
        }
      }
      return document.createElement("span");
    }
    """

    narrower_than = param.Integer(default=600, doc="Width in CSS pixels below which the sidebar is closed.")
