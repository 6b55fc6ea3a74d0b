"""A page that lost its server shows a message, and reloads its own address when the server answers again."""

import param
from panel.custom import JSComponent

from app.loopmap.static_files import STATIC_VERSION
from app.text.i18n import say

LOST = "The server does not answer. This page comes back by itself as soon as it does."

_STYLE = """
position: fixed; inset: auto 0 0 0; z-index: 3000; padding: 10px 16px; text-align: center;
background: var(--mui-palette-error-main, #b3261e); color: var(--mui-palette-error-contrastText, #ffffff);
font: 600 14px/1.4 var(--mui-font-family, system-ui, sans-serif);
"""


class Reconnection(JSComponent):
    """An invisible component of a page. Bokeh's own reconnection would make a second session under a page of the first.

    The address holds the choices; the day on screen, which is not written there while the maps play, is added to it.
    """

    words = param.String(default="", doc="What is said while the server does not answer.")
    style = param.String(default=_STYLE, constant=True, doc="How it looks.")
    probe = param.String(default=f"loopmap/{STATIC_VERSION}/palettes.json", doc="A small address that any answer may come from.")

    _esm = """
    const PAUSE = 2000; // ms between two looks, with as much at most by chance: not all pages shall come back at once
    const GATEWAY = [502, 503, 504]; // what a proxy says for a server that is away

    export function render({ model, view }) {
      const line = document.createElement("div");
      line.setAttribute("role", "alert");
      line.style.cssText = model.style;
      let lost = false;

      const answers = async () => {
        const asked = { method: "HEAD", cache: "no-store", credentials: "same-origin" };
        const response = await fetch(new URL(model.probe, document.baseURI), asked).catch(() => null);
        return response !== null && !GATEWAY.includes(response.status);
      };
      const comeBack = () => {
        const address = new URL(location.href);
        const lead = globalThis.goms?.state?.().lead;
        if (Number.isInteger(lead) && lead > 0) address.searchParams.set("lead", lead);
        history.replaceState(null, "", address);
        location.reload();
      };
      const look = async () => {
        if (await answers()) comeBack();
        else setTimeout(look, PAUSE * (1 + Math.random()));
      };

      view.model.document.on_event("connection_lost", () => {
        if (lost) return;
        lost = true;
        line.textContent = model.words;
        document.body.append(line);
        setTimeout(look, PAUSE * Math.random());
      });
      return document.createElement("span");
    }
    """


def reconnection() -> Reconnection:
    """Return the component with the words of the visit."""
    return Reconnection(words=say(LOST), width=0, height=0, margin=0)
