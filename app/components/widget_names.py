"""Names in the language of the page for the buttons that the library calls in English."""

import param
from panel.custom import JSComponent

from app.text.i18n import language, say

NAMES = ("Toggle theme", "Open drawer", "Close drawer", "Progress", "Choices", "close")


class LibraryNames(JSComponent):
    """An invisible component in the header of a page: it names buttons and their tooltips, now and when they change."""

    words = param.Dict(default={}, constant=True, doc="English name -> that in the language of the page.")

    _esm = """
    export function render({ model }) {
      const here = document.createElement("span");
      if (Object.keys(model.words).length === 0) return here;
      const name = (element) => {
        const [label, text] = [element.getAttribute("aria-label"), element.textContent].map((name) => model.words[name]);
        if (label) element.setAttribute("aria-label", label);
        if (text && element.childElementCount === 0 && element.matches(".MuiTooltip-tooltip")) element.textContent = text;
      };
      const look = (element) => {
        name(element);
        for (const part of element.querySelectorAll("[aria-label], .MuiTooltip-tooltip")) name(part);
      };
      const observer = new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes) {
          for (const element of [target, ...addedNodes]) if (element.nodeType === 1) look(element);
        }
      });
      const begin = () => {
        for (let root = here.getRootNode(); root; root = root.host?.getRootNode()) {
          observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label"] });
          for (const part of root.querySelectorAll("[aria-label]")) name(part);
        }
      };
      requestAnimationFrame(begin);
      model.on("remove", () => observer.disconnect());
      return here;
    }
    """


def library_names() -> LibraryNames:
    """Return the component with the words of the visit; it does nothing where the page is English."""
    words = {name: say(name) for name in NAMES} if language() != "en" else {}
    return LibraryNames(words=words, width=0, height=0, margin=0)
