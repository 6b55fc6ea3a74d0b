"""Bodies of requests that are refused: read to their end and dropped, so that the answer arrives."""

from tornado.http1connection import HTTP1Connection
from tornado.web import RequestHandler

MOST_DROPPED = 1 << 30
"""Bytes of a refused body that are read; where more are announced the answer comes at once, and may be lost."""


def drops_body(handler: RequestHandler) -> bool:
    """Let the rest of a request come in, and return whether to answer after it; a handler with a streamed body drops it itself.

    A connection that is closed while bytes wait to be read is reset, and the browser then tells of a broken connection
    instead of the refusal.
    """
    headers = handler.request.headers
    announced = headers.get("Content-Length", "0")
    length = int(announced) if announced.isdigit() else 0
    connection = handler.request.connection
    if isinstance(connection, HTTP1Connection):
        connection.set_max_body_size(max(length, MOST_DROPPED))
    return length <= MOST_DROPPED and headers.get("Expect", "").lower() != "100-continue"
