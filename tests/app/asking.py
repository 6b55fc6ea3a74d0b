"""A server of its own for addresses beside the page, asked by a visitor who is logged in, or by nobody."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bokeh.server.auth_provider import NullAuth
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from tests.waiting import PATIENCE


def ask(patterns: Sequence[Any], paths: Sequence[str], user: str | None = "somebody", **options: Any) -> list[HTTPResponse]:
    """Ask a server of these Tornado patterns for all `paths` at once; `options` are those of a fetch."""

    class Login(NullAuth):
        login_url = "/login"

        @property
        def get_user(self) -> Any:
            return lambda handler: user

    async def fetch() -> list[HTTPResponse]:
        application = Application(list(patterns))
        application.auth_provider = Login()  # type: ignore[attr-defined]
        application.prefix = ""  # type: ignore[attr-defined]
        socket, port = bind_unused_port()
        server = HTTPServer(application)
        server.add_sockets([socket])
        client = AsyncHTTPClient(force_instance=True)
        fetches = [
            client.fetch(
                f"http://127.0.0.1:{port}{path}",
                raise_error=False,
                follow_redirects=False,
                decompress_response=False,
                request_timeout=PATIENCE,
                **options,
            )
            for path in paths
        ]
        try:
            return list(await asyncio.gather(*fetches))
        finally:
            server.stop()
            client.close()

    # A thread of its own, because a browser of other tests may keep an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, fetch()).result()
