"""The address of uploads: `PUT upload/<secret>?offset=N` appends one piece of a file, straight to the disk.

The secret comes over the page's own connection, which checks where the page is from; the browser's word for the origin of a
request is checked once more. A piece lost on the way is sent again from what was received.
"""

from typing import Any
from urllib.parse import urlparse

from bokeh.server.util import check_allowlist
from bokeh.server.views.auth_request_handler import AuthRequestHandler
from tornado.web import stream_request_body

from app.files.uploads import Upload, Uploads
from engine.errors import InputError

LARGEST_PIECE = 8 << 20
"""Bytes of one request; pages send pieces of half that size."""


@stream_request_body
class UploadHandler(AuthRequestHandler):
    """Writes what it receives as it comes: nothing of a file gathers in memory."""

    def initialize(self, uploads: Uploads) -> None:
        """Keep what all requests share."""
        self.uploads = uploads
        self._upload: Upload | None = None

    async def prepare(self) -> None:
        """Refuse before the body is read: 403 another origin or no login, 404 an unknown secret, 409 another offset, 413 size."""
        await super().prepare()
        if not self.current_user or not self._is_own_page():
            self._refuse(403, "files are taken from the page of this server alone")
            return
        self.request.connection.set_max_body_size(LARGEST_PIECE)  # type: ignore[union-attr]
        upload = self.uploads.find(self.path_args[0])
        if upload is None:
            self._refuse(404, "this upload was given up; bring the file again")
        elif int(self.request.headers.get("Content-Length", 0)) > LARGEST_PIECE:
            self._refuse(413, f"a piece has more than {LARGEST_PIECE} bytes")
        elif upload.busy or self.get_query_argument("offset", "") != str(upload.received):
            self._tell(409, upload)
        else:
            self._upload, upload.busy = upload, True

    def data_received(self, chunk: bytes) -> None:
        """Append a few kilobytes."""
        if self._upload is None or self._finished:
            return
        try:
            self._upload.write(chunk)
        except (InputError, OSError) as error:
            self.uploads.discard([self._upload])
            self._refuse(413 if isinstance(error, InputError) else 507, str(error))

    def put(self, secret: str) -> None:
        """Answer how much is there now."""
        if self._upload is not None:
            self._tell(200, self._upload)

    def on_finish(self) -> None:
        """Let the next piece come."""
        self._free()

    def on_connection_close(self) -> None:
        """Let the piece be sent again where the connection broke."""
        self._free()

    def _free(self) -> None:
        if self._upload is not None:
            self._upload.busy = False

    def _is_own_page(self) -> bool:
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        if "Origin" not in self.request.headers:
            return True
        host = urlparse(self.request.headers["Origin"]).netloc.lower()
        # Behind a proxy the name in the browser is not the one asked for here; it is one of those allowed by name.
        named = set(getattr(self.application, "websocket_origins", ())) - {"*"}
        return host == self.request.host.lower() or (host != "" and check_allowlist(host, list(named)))

    def _tell(self, status: int, upload: Upload) -> None:
        self.set_status(status)
        self.finish({"received": upload.received})

    def _refuse(self, status: int, words: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(words)


def patterns(uploads: Uploads) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page; none where the server takes no files."""
    return [(r"/upload/([\w-]+)", UploadHandler, {"uploads": uploads})] if uploads.limit else []
