"""Headers of every answer: what a page may run and who may frame it."""

import base64
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from tornado.httputil import HTTPHeaders, HTTPServerRequest, parse_qs_bytes
from tornado.web import OutputTransform

from engine.runtime.errors import InputError

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)

POLICY = {
    "default-src": "'self'",
    # Bokeh and Panel make functions of text (CustomJS, templates) and load components as modules from blobs.
    "script-src": "'self' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
"""Content Security Policy, without the hashes of a page's own scripts and its frames."""


_NONCE = re.compile(rb'<script nonce="([\w-]{22})">document\.documentElement\.lang')


def script_sources(page: bytes) -> list[str]:
    """Return the sources of the policy that let exactly the scripts written in a page run.

    So no attribute of a store that ends in a page as HTML runs anything: neither handlers such as `onerror` nor links. The
    loader of modules makes scripts of its own, with the nonce that it finds in the page.
    """
    scripts = (found[2] for found in _INLINE.finditer(page) if b"application/json" not in found[1])
    hashes = (hashlib.sha256(script).digest() for script in scripts)
    nonce = _NONCE.search(page)
    found = {f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes}
    return sorted(found | ({f"'nonce-{nonce[1].decode()}'"} if nonce else set()))


def policy(scripts: Sequence[str], ancestors: Sequence[str]) -> str:
    """Return the Content-Security-Policy of a page with these sources of scripts, framed by `ancestors` alone."""
    directives = {**POLICY, "frame-ancestors": " ".join(ancestors)}
    directives["script-src"] = " ".join([POLICY["script-src"], *scripts])
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def checked_origin(text: str) -> str:
    """Return an origin that may frame views, such as `https://ocean.example.org`, or `*` for any; raises InputError else."""
    parts = urlsplit(text)
    whole = f"{parts.scheme}://{parts.netloc}"
    is_origin = parts.scheme in ("http", "https") and whole == text and re.fullmatch(r"[A-Za-z0-9.:\[\]*-]+", parts.netloc)
    if text == "*" or is_origin:
        return text
    raise InputError(f"--allow-embedding is {text!r}; expected an origin such as https://portal.example.org, or '*' for any site")


def secured(embedding: Sequence[str] = ()) -> type[OutputTransform]:
    """Return the transform that gives every answer its headers; `embedding` are origins that may frame views with `embed=1`."""

    class Secured(OutputTransform):
        """Adds the headers to one answer."""

        def __init__(self, request: HTTPServerRequest) -> None:
            asked = parse_qs_bytes(request.query.encode("latin1"))
            self._framed = list(embedding) if asked.get("embed") == [b"1"] else []

        def transform_first_chunk(
            self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
        ) -> tuple[int, HTTPHeaders, bytes]:
            """Add the headers; pages, which come in one piece, have their scripts named in the policy."""
            is_page = headers.get("Content-Type", "").startswith("text/html")
            headers["Content-Security-Policy"] = policy(script_sources(chunk) if is_page else (), ["'self'", *self._framed])
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            if not self._framed:
                # It takes no list of origins; browsers that support the policy's `frame-ancestors` ignore it.
                headers["X-Frame-Options"] = "SAMEORIGIN"
            headers.pop("Server", None)
            return status_code, headers, chunk

        def transform_chunk(self, chunk: bytes, finishing: bool) -> bytes:
            """Leave the rest as it is."""
            return chunk

    return Secured
