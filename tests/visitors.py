"""Visitors without a browser: they fetch the page, join its session over the websocket and make choices, as a browser does.

All of them listen on one thread and keep what the server sends as plain JSON, so that many take little of the machine whose
server they are to load.
"""

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from bokeh.protocol import Protocol
from bokeh.protocol.message import Message
from bokeh.protocol.messages.patch_doc import patch_doc
from bokeh.protocol.receiver import Receiver
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from engine.diagnostics import DISPLAY_VARIABLES
from tests.waiting import PATIENCE

EXTENT = (-80, 90, 20, 380)
VIEW = "south={}&north={}&west={}&east={}&width=1080&height=510".format(*EXTENT)
"""The globe on a map of usual size."""

LOOP = asyncio.new_event_loop()
"""On which all visitors listen."""
threading.Thread(target=LOOP.run_forever, daemon=True).start()

LEADS_IN_A_BODY = 6
LARGEST_MESSAGE = 1 << 27

DOCUMENT_READY = {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}


class Visitor:
    """One open page."""

    def __init__(self, url: str, address: str = "") -> None:
        """Open `url` with `?address`: the server makes the session for the page, the websocket joins it.

        Raises AssertionError where the page names no session, ConnectionError where the server ends the connection.
        """
        self._url = url
        self._models: dict[str, dict[str, Any]] = {}
        self._replies: dict[str, Message[Any]] = {}
        self._news = threading.Condition()
        self._socket: WebSocketClientConnection | None = None
        with urlopen(f"{url}/{address}", timeout=PATIENCE) as page:
            token = re.search(r'"token":\s*"([^"]+)"', page.read().decode())
        assert token is not None, "the page names no session"
        self._listening = asyncio.run_coroutine_threadsafe(self._listen(token.group(1)), LOOP)
        self._listening.add_done_callback(lambda _: self._tell_all())
        self._wait(lambda: self._socket)
        self._ask(Protocol().create("PULL-DOC-REQ"))
        self._change(self.map, "extent", EXTENT)
        self._send({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": DOCUMENT_READY})

    @property
    def map(self) -> dict[str, Any]:
        """Return what the maps know, by name."""
        return self._model(lambda model: "panels" in model)

    def choose_variable(self, name: str) -> None:
        """Choose a variable from the list, and return when the maps know of it."""
        self._change(self._model(lambda model: model.get("label") == "Variable"), "value", DISPLAY_VARIABLES[name].label)
        self._wait(lambda: self.map["panels"][0]["variable"] == name)

    def wait_for_chart(self) -> None:
        """Return when a chart is on the page, which the server draws once the page has told that it is there."""
        self._wait(lambda: any(model.get("class") == "Figure" for model in self._models.values()))

    def wait_for_source(self, words: str) -> None:
        """Return when the list of sources holds a label with `words`."""
        self._wait(lambda: words in str(self._model(lambda model: model.get("label") == "Source")["options"]))

    def frames(self, lead: int | None = None) -> None:
        """Ask for one frame of each map, or for all, as the maps do."""
        for panel in self.map["panels"]:
            if panel["kind"] != "field":
                continue
            leads = [number for number in panel["leads"] if lead is None or number == lead]
            for first in range(0, len(leads), LEADS_IN_A_BODY):
                body = ",".join(str(number) for number in leads[first : first + LEADS_IN_A_BODY])
                path = f"{panel['store']}/{panel['variable']}/{panel['depth_index']}/{body}"
                address = f"{self._url}/frames/{path}?{VIEW}&revision={panel['revision']}"
                with urlopen(Request(address, headers={"Accept-Encoding": "zstd"}), timeout=PATIENCE) as answer:
                    answer.read()

    def play(self) -> None:
        """Start the loop."""
        self._change(self.map, "playing", True)

    def go_to(self, lead: int) -> None:
        """Tell the server which day is on screen, as a browser does while it plays, and return when it has taken it."""
        self._change(self.map, "playhead", lead)

    def close(self) -> None:
        """Leave the page, and return when the connection has ended."""
        assert self._socket is not None
        LOOP.call_soon_threadsafe(self._socket.close, 1000)
        self._listening.result(PATIENCE)

    def _change(self, model: dict[str, Any], name: str, value: Any) -> None:
        model[name] = value
        self._send({"kind": "ModelChanged", "model": {"id": model["id"]}, "attr": name, "new": value})

    def _send(self, event: Any) -> None:
        # The message is made by hand: Bokeh would take events of its own models only.
        self._ask(patch_doc(patch_doc.create_header(), {}, {"events": [event]}))

    def _ask(self, message: Message[Any]) -> None:
        """Send a message, and return when the server has answered it."""

        async def send() -> None:
            assert self._socket is not None
            parts = (message.header_json, message.metadata_json, message.content_json)
            # All are begun before any is waited for: nothing of another message comes between them.
            await asyncio.gather(*[self._socket.write_message(part) for part in parts])

        asyncio.run_coroutine_threadsafe(send(), LOOP).result(PATIENCE)
        reply = self._wait(lambda: self._replies.pop(message.header["msgid"], None))
        assert reply.msgtype != "ERROR", reply.content["text"]

    def _wait(self, condition: Callable[[], Any]) -> Any:
        """Return what `condition()` finds, looked at again after everything that the server says."""
        with self._news:
            found = self._news.wait_for(lambda: condition() or (self._listening.done() and self._listening), PATIENCE)
        assert found, f"the server did not say so within {PATIENCE:g} s"
        if found is self._listening:
            self._listening.result()
            raise ConnectionError("the server ended the connection")
        return found

    def _model(self, is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        with self._news:
            return next(model for model in self._models.values() if is_it(model))

    async def _listen(self, token: str) -> None:
        """Take in all that the server sends until the connection ends."""
        address = f"{self._url.replace('http', 'ws', 1)}/ws"
        request = HTTPRequest(address, headers={"Origin": self._url}, connect_timeout=PATIENCE, request_timeout=PATIENCE)
        socket = await websocket_connect(request, subprotocols=["bokeh", token], max_message_size=LARGEST_MESSAGE)
        receiver = Receiver(Protocol())
        while (fragment := await socket.read_message()) is not None:
            message = await receiver.consume(fragment)
            if message is not None:
                self._take(message, socket)

    def _take(self, message: Message[Any], socket: WebSocketClientConnection) -> None:
        with self._news:
            content = _filed(message.content, self._models)
            for event in content.get("events", []):
                if event["kind"] == "ModelChanged":
                    # What changed before the document came is in the document.
                    self._models.setdefault(event["model"]["id"], {})[event["attr"]] = event["new"]
            if message.msgtype == "ACK":
                self._socket = socket
            if "reqid" in message.header:
                self._replies[message.header["reqid"]] = message
        self._tell_all()

    def _tell_all(self) -> None:
        with self._news:
            self._news.notify_all()


def _filed(value: Any, models: dict[str, dict[str, Any]]) -> Any:
    """Return JSON of Bokeh as plain values in which models are named by their id; their attributes go into `models`."""
    if isinstance(value, list):
        return [_filed(entry, models) for entry in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "map":
        return {str(key): _filed(entry, models) for key, entry in value.get("entries", [])}
    if value.get("type") == "object" and "id" in value:
        attributes = _filed(value.get("attributes", {}), models)
        models[value["id"]] = {**attributes, "id": value["id"], "class": value["name"]}
        return {"id": value["id"]}
    return {name: _filed(entry, models) for name, entry in value.items()}
