"""Serve the page: `python -m app`, or `goms app`."""

import argparse
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from tornado.websocket import WebSocketClosedError

from app import window

if TYPE_CHECKING:
    from app.services import Services


class _Parser(argparse.ArgumentParser):
    """Refuses in one line, without the list of all options before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}; {self.prog} --help lists the options\n")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port; expected 0 to 65535, where 0 takes any that is free")


def parser() -> argparse.ArgumentParser:
    """Return the options of the server."""
    options = _Parser(prog="goms app", description="Serve the page where forecasts are run and played.")
    options.add_argument(
        "--port", type=_port, default=os.environ.get("PORT", "5006"), help="port, 0 for any free one (default: PORT, else 5006)"
    )
    options.add_argument("--address", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in")
    options.add_argument("--show", action="store_true", help="open the page in the browser")
    options.add_argument("--window", action="store_true", help="open the page in a window of its own; closing it ends the server")
    options.add_argument("--altimetry", type=Path, metavar="FILE", help="gridded altimetry (DUACS L4) to start forecasts from")
    options.add_argument("--sst", type=Path, metavar="FILE", help="sea surface temperature (OSTIA) of the same day")
    options.add_argument("--home", type=Path, metavar="FOLDER", help="folder of stores and caches")
    options.add_argument(
        "--grid-factor", type=int, default=1, metavar="N", help="coarse grid for weak machines and tests: N times 1/4 degree"
    )
    options.add_argument(
        "--uploads", action=argparse.BooleanOptionalAction,
        help="take files from visitors (default: only while the server listens to this machine alone)",
    )  # fmt: skip
    options.add_argument("--upload-limit", type=float, default=2.0, metavar="GB", help="most that a visitor may bring at a time")
    options.add_argument("--no-first-run", action="store_true", help="do not begin a first forecast by itself")
    options.add_argument(
        "--allow-websocket-origin", action="append", metavar="HOST", help="host name under which others reach this server"
    )
    return options


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; returns the exit code."""
    chosen = parser().parse_args(arguments)
    if chosen.home is not None:
        os.environ["GOMS_HOME"] = str(chosen.home)
    from engine.errors import InputError
    from engine.failures import failure_of

    if chosen.upload_limit <= 0:
        print(f"--upload-limit is {chosen.upload_limit:g} GB; expected more than 0, or --no-uploads", file=sys.stderr)
        return 2
    if chosen.window and not window.is_installed():
        print(window.MISSING, file=sys.stderr)
        return 2
    from app.starting import check_start

    try:
        check_start(chosen.altimetry, chosen.sst, chosen.grid_factor)
        serve(chosen)
    except Exception as error:
        reason = _refused_address(error, chosen) if isinstance(error, OSError) else None
        failure = failure_of(error)
        if reason is None and failure is None:
            raise
        print(reason or failure, file=sys.stderr)
        return 2 if reason or isinstance(failure, InputError) else 3
    return 0


def _refused_address(error: OSError, chosen: argparse.Namespace) -> str | None:
    """Return in words why the server cannot listen where it was told to, or None for an error of another kind."""
    if error.errno == errno.EADDRINUSE:
        return f"port {chosen.port} is in use by another program; choose another with --port or PORT="
    if error.errno == errno.EACCES and error.filename is None:
        return f"port {chosen.port} is reserved for the administrator of this machine; choose one from 1024 with --port or PORT="
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{chosen.address} is no address of this machine; expected 127.0.0.1, 0.0.0.0 or one of its own with --address"
    return None


def upload_limit(chosen: argparse.Namespace) -> int:
    """Return how many bytes a visitor may bring at a time: none where other machines are let in, unless asked for."""
    local = chosen.address in ("localhost", "::1") or chosen.address.startswith("127.")
    takes_files = local if chosen.uploads is None else chosen.uploads
    return int(chosen.upload_limit * 1e9) if takes_files else 0


