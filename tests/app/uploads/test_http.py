"""The address of uploads: pieces in order, from the page alone, and nothing of them in memory."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from bokeh.server.auth_provider import NullAuth
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.testing import bind_unused_port
from tornado.web import Application

from app.access.hosts import Hosts
from app.uploads import http
from app.uploads.http import LARGEST_PIECE, patterns
from app.uploads.uploads import Upload, Uploads
from tests.waiting import PATIENCE

LIMIT = 2 * LARGEST_PIECE
Put = Callable[..., Awaitable[HTTPResponse]]


def with_server(uploads: Uploads, visit: Callable[[Put, int], Awaitable[None]], user: str | None = "somebody") -> None:
    """Serve `uploads` while `visit(put, port)` lasts."""

    class Login(NullAuth):
        login_url = "/login"

        @property
        def get_user(self) -> Any:
            return lambda handler: user

    async def serve() -> None:
        hosts = Hosts(("127.0.0.1", "ocean.example"), ("ocean.example",))
        application = Application(patterns(uploads, hosts))
        application.auth_provider = Login()  # type: ignore[attr-defined]
        listening, port = bind_unused_port()
        server = HTTPServer(application)
        server.add_sockets([listening])
        client = AsyncHTTPClient(force_instance=True)

        def put(upload: str, offset: int, body: bytes, **headers: str) -> Awaitable[HTTPResponse]:
            url = f"http://127.0.0.1:{port}/upload/{upload}?offset={offset}"
            return client.fetch(url, raise_error=False, method="PUT", body=body, headers=headers, request_timeout=PATIENCE)

        try:
            await visit(put, port)
        finally:
            client.close()
            server.stop()
            await server.close_all_connections()

    asyncio.run(serve())


def begun(uploads: Uploads, size: int) -> Upload:
    return uploads.begin([("a.nc", size)])[0]


def test_pieces_come_one_after_another_and_one_that_came_is_not_written_twice() -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 6)

    async def visit(put: Put, _: int) -> None:
        assert json.loads((await put(upload.secret, 0, b"abc")).body) == {"received": 3}
        again = await put(upload.secret, 0, b"abc")
        assert (again.code, json.loads(again.body)) == (409, {"received": 3})
        assert (await put(upload.secret, 3, b"def")).code == 200

    with_server(uploads, visit)
    assert upload.is_whole and upload.path.read_bytes() == b"abcdef"


def test_a_piece_that_breaks_off_goes_on_from_what_arrived() -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 6)

    async def visit(put: Put, port: int) -> None:
        stream = IOStream(socket.socket())
        await stream.connect(("127.0.0.1", port))
        request = f"PUT /upload/{upload.secret}?offset=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 6\r\n\r\nabcd"
        await stream.write(request.encode())
        while upload.received < 4:
            await asyncio.sleep(0.01)
        assert (await put(upload.secret, 4, b"zz")).code == 409  # while the first is still at it
        stream.close()
        while upload.busy:
            await asyncio.sleep(0.01)
        assert (await put(upload.secret, 4, b"ef")).code == 200

    with_server(uploads, visit)
    assert upload.path.read_bytes() == b"abcdef"


def test_a_piece_is_written_as_it_comes_and_never_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 4 << 20)
    lengths: list[int] = []
    write = Upload.write
    monkeypatch.setattr(http.Upload, "write", lambda self, piece: (lengths.append(len(piece)), write(self, piece))[1])

    async def visit(put: Put, _: int) -> None:
        assert (await put(upload.secret, 0, bytes(4 << 20))).code == 200

    with_server(uploads, visit)
    assert upload.is_whole and max(lengths) <= 1 << 17


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_another_page_may_not_send(headers: dict[str, str]) -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 3)

    async def visit(put: Put, _: int) -> None:
        assert (await put(upload.secret, 0, b"abc", **headers)).code == 403

    with_server(uploads, visit)
    assert upload.received == 0


def test_the_page_itself_may_send_under_the_name_others_reach_it_by() -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 3)

    async def visit(put: Put, _: int) -> None:
        assert (await put(upload.secret, 0, b"abc", Origin="https://ocean.example")).code == 200

    with_server(uploads, visit)
    assert upload.is_whole


def test_nobody_sends_without_a_login_or_without_the_secret() -> None:
    uploads = Uploads(LIMIT)
    upload = begun(uploads, 3)

    async def logged_out(put: Put, _: int) -> None:
        assert (await put(upload.secret, 0, b"abc")).code == 403

    async def guessing(put: Put, _: int) -> None:
        assert (await put("guess", 0, b"abc")).code == 404

    with_server(uploads, logged_out, user=None)
    with_server(uploads, guessing)
    assert upload.received == 0


def test_too_large_a_piece_and_more_than_announced_are_refused_and_the_latter_given_up() -> None:
    uploads = Uploads(LIMIT)
    first, second = begun(uploads, LARGEST_PIECE + 1), begun(uploads, 3)

    async def visit(put: Put, _: int) -> None:
        assert (await put(first.secret, 0, bytes(LARGEST_PIECE + 1))).code == 413
        assert (await put(second.secret, 0, b"abcd")).code == 413

    with_server(uploads, visit)
    assert first.received == 0
    assert uploads.find(second.secret) is None and not second.path.exists()


def test_a_server_that_takes_no_files_has_no_such_address() -> None:
    assert patterns(Uploads(0), Hosts(())) == []
