"""Visitors without a browser: they fetch the page, open its session and make choices, as a page does over its websocket."""

import re
import time
from typing import Any
from urllib.request import Request, urlopen

from bokeh.client import ClientSession
from bokeh.document import Document
from bokeh.document.events import MessageSentEvent
from bokeh.events import DocumentReady
from bokeh.util.token import get_session_id

# What is on the page must be known here, too.
import app.main  # noqa: F401
from engine.derived import DISPLAY_VARIABLES
from tests.waiting import PATIENCE

VIEW = "south=-80&north=90&west=20&east=380&width=1080&height=510"
"""The globe on a map of usual size."""


class Visitor:
    """One open page."""

    def __init__(self, url: str, address: str = "") -> None:
        """Open `url` with `?address`: the server makes the session for the page, the websocket joins it."""
        self._url = url
        with urlopen(f"{url}/{address}", timeout=PATIENCE) as page:
            token = re.search(r'"token":\s*"([^"]+)"', page.read().decode())
        assert token is not None, "the page names no session"
        self._session = ClientSession(
            session_id=get_session_id(token.group(1)), websocket_url=f"{url.replace('http', 'ws', 1)}/ws"
        )
        self._session.pull()
        self._tell("bokeh_event", DocumentReady())

    @property
    def document(self) -> Document:
        """Return what the page holds."""
        return self._session.document

    @property
    def map(self) -> Any:
        """Return the data of the maps."""
        return next(model.data for model in self.document.models if hasattr(getattr(model, "data", None), "panels"))

    def choose_variable(self, name: str) -> None:
        """Choose a variable from the list, and return when the maps know of it."""
        chooser = next(
            model.data for model in self.document.models if getattr(getattr(model, "data", None), "label", "") == "Variable"
        )
        chooser.value = DISPLAY_VARIABLES[name].label
        # A round trip would drop what the server says of its own accord.
        self._session._connection._loop_until(lambda: self.map.panels[0]["variable"] == name)

    def frames(self, lead: int | None = None) -> None:
        """Ask for one frame of each map, or for all, as the maps do."""
        for panel in self.map.panels:
            if panel["kind"] != "field" or not panel["leads"]:
                continue
            leads = ",".join(str(number) for number in (panel["leads"] if lead is None else [lead]))
            path = f"{panel['store']}/{panel['variable']}/{panel['depth_index']}/{leads}"
            address = f"{self._url}/frames/{path}?{VIEW}&revision={panel['revision']}"
            with urlopen(Request(address, headers={"Accept-Encoding": "zstd"}), timeout=PATIENCE) as body:
                body.read()

    def go_to(self, lead: int) -> None:
        """Tell the server which day is on screen, as a browser does while it plays."""
        self.map.playhead = lead

    def round_trip(self) -> None:
        """Return when the server has answered a question of this page."""
        self._session.force_roundtrip()

    def offers(self, words: str, seconds: float = 60.0) -> bool:
        """Return whether the list of sources holds a label with `words` within some seconds."""
        chooser = next(
            model.data for model in self.document.models if getattr(getattr(model, "data", None), "label", "") == "Source"
        )
        deadline = time.monotonic() + seconds
        self._session._connection._loop_until(
            lambda: any(words in str(option) for option in chooser.options) or time.monotonic() > deadline
        )
        return any(words in str(option) for option in chooser.options)

    def close(self) -> None:
        """Leave the page: the server sees the connection end."""
        self._session.close()

    def _tell(self, kind: str, message: Any) -> None:
        self.document.callbacks.trigger_on_change(MessageSentEvent(self.document, kind, message))
        self._session.force_roundtrip()
