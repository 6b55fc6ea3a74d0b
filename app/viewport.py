"""Tells the server how wide the browser's window is."""

import param
from panel.custom import JSComponent


class Viewport(JSComponent):
    """An invisible component; `window_width` is set once, in pixels, when the page is there."""

    _esm = """
    export function render({ model }) {
      model.window_width = window.innerWidth;
      return document.createElement("span");
    }
    """

    window_width = param.Integer(default=0, doc="Width of the window in CSS pixels, from the browser.")