class _VisitorLeft(logging.Filter):
    """Drops three reports of a page closed while messages were under way: races of Panel and Bokeh that no code here can close.

    Panel begins to write what changed, or Tornado finishes a write nobody waits for, and the socket is closed; Bokeh lets a
    connection's session go in `on_close`, while a message received before is handled after and asserts that there is one.
    """

    RACES = (
        (WebSocketClosedError, "websocket.py", "write_message"),
        (WebSocketClosedError, "websocket.py", "wrapper"),
        (AssertionError, "connection.py", "session"),
    )

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        if not frames:
            return True
        place = Path(frames[-1].filename).name, frames[-1].name
        return not any(isinstance(error, kind) and place == (file, function) for kind, file, function in self.RACES)


def serve(chosen: argparse.Namespace) -> None:
    """Start the server and stay until SIGINT or SIGTERM."""
    from app.services import Options, Services

    services = Services(
        Options(chosen.altimetry, chosen.sst, chosen.grid_factor, not chosen.no_first_run, upload_limit=upload_limit(chosen))
    )
    # On this thread, since libraries that two threads import at once are seen half imported; and before the page's own
    # imports, so that the first run begins while they last.
    services.warm()
    try:
        _serve_page(chosen, services)
    finally:
        services.close()
    # Threads may be at pictures nobody will see any more; Python would wait for each of them.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _serve_page(chosen: argparse.Namespace, services: "Services") -> None:
    import panel as pn

    from app.eddies import http as eddies_http
    from app.export import http as export_http
    from app.files import http as files_http
    from app.frames_http import patterns
    from app.loopmap.static_files import STATIC_VERSION
    from app.main import Session
    from app.show import http as show_http
    from app.surroundings import open_frames

    for name in ("asyncio", "bokeh.server.protocol_handler", "tornado.application"):
        logging.getLogger(name).addFilter(_VisitorLeft())
    # Named in the head of the page, so that the map's modules come while the page's own scripts are read.
    pn.extension(notifications=True, js_modules={"loopmap": f"loopmap/{STATIC_VERSION}/loopmap.js"})

    def page() -> Any:
        return Session(services).page

    origins = chosen.allow_websocket_origin or (["*"] if chosen.address == "0.0.0.0" else [])
    server = pn.serve(
        {"/": page}, address=chosen.address, port=chosen.port, show=chosen.show, start=False, title="GOMS Explorer",
        websocket_origin=origins, verbose=False, warm=True,
        extra_patterns=[
            *patterns(partial(open_frames, services)), *export_http.patterns(services), *show_http.patterns(services),
            *eddies_http.patterns(services.eddies),
            *files_http.patterns(services.uploads),
        ],
    )  # fmt: skip
    if not origins:  # the port may be known only now
        names = (chosen.address, "localhost", "127.0.0.1")
        server._tornado.websocket_origins.update(f"{name}:{server.port}" for name in names)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.io_loop.add_callback_from_signal(server.io_loop.stop))
    server.start()
    threading.Thread(target=_compile_frames, daemon=True).start()
    host = "localhost" if chosen.address in ("127.0.0.1", "0.0.0.0") else chosen.address
    print(f"GOMS Explorer is served at http://{host}:{server.port}", flush=True)
    if chosen.window:
        threading.Thread(target=_show_window, args=(f"http://{host}:{server.port}", server.io_loop), daemon=True).start()
    server.io_loop.start()
    server.stop()


def _show_window(url: str, io_loop: Any) -> None:
    """Show the page in a process of its own, since windows want the main thread, and end the server with it."""
    subprocess.run([sys.executable, "-m", "app.window", url], check=False)
    io_loop.add_callback(io_loop.stop)


def _compile_frames() -> None:
    """Make one small frame, since the first of a process takes seconds of compilation: nobody should wait for it."""
    import numpy as np

    from app.frames import Viewport, make_body
    from engine.grid import coarsened

    class Flat:
        grid = coarsened(8)

        def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
            return np.zeros(self.grid.shape, np.float32)

    make_body(cast(Any, Flat()), "thetao", 0, (0, 1), Viewport(-80, 80, 20, 380, 64, 32))


if __name__ == "__main__":
    sys.exit(main())
