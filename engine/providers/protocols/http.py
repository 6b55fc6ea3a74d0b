"""Requests to providers: growing pauses on overload, bodies checked to the last byte, few connections, the system's proxies."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import BinaryIO, TypeVar

import requests
import urllib3
from urllib3.exceptions import MaxRetryError

from engine import __version__
from engine.runtime.errors import InputError, ResourceError

OVERLOADED = frozenset((408, 425, 429, 500, 502, 503, 504))
"""Answers after which the same request is made again."""

LONGEST_PAUSE = 300.0
"""Seconds between two tries of a request, unless the server itself asks for more."""

_PIECE = 1 << 16
_Item = TypeVar("_Item")
_Taken = TypeVar("_Taken")
_KEPT_LOST = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.HTTPError,
    ConnectionError,
)
"""Errors of a connection that ends or falls silent, in the middle of a body too."""


class Absent(Exception):
    """The server has nothing under this address (404 or 410)."""


class Changed(Exception):
    """What lies under an address is no longer what was begun: its tag or its length is another (412, or a Content-Range)."""


@dataclass
class Http:
    """A session with a provider.

    `connections` requests run at a time; each is tried `tries` times, with pauses that grow from `first_pause` seconds or that
    the server names (Retry-After), and given up where nothing arrives for `timeout` seconds. Proxies and netrc entries of the
    user are respected. `received` counts bytes, `seconds` the time they took.
    """

    connections: int = 4
    tries: int = 8
    first_pause: float = 1.0
    timeout: float = 60.0
    received: int = field(init=False, default=0)
    seconds: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"goms-explorer/{__version__}"
        self._free = BoundedSemaphore(self.connections)
        self._counting = Lock()

    def bytes(
        self,
        address: str,
        start: int = 0,
        stop: int | None = None,
        match: str = "",
        whole: int | None = None,
        complete: Callable[[bytes], bool] = lambda body: True,
    ) -> bytes:
        """Return what lies under an address, or its bytes from `start` to before `stop`; a negative `start` counts from the end.

        `match` is the tag that it must still have, `whole` the length in bytes; what is not `complete` is asked for again. Raises
        Absent, Changed, InputError where the account is refused, ResourceError where every try fails.
        """
        ranged = stop is not None or start != 0
        headers = {"Accept-Encoding": "identity"} if ranged else {}
        if ranged:
            headers["Range"] = f"bytes={start}" if start < 0 else f"bytes={start}-{'' if stop is None else stop - 1}"
        if match:
            headers["If-Match"] = match

        def take(response: requests.Response) -> bytes:
            if ranged and response.status_code != 206:
                raise InputError(
                    f"{address} answers a request for some bytes with all of them; expected a server or proxy that serves ranges "
                    "(HTTP 206): choose another --address"
                )
            body = response.content
            total = response.headers.get("Content-Range", "").rpartition("/")[2]
            if whole is not None and total.isdigit() and int(total) != whole:
                raise Changed(f"{address} has {total} bytes where the listing says {whole}")
            if (stop is not None and len(body) != stop - start) or not complete(body):
                raise ConnectionError(f"{len(body)} bytes arrived, less than asked for")
            return body

        return self._tried(address, headers, take)

    def download(self, address: str, path: Path, on_bytes: Callable[[int], None] = lambda count: None) -> None:
        """Write what lies under an address to a file; a body that is cut goes on where it ended. Raises what `bytes` raises."""
        with path.open("wb") as file:
            tag = ""

            def take(response: requests.Response) -> None:
                nonlocal tag
                if response.status_code != 206:
                    file.seek(0)
                    file.truncate()
                tag = response.headers.get("ETag", "")
                _copy(response, file, on_bytes)

            def headers() -> dict[str, str]:
                begun = file.tell()
                resumed = {"Range": f"bytes={begun}-", "If-Range": tag} if begun and tag and not tag.startswith("W/") else {}
                return {"Accept-Encoding": "identity"} | resumed

            self._tried(address, headers, take)

    def each(self, function: Callable[[_Item], _Taken], items: Iterable[_Item]) -> Iterator[_Taken]:
        """Yield `function` of each item in order, as many at a time as there are connections; an error ends the rest."""
        pool = ThreadPoolExecutor(self.connections)
        try:
            yield from pool.map(function, items)
        finally:
            pool.shutdown(cancel_futures=True)

    def _tried(
        self,
        address: str,
        headers: Mapping[str, str] | Callable[[], dict[str, str]],
        take: Callable[[requests.Response], _Taken],
    ) -> _Taken:
        retry = urllib3.Retry(
            total=self.tries - 1, backoff_factor=self.first_pause, backoff_max=LONGEST_PAUSE, status_forcelist=OVERLOADED
        )
        while True:
            response, failure = None, None
            try:
                with self._free:
                    began = time.monotonic()
                    asked = headers() if callable(headers) else headers
                    got = self.session.get(address, headers=asked, stream=True, timeout=(min(self.timeout, 15), self.timeout))
                    with closing(got) as response:
                        if response.status_code not in OVERLOADED:
                            _check(address, response)
                            result = take(response)
                            self._count(response, time.monotonic() - began)
                            return result
            except _KEPT_LOST as error:
                failure = error
            except requests.exceptions.RequestException as error:
                raise InputError(
                    f"{address} cannot be asked for ({_words(error)}); expected an address: check --address"
                ) from error
            reason = f"status {response.status_code}" if response is not None and failure is None else _words(failure)
            try:
                retry = retry.increment("GET", address, error=failure, response=_raw(response, failure))
            except (MaxRetryError, *_KEPT_LOST) as error:
                raise ResourceError(
                    f"{address} could not be read in {self.tries} tries ({reason}); the server may be overloaded or the network "
                    "away: repeat the command later"
                ) from error
            retry.sleep(_raw(response, failure))

    def _count(self, response: requests.Response, seconds: float) -> None:
        with self._counting:
            self.received += response.raw.tell()
            self.seconds += seconds


def _raw(response: requests.Response | None, failure: object) -> urllib3.HTTPResponse | None:
    """Return the answer that may name a pause, None where the connection itself failed."""
    return response.raw if response is not None and failure is None else None


def _check(address: str, response: requests.Response) -> None:
    status = response.status_code
    if status in (404, 410):
        raise Absent(f"{address} is not there")
    if status == 412:
        raise Changed(f"{address} was replaced while it was read")
    if status in (401, 403, 407):
        raise InputError(
            f"{address} is refused (status {status}); expected an account or a proxy that may read it: see `goms fetch "
            "--check-login PROVIDER`"
        )
    if status not in (200, 206):
        raise InputError(f"{address} answers with status {status}; expected the data: check --address")


def _copy(response: requests.Response, file: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    for piece in response.iter_content(_PIECE):
        file.write(piece)
        on_bytes(len(piece))


def _words(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:160] if str(error) else type(error).__name__
