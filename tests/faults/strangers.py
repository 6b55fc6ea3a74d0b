"""Servers of the page within this process, and requests to them as a stranger's program writes them."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tornado.ioloop import IOLoop

from app.jobs.queue import Jobs
from app.server.options import parser, sharing
from app.server.serve import made_server
from app.services.options import Options
from app.services.services import Services
from tests.waiting import PATIENCE

VIEW = "?south=-90&north=90&west=0&east=360&width=180&height=90"
PASSWORD = "under-the-waves"
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


@dataclass
class Server:
    """A server under way: its port, its Tornado application and the services behind."""

    port: int
    application: Any
    services: Services

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Return status, headers and body of the answer to one request; `Host` and any other header can be given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **given})
            answer = connection.getresponse()
            return answer.status, answer.msg, answer.read()
        finally:
            connection.close()

    def say(self, request: bytes) -> bytes:
        """Return all that comes back on a connection that begins with these bytes and then listens."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def handshake(self, **headers: str) -> int:
        """Return the status of the answer to the beginning of a websocket."""
        wanted = {
            "Host": f"127.0.0.1:{self.port}", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers,
        }  # fmt: skip
        lines = ["GET /ws HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items()), "", ""]
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall("\r\n".join(lines).encode())
            return int(connection.recv(4096).split(b" ")[1])


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    """Run a server with these options of `goms app` on a thread until the block ends; its jobs never do anything."""
    chosen = parser().parse_args(["--grid-factor", "8", *arguments])
    shared = sharing(chosen)
    options = Options(grid_factor=8, first_run=False, upload_limit=shared.upload_limit, permissions=shared.permissions)
    services = Services(options, Jobs(["sleep", "600"]))
    made: list[Any] = []
    ready = threading.Event()

    def run() -> None:
        loop = IOLoop()
        loop.make_current()
        try:
            made.append(made_server(services, shared, address="127.0.0.1", port=0))
            loop.add_callback(ready.set)
            made[0].start()
            loop.start()
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE) and made, "the server did not start"
    server = made[0]
    try:
        yield Server(server.port, server._tornado, services)
    finally:
        server.io_loop.add_callback(server.io_loop.stop)
        thread.join(PATIENCE)
        services.close()


def is_one_sentence(body: bytes) -> bool:
    """Return whether an answer is one line of plain words."""
    text = body.decode().strip()
    return bool(text) and "\n" not in text and "Traceback" not in text and "<" not in text and len(text) < 400
