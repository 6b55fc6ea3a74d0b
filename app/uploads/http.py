"""The address of uploads: `PUT upload/<secret>?offset=N` appends one piece of a file, straight to the disk.

The secret comes over the page's own connection, which checks where the page is from; the browser's word for the origin of a
request is checked once more. A piece lost on the way is sent again from what was received.
"""

from typing import Any

from tornado.web import stream_request_body

from app.access.bodies import drops_body
from app.access.hosts import Hosts
from app.page.panel_workarounds import AuthRequestHandler
from app.uploads.uploads import Upload, Uploads
from engine.runtime.errors import InputError

LARGEST_PIECE = 8 << 20
"""Bytes of one request; pages send pieces of half that size."""
TOO_LARGE = f"a piece has more than {LARGEST_PIECE} bytes; send the file in smaller ones"
FULL = "the server cannot write the file, such as on a full disk: delete stores that nobody needs, then bring it again"


@stream_request_body
class UploadHandler(AuthRequestHandler):
    """Writes each piece to the disk as it arrives, so that no file is held in memory."""

    def initialize(self, uploads: Uploads, hosts: Hosts) -> None:
        """Keep what all requests share."""
        self.uploads, self.hosts = uploads, hosts
        self._upload: Upload | None = None
        self._refused: tuple[int, str | dict[str, Any]] | None = None
        self._came = 0

    async def prepare(self) -> None:
        """Refuse before the body is read: 403 another origin or no login, 404 an unknown secret, 409 another offset, 413 size."""
        await super().prepare()
        answers_later = drops_body(self)
        if self._finished or self.request.method != "PUT":
            return
        upload = self.uploads.find(self.path_args[0])
        if not self.current_user or not self._is_own_page():
            self._refused = 403, "files are taken from the page of this server alone"
        elif upload is None:
            self._refused = 404, "this upload was given up; bring the file again"
        elif int(self.request.headers.get("Content-Length", 0)) > LARGEST_PIECE:
            self._refused = 413, TOO_LARGE
        elif upload.busy or self.get_query_argument("offset", "") != str(upload.received):
            self._refused = 409, {"received": upload.received}
        else:
            self._upload, upload.busy = upload, True
        if self._refused is not None and not answers_later:
            self._answer(*self._refused)

    def data_received(self, chunk: bytes) -> None:
        """Append a few kilobytes; what is refused is read to its end, so that the answer arrives."""
        if self._upload is None or self._refused is not None:
            return
        self._came += len(chunk)
        try:
            if self._came > LARGEST_PIECE:
                raise InputError(TOO_LARGE)
            self._upload.write(chunk)
        except (InputError, OSError) as error:
            self.uploads.discard([self._upload])
            self._refused = (413, str(error)) if isinstance(error, InputError) else (507, FULL)

    def put(self, secret: str) -> None:
        """Answer how much is there now."""
        if self._refused is not None:
            self._answer(*self._refused)
        elif self._upload is not None:
            self._answer(200, {"received": self._upload.received})

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
        origin = self.request.headers.get("Origin")
        return origin is None or self.hosts.is_own(origin, self.request.host)

    def _answer(self, status: int, said: str | dict[str, Any]) -> None:
        self.set_status(status)
        if isinstance(said, str):
            self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(said)


def patterns(uploads: Uploads, hosts: Hosts) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page; none where the server takes no files."""
    return [(r"/upload/([\w-]+)", UploadHandler, {"uploads": uploads, "hosts": hosts})] if uploads.limit else []
