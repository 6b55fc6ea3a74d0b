"""Every use of what Panel and Bokeh do not document, each with the reason; to be looked at again with each new version of them.

A fault of Panel 1.9 is named with its issue where one is known.
"""

from contextlib import suppress
from typing import Any

import panel as pn
import param
from bokeh.document import Document
from bokeh.server.server import Server
from bokeh.server.tornado import BokehTornado
from bokeh.server.views.auth_request_handler import AuthRequestHandler
from bokeh.server.views.ico_handler import IcoHandler
from panel.io.resources import LOCAL_DIST
from panel.io.server import AuthenticatedStaticFileHandler, AutoloadJsHandler
from panel.io.state import state
from panel.util import edit_readonly

__all__ = [
    "LOGGERS", "AnswersLateChoices", "AuthRequestHandler", "AuthenticatedStaticFileHandler", "AutoloadJsHandler", "IcoHandler",
    "TakesTuples", "answer_at_once", "application_of", "forget_document", "mark_ready", "serve_own_styles", "unlink_from_server",
]  # fmt: skip
"""The four handlers are those of the libraries: an address of ours answers behind the same login only as one of them."""

LOGGERS = ("asyncio", "bokeh.server.protocol_handler", "tornado.application")
"""Loggers that report a page closed while messages were under way."""

ECHOED = ("options", "value")

WHOLE_CHOICE_MILLISECONDS = 2
"""Time for which the change of a list is held back: enough to gather options and value, and too short to be noticed."""


def forget_document(document: Document | None) -> None:
    """Drop what Panel keeps of a document after its session has ended.

    Panel 1.9 registers the area of notifications beside the page and never removes it: the area, its models and with them the
    document and whatever waits for one of its timers would stay for as long as the server runs. Another leak of the same table
    is github.com/holoviz/panel/issues/8605.
    """
    if document is None:
        return

    def forget(_: Any) -> None:
        for name in [name for name, (_, _, held, _) in state._views.items() if held is document]:
            state._views.pop(name, None)

    document.on_session_destroyed(forget)


def mark_ready(document: Document | None) -> None:
    """Let changes of a document reach the browser from now on.

    Panel 1.9 drops changes that are made after the document was sent and before the browser calls all of it ready
    (github.com/holoviz/panel/pull/8698): a click in the first second of a page would never be answered.
    """
    if document is not None:
        state._connected[document] = state._loaded[document] = True


def unlink_from_server(page: Any) -> None:
    """Detach a page of panel-material-ui from the busy state of the whole server.

    With that link each event of any visitor would look through the documents of all others, to move an indicator that is not
    there, and the server would keep every page that was ever opened. No issue is known.
    """
    with edit_readonly(page):
        page.busy = page.param.loading


def serve_own_styles() -> None:
    """Have the document under construction name this server's style sheets.

    Panel sets the address only when it sends the page: models made before would ask a distant host for `loading.css`
    (github.com/holoviz/panel/pull/8408).
    """
    if pn.state.curdoc is not None:
        pn.state.curdoc.template_variables["dist_url"] = LOCAL_DIST


def answer_at_once(widget: Any) -> None:
    """Take the choice of a widget without delay.

    Panel holds every change back for 50 ms to gather those of a drag, without a parameter for it; a choice from a list is
    whole at once. No issue is known.
    """
    widget._debounce = WHOLE_CHOICE_MILLISECONDS


def application_of(server: Server) -> BokehTornado:
    """Return the Tornado application of a Bokeh server, which has no public name."""
    return server._tornado


class AnswersLateChoices:
    """Mixin of a list: answers a choice among options that have been replaced with the options and the value in force.

    The browser sends back what it has drawn, so that after two changes in a row it may send the first one. Panel raises the
    ValueError or IndexError of a label that is no longer among the options; no issue is known.
    """

    param: Any

    def _process_property_change(self, props: dict[str, Any]) -> dict[str, Any]:
        # No visitor changes options: those that the browser sends are old ones.
        if "options" not in props:
            with suppress(ValueError, IndexError):
                return dict(super()._process_property_change(props))  # type: ignore[misc]
        self.param.trigger(*ECHOED)
        others = {name: value for name, value in props.items() if name not in ECHOED}
        return dict(super()._process_property_change(others))  # type: ignore[misc]


class TakesTuples:
    """Mixin of a component whose parameters of the kind `param.Tuple` come back from the browser as lists, which they refuse.

    The same fault for range sliders is github.com/holoviz/panel/issues/8098.
    """

    param: Any

    def _process_property_change(self, props: dict[str, Any]) -> dict[str, Any]:
        values = super()._process_property_change(props)  # type: ignore[misc]
        kinds = self.param.objects("existing")
        return {
            name: tuple(value) if isinstance(value, list) and isinstance(kinds[name], param.Tuple) else value
            for name, value in values.items()
        }
