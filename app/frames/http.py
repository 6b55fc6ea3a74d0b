"""The address of frames: made in threads, once for all sessions, kept in a cache bounded in bytes, behind the login of the page.

`frames/<store>/<variable>/<depth index>/<lead,lead,...>?south&north&west&east&width&height&revision` answers one compressed
body (zstd where the browser takes it, else gzip); `loopmap/<version>/...` answers the map component's own files.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numcodecs import zstd
from tornado.web import RequestHandler, authenticated

from app.access.limits import LONGEST_FIELD, MOST_LEADS, TooMuch, check_identifier
from app.data.caches import BodyCache
from app.data.readers import GriddedFields
from app.frames.encode import Viewport, compile_kernels, make_body
from app.loopmap.static_files import STATIC, STATIC_VERSION
from app.page.panel_workarounds import AuthenticatedStaticFileHandler, AuthRequestHandler
from app.style.palettes import palettes_as_json
from app.text.place_names import place_names_as_json
from engine.runtime.errors import InputError
from engine.runtime.paths import ASSETS

OpenReader = Callable[[str], GriddedFields]


@dataclass(frozen=True)
class Address:
    """What a body is made of, and the key under which it is kept."""

    store: str
    variable: str
    depth_index: int
    leads: tuple[int, ...]
    viewport: Viewport
    revision: str
    encoding: str

    @property
    def tag(self) -> str:
        """Return the entity tag of the body."""
        return '"' + hashlib.sha256(repr((STATIC_VERSION, self)).encode()).hexdigest()[:24] + '"'


@dataclass
class _Making:
    """A body being made and how many still wait for it."""

    future: asyncio.Future[bytes]
    cancelled: threading.Event = field(default_factory=threading.Event)
    waiting: int = 0


class FrameService:
    """Bodies of frames for one server process.

    `open_reader` gets a store identifier and returns its reader, or raises InputError or KeyError; it and the reader are
    called from several threads. A single lead is made on a thread of its own, so that it never queues behind a loop.
    """

    def __init__(self, open_reader: OpenReader, capacity: int = 256 * 2**20, threads: int | None = None) -> None:
        self.open_reader = open_reader
        self.cache = BodyCache(capacity)
        self._first = ThreadPoolExecutor(2, "frames-first")
        self._loop = ThreadPoolExecutor(threads or max(2, min(4, os.cpu_count() or 2)), "frames-loop")
        self._making: dict[Address, _Making] = {}

    def make(self, address: Address, cancelled: Callable[[], bool] = lambda: False) -> bytes:
        """Return the compressed body at `address`, from the cache or made now; empty where `cancelled()` turned true."""
        kept = self.cache.get(address)
        if kept is not None:
            return kept
        reader = self.open_reader(address.store)
        raw = make_body(reader, address.variable, address.depth_index, address.leads, address.viewport, cancelled)
        if not raw:
            return b""
        body = zstd.compress(raw, 1) if address.encoding == "zstd" else _gzip(raw)
        self.cache.put(address, body)
        return body

    def warm(self) -> None:
        """Compile what frames need on a thread, so that the first visitor does not wait for it."""
        self._first.submit(compile_kernels)

    def join(self, address: Address) -> _Making:
        """Start or join the making of a body; every `join` needs one `leave`."""
        making = self._making.get(address)
        if making is None:
            pool = self._first if len(address.leads) == 1 else self._loop
            cancelled = threading.Event()
            future = asyncio.get_running_loop().run_in_executor(pool, self.make, address, cancelled.is_set)
            making = self._making[address] = _Making(future, cancelled)
        making.waiting += 1
        return making

    def leave(self, address: Address, making: _Making) -> None:
        """Stop waiting; the making of a body ends when no request waits for it."""
        making.waiting -= 1
        if making.waiting == 0:
            making.cancelled.set()
            making.future.cancel()
            if self._making.get(address) is making:
                del self._making[address]


class FramesHandler(AuthRequestHandler):
    """Answers one body of frames to a visitor who is logged in."""

    answers_json = True

    def initialize(self, service: FrameService) -> None:
        """Keep the process-wide service."""
        self.service = service
        self._gone = asyncio.Event()

    def on_connection_close(self) -> None:
        """Let the making be given up when the browser drops the request."""
        self._gone.set()

    @authenticated
    async def get(self, store: str, variable: str, depth_index: str, leads: str) -> None:
        """Answer the body, 304 where the browser holds it, 400 or 404 with one plain sentence where it cannot be made."""
        try:
            address = self._address(store, variable, depth_index, leads)
        except ValueError as error:
            self._refuse(400, error)
            return
        self.set_header("Cache-Control", "private, max-age=600")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("ETag", address.tag)
        if self.check_etag_header():
            self.set_status(304)
            return
        body = self.service.cache.get(address)
        if body is None:
            try:
                body = await self._made(address)
            except (KeyError, InputError, FileNotFoundError) as error:
                self._refuse(400 if isinstance(error, TooMuch) else 404, error)
                return
        if body:
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Encoding", address.encoding)
            self.finish(body)

    async def _made(self, address: Address) -> bytes:
        making = self.service.join(address)
        gone: asyncio.Future[Any] = asyncio.ensure_future(self._gone.wait())
        try:
            futures: set[asyncio.Future[Any]] = {making.future, gone}
            await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
            return making.future.result() if making.future.done() and not making.future.cancelled() else b""
        finally:
            gone.cancel()
            self.service.leave(address, making)

    def _address(self, store: str, variable: str, depth_index: str, leads: str) -> Address:
        south, north, west, east = (number(self, name) for name in ("south", "north", "west", "east"))
        width, height = (int(number(self, name)) for name in ("width", "height"))
        encoding = "zstd" if "zstd" in self.request.headers.get("Accept-Encoding", "") else "gzip"
        viewport = Viewport(south, north, west, east, width, height)
        check_identifier(store)
        if len(variable) > LONGEST_FIELD:
            raise TooMuch(f"the name of the field has {len(variable)} letters; expected one such as thetao or zos_anomaly")
        numbers = tuple(dict.fromkeys(int(lead) for lead in leads.split(",")))
        if len(numbers) > MOST_LEADS:
            raise TooMuch(f"{len(numbers)} days are asked for at once; expected at most {MOST_LEADS}: ask for them in parts")
        return Address(store, variable, int(depth_index), numbers, viewport, self.get_argument("revision", ""), encoding)

    def _refuse(self, status: int, error: Exception) -> None:
        self.clear_header("ETag")
        self.set_header("Cache-Control", "no-store")
        self.set_status(status)
        self.finish({"error": str(error.args[0] if error.args else error)})


def number(handler: RequestHandler, name: str) -> float:
    """Return a finite number that the address of a request names; raises InputError for another word."""
    text = handler.get_argument(name)
    with suppress(ValueError):
        if math.isfinite(value := float(text)):
            return value
    raise InputError(f"{name} is {text[:40]!r}; expected a number")


class ComponentFiles(AuthenticatedStaticFileHandler):
    """Answers the files of the map component; their version is in the address, so the browser keeps them."""

    def set_extra_headers(self, path: str) -> None:
        """Let the browser keep a file for as long as its version lives."""
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")


class Table(AuthRequestHandler):
    """Answers a table of the map component as JSON."""

    def initialize(self, as_json: Callable[[], str]) -> None:
        """Keep what makes the table."""
        self.as_json = as_json

    @authenticated
    async def get(self) -> None:
        """Answer the table, which lives as long as the version in its address."""
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.finish(self.as_json())


def patterns(open_reader: OpenReader, capacity: int = 256 * 2**20) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page: frames, and the map component's files."""
    version = rf"/loopmap/{STATIC_VERSION}"
    service = FrameService(open_reader, capacity)
    service.warm()
    return [
        (r"/frames/([^/]+)/([^/]+)/(\d{1,3})/(\d{1,6}(?:,\d{1,6})*)", FramesHandler, {"service": service}),
        (rf"{version}/palettes\.json", Table, {"as_json": palettes_as_json}),
        (rf"{version}/place-names\.json", Table, {"as_json": place_names_as_json}),
        (rf"{version}/(coastline-\w+\.bin)", ComponentFiles, {"path": str(ASSETS)}),
        (rf"{version}/(.+)", ComponentFiles, {"path": str(Path(STATIC))}),
    ]


def _gzip(raw: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(raw) + packer.flush()
