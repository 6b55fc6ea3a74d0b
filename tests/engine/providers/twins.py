"""Servers of this machine that speak the providers' protocols, and a proxy before them that injects the faults of a network."""

import operator
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import netCDF4
import numpy as np
import requests

from tests.waiting import PATIENCE

Fault = str
"""429, 503, cut (half of the body, then the end), slow (silence), longer (one byte more than there is)."""


@dataclass
class Proxy:
    """A proxy before a server: each of `faults` meets one of the next requests whose path `hit` accepts."""

    upstream: str
    faults: deque[Fault] = field(default_factory=deque)
    hit: Callable[[str], bool] = lambda path: True
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of every request."""
    most_at_once: int = 0
    sent: int = 0
    """Bytes of bodies sent."""
    address: str = ""

    def __post_init__(self) -> None:
        self._now, self._lock, self.over = 0, threading.Lock(), threading.Event()

    @contextmanager
    def serving(self) -> Iterator["Proxy"]:
        """Serve on a port of the system's choice until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.over.set()
            server.shutdown()
            server.server_close()
            thread.join()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the requests under way."""
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1

    def fault(self, path: str) -> Fault:
        """Return the fault that meets this request, empty for none."""
        with self._lock:
            return self.faults.popleft() if self.faults and self.hit(path) else ""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            with proxy.counted(), suppress(ConnectionError):
                proxy.asked.append((self.path, self.headers.get("Range", "")))
                self._answer(proxy.fault(self.path))

        def _answer(self, fault: Fault) -> None:
            if fault in ("429", "503"):
                self.send_response(int(fault))
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if fault == "slow":
                proxy.over.wait(PATIENCE)
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            found = requests.get(proxy.upstream + self.path, headers=kept, timeout=PATIENCE, stream=True)
            body = found.raw.read(decode_content=False)
            self.send_response(found.status_code)
            for name, value in found.headers.items():
                if fault == "longer" and name.lower() == "content-range":
                    start, _, total = value.rpartition("/")
                    value = f"{start}/{int(total) + 1}"
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            sent = body[: len(body) // 2] if fault == "cut" else body
            self.wfile.write(sent)
            proxy.sent += len(sent)
            if fault == "cut":
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def bucket(name: str, files: dict[str, Path]) -> Iterator[str]:
    """Serve files as the public objects of a bucket and give the address of its server."""
    import boto3
    from botocore.config import Config
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "twin", "aws_secret_access_key": "twin", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=address, config=Config(s3={"addressing_style": "path"}), **keys)
        client.create_bucket(Bucket=name, ACL="public-read")
        for key, file in files.items():
            client.put_object(Bucket=name, Key=key, Body=file.read_bytes(), ACL="public-read")
        yield address
    finally:
        server.stop()


@contextmanager
def opendap(files: dict[str, Path]) -> Iterator[str]:
    """Serve files as data sets of an OPeNDAP server, fields as grids, each under its path, and give the address of the server."""
    from pydap.handlers.lib import BaseHandler
    from werkzeug.exceptions import NotFound
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True

        def log(self, *_: object) -> None:
            pass

    handlers = {path: BaseHandler(_data_set(file)) for path, file in files.items()}

    def application(environ: dict[str, object], start_response: object) -> object:
        handler = handlers.get(str(environ["PATH_INFO"]).rpartition(".")[0].lstrip("/"))
        return [b"".join((handler or NotFound())(environ, start_response))]

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _data_set(file: Path) -> object:
    from pydap.model import BaseType, DatasetType, GridType

    with netCDF4.Dataset(file) as data:
        data.set_auto_maskandscale(False)
        found = DatasetType(file.stem, attributes={"NC_GLOBAL": {name: data.getncattr(name) for name in data.ncattrs()}})
        for name, variable in data.variables.items():
            told = {each: variable.getncattr(each) for each in variable.ncattrs()}
            one = BaseType(name, np.asarray(variable[:]), dims=variable.dimensions, attributes=told)
            if variable.ndim == 1:
                found[name] = one
                continue
            found[name] = GridType(name, attributes=told)
            found[name][name] = one
            for axis in variable.dimensions:
                found[name][axis] = BaseType(axis, np.asarray(data[axis][:]), dims=(axis,))
    return found


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """Serve a folder as a web server that answers ranges and gives each file a tag."""
    handler = _file_handler(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _file_handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/").partition("?")[0]
            if not path.is_file():
                self.send_error(404)
                return
            body, tag = path.read_bytes(), f'"{path.stat().st_mtime_ns:x}"'
            wanted = self.headers.get("Range", "")
            ranged = wanted and self.headers.get("If-Range", tag) == tag
            start, stop = _bounds(wanted, len(body)) if ranged else (0, len(body))
            self.send_response(206 if ranged else 200)
            if ranged:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(body)}")
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(stop - start))
            self.end_headers()
            self.wfile.write(body[start:stop])

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _bounds(wanted: str, size: int) -> tuple[int, int]:
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


@contextmanager
def erddap(path: str, columns: dict[str, str], rows: list[dict[str, object]]) -> Iterator[str]:
    """Serve rows as a table of an ERDDAP server, `columns` name -> unit: limited by the query, 404 where none is left."""
    compare = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt, "=": operator.eq}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place, _, query = unquote(self.path).partition("?")
            names, *limits = query.split("&")
            found = rows if place == f"/{path}.csv" else []
            for limit in limits:
                name, sign, value = re.split(r"(>=|<=|<|>|=)", limit, maxsplit=1)
                bound: object = value if name == "time" else float(value)
                found = [row for row in found if compare[sign](row[name], bound)]
            chosen = names.split(",")
            lines = [chosen, [columns[name] for name in chosen], *([str(row[name]) for name in chosen] for row in found)]
            body = "".join(",".join(line) + "\n" for line in lines).encode() if found else b"no matching results"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
