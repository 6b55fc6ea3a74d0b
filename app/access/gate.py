"""The gate: what every request passes before its handler, and what every handler of the server does, those of libraries too."""

import re
import sys
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from panel.auth import BasicLoginHandler, LogoutHandler, OAuthLoginHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import Application, ErrorHandler, RequestHandler, authenticated, stream_request_body
from tornado.websocket import WebSocketHandler

from app.access.bodies import drops_body
from app.access.errors import answer_error, status_of
from app.access.headers import secured
from app.access.hosts import Hosts
from app.page.panel_workarounds import AutoloadJsHandler, IcoHandler
from engine.runtime.errors import InputError

LONGEST_ADDRESS = 8192
"""Bytes of path and query."""
LARGEST_BODY = 1 << 20
"""Bytes of a request, but for pieces of uploads, whose handler has a bound of its own: forms of a login are far smaller."""
BODY_SECONDS = 300.0
"""Within which the body of a request has to come in."""
UPLOADS = "/upload/"
_COMPONENTS = re.compile("/components/([^/?]*)")

_OPEN = (BasicLoginHandler, OAuthLoginHandler, LogoutHandler, IcoHandler)
"""Handlers that answer without a login."""


class Gate(Matcher):
    """Matches the requests that no handler should see."""

    def __init__(self, hosts: Hosts) -> None:
        self.hosts = hosts

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return what the refusal is made with, None for a request that may pass."""
        refused = self.refusal(request)
        return None if refused is None else {"target_kwargs": {"status": refused[0], "words": refused[1]}}

    def refusal(self, request: HTTPServerRequest) -> tuple[int, str] | None:
        """Return status and one sentence where a request is refused."""
        address, length = request.uri or "", request.headers.get("Content-Length", "0")
        if "Host" not in request.headers:
            return 400, "The request names no host; expected a Host header with the name of this server."
        if not self.hosts.allows(request.headers["Host"]):
            return 421, (
                f"This server is not called {request.headers['Host'][:80]}; its owner can allow the name with "
                "--allow-websocket-origin NAME."
            )
        if len(address) > LONGEST_ADDRESS:
            return 414, f"The address has {len(address)} bytes; expected at most {LONGEST_ADDRESS}: ask for less at a time."
        if not address.startswith("/"):
            return 400, "The address is not a path of this server; expected one that begins with a slash."
        if reason := _unreadable(address):
            return 400, f"The address holds {reason}; expected UTF-8 text, percent-encoded."
        if (found := _COMPONENTS.match(address)) and found[1] not in sys.modules:
            # The handler would import the module in any case.
            return 404, "There is no such component on this server."
        if not length.isdigit():
            return 400, "The length of the request is no number."
        if int(length) > LARGEST_BODY and not request.path.startswith(UPLOADS):
            return 413, f"The request has {length} bytes; expected at most {LARGEST_BODY}."
        return None


def _unreadable(address: str) -> str:
    """Return what an address holds that no name on this server has; empty where it can be read."""
    if re.search("%(?![0-9A-Fa-f]{2})", address):
        return "a percent sign without two hexadecimal digits"
    raw = unquote_to_bytes(address)
    path = unquote_to_bytes(address.partition("?")[0])
    if b"\0" in raw or any(byte < 32 or byte == 127 for byte in path):
        return "a control character"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "bytes that are no UTF-8"
    return ""


@stream_request_body
class Refusal(RequestHandler):
    """Answers what the gate refused."""

    def initialize(self, status: int, words: str) -> None:
        """Keep what is answered."""
        self.refused = status, words

    def prepare(self) -> None:
        """Answer at once where nothing else comes in."""
        if not drops_body(self):
            self.answer()

    def data_received(self, chunk: bytes) -> None:
        """Drop what comes in."""

    def answer(self, *_: str) -> None:
        """Answer the sentence."""
        status, words = self.refused
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(f"{words}\n")

    get = head = post = put = patch = delete = options = answer


class Guarded(RequestHandler):
    """What each handler of the server does first and last: asks for the login, and says in one sentence what went wrong."""

    hosts: Hosts

    def get_current_user(self) -> Any:
        """Return the visitor by the cookie of the login, where the login tells at once."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        return "default_user" if provider.get_user is None else provider.get_user(self)

    async def prepare(self) -> None:
        """Send a visitor who is not logged in to the login, or refuse: whatever the handler does of its own."""
        provider: Any = self.application.auth_provider  # type: ignore[attr-defined]
        if provider.get_user_async is not None:
            self.current_user = await provider.get_user_async(self)
        if (result := super().prepare()) is not None:
            await result
        if self._finished:
            return
        if isinstance(self, WebSocketHandler):
            origin = self.request.headers.get("Origin")
            if not self.current_user or (origin is not None and not self.check_origin(origin)):
                self.send_error(403)
        elif not self.current_user and not isinstance(self, _OPEN):
            _ask_for_login(self)

    def check_trusted_origin(self, origin: str) -> bool:
        """Return whether a page may open a websocket or send a form: one of this server or of a host allowed by name."""
        return self.hosts.is_own(origin, self.request.host)

    check_origin = check_trusted_origin

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer the status of an exception that a library's handler lets through."""
        error = kwargs.get("exc_info", (None, None))[1]
        super().send_error(status_of(error) if status_code == 500 and error is not None else status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer one sentence."""
        answer_error(self, status_code, kwargs.get("exc_info", (None, None))[1])

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """Log what failed; bad input is the visitor's and no failure."""
        if not isinstance(value, InputError):
            super().log_exception(kind, value, trace)


@authenticated
def _ask_for_login(handler: RequestHandler) -> None:
    """Nothing: what counts is the redirection, or the 403, that comes before."""


@cache
def guarded(handler: type[RequestHandler], hosts: Hosts) -> type[RequestHandler]:
    """Return a handler class that is guarded in addition to what it does."""
    return type(handler.__name__, (Guarded, handler), {"hosts": hosts, "__module__": handler.__module__})


def guard(application: Application, hosts: Hosts, embedding: tuple[str, ...] = ()) -> None:
    """Put the gate before every handler of an application that has an `auth_provider`, and the headers on every answer.

    `embedding` are the origins that may frame views with `embed=1`.
    """
    router = application.wildcard_router
    # It gives the token of a page to any site that asks with the visitor's cookies, and no page here is embedded that way.
    router.rules[:] = [rule for rule in router.rules if rule.target is not AutoloadJsHandler]
    for rule in router.rules:
        rule.target = guarded(rule.target, hosts)
    application.settings["default_handler_class"] = guarded(ErrorHandler, hosts)
    application.settings["default_handler_args"] = {"status_code": 404}
    application.settings["cross_origin_protection"] = True
    application.settings.setdefault("login_url", application.auth_provider.login_url)  # type: ignore[attr-defined]
    application.default_router.rules.insert(0, Rule(Gate(hosts), Refusal))
    application.add_transform(secured(embedding))
