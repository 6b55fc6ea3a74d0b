"""Links to the same page under another address: in the other language, or whole instead of embedded."""

import param
from panel.custom import JSComponent

from app.text.i18n import LANGUAGES, TAGS, language, say

SHORT = {"en": "EN", "zh": "中文"}
"""What the header, narrow on a phone, calls a language."""

_STYLE = """
a { display: block; white-space: nowrap; font-size: 12px; color: var(--link, var(--mui-palette-primary-main, #0a6e8a)); }
:host(.button) a { padding: 0 8px; line-height: 30px; font-size: 13px; font-weight: 600; text-decoration: none; }
:host(.button) a:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
a:focus-visible { outline: 2px solid; outline-offset: 2px; border-radius: 4px; }
"""


class AddressLink(JSComponent):
    """A small link to the choices in force when it is followed, with `changes` to the address; None leaves a key out."""

    text = param.String(default="", doc="What is read.")
    label = param.String(default="", doc="What a screen reader says and the pointer shows; empty for the text alone.")
    tag = param.String(default="", doc="Language of the text, as HTML names it.")
    changes = param.Dict(default={}, doc="Key of the address -> its value there, or None.")
    new_tab = param.Boolean(default=False)

    _esm = """
    export function render({ model }) {
      const link = document.createElement("a");
      link.textContent = model.text;
      link.lang = model.tag;
      if (model.label) {
        link.title = model.label;
        link.setAttribute("aria-label", model.label);
      }
      if (model.new_tab) Object.assign(link, { target: "_blank", rel: "noopener" });
      const aim = () => {
        const address = new URL(location.href);
        for (const [key, value] of Object.entries(model.changes)) {
          if (value === null) address.searchParams.delete(key);
          else address.searchParams.set(key, value);
        }
        link.href = address.href;
      };
      aim();
      for (const kind of ["pointerenter", "focus", "click"]) link.addEventListener(kind, aim);
      return link;
    }
    """

    _stylesheets = [_STYLE]  # noqa: RUF012


def language_switch() -> AddressLink:
    """Return the link to this page in the other language, which says so in both."""
    other = next(name for name in LANGUAGES if name != language())
    return AddressLink(
        text=SHORT[other], label=f"{say('Language:')} {LANGUAGES[other]}", tag=TAGS[other], changes={"language": other},
        margin=(6, 4), css_classes=["button"], styles={"--link": "var(--mui-palette-text-secondary, #52626d)"},
    )  # fmt: skip
