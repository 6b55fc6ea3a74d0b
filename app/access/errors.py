"""Answers of the server that are errors: one short sentence, without internals of the server."""

import errno
from http.client import responses
from typing import Any

from tornado.web import HTTPError, MissingArgumentError, RequestHandler

from engine.runtime.errors import InputError, ModelError, ResourceError

WORDS = {
    400: "The address or the request cannot be understood.",
    403: "This is not open to the request: it comes from a page of another site, lacks the login or leads out of what is served.",
    404: "There is nothing at this address.",
    500: "Something failed in the server; its log says what.",
    503: "The server cannot read or write its files, or has no memory left, just now: try again later.",
    507: "The server lacks the disk or the memory for this: ask for less at a time.",
}
"""Status -> what is said where nothing more is known."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


def status_of(error: BaseException | None) -> int:
    """Return the HTTP status of an exception that a handler did not expect."""
    match error:
        case HTTPError():
            return error.status_code
        case InputError():
            return 400
        case ResourceError():
            return 507
        case ModelError():
            return 409
        case FileNotFoundError():
            return 404
        case OSError():
            return 507 if error.errno in _FULL else 503
        case MemoryError():
            return 503
    return 500


def sentence(status: int, error: BaseException | None, handler: RequestHandler) -> str:
    """Return what is answered with a status: the words of a refusal, else those that belong to the status."""
    if isinstance(error, InputError | ModelError) and not isinstance(error, ResourceError):
        return str(error)
    if isinstance(error, MissingArgumentError):
        return f"{error.arg_name} is missing in the address."
    if status == 405:
        taken = ", ".join(methods(handler)) or "none"
        return f"{handler.request.method} is not taken at this address; expected {taken}."
    return WORDS.get(status, f"{responses.get(status, 'Error')}.")


def methods(handler: RequestHandler) -> list[str]:
    """Return the HTTP methods that a handler has."""
    missing = RequestHandler._unimplemented_method
    return [name for name in handler.SUPPORTED_METHODS if getattr(type(handler), name.lower(), missing) is not missing]


def answer_error(handler: RequestHandler, status: int, error: BaseException | None) -> None:
    """Finish a request with one sentence: as `{"error": ...}` where its handler answers JSON, else as text."""
    words: Any = sentence(status, error, handler)
    handler.set_header("Cache-Control", "no-store")
    if status == 405:
        handler.set_header("Allow", ", ".join(methods(handler)))
    if getattr(handler, "answers_json", False):
        handler.finish({"error": words})
    else:
        handler.set_header("Content-Type", "text/plain; charset=utf-8")
        handler.finish(f"{words}\n")
